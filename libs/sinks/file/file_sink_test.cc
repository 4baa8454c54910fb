#include "libs/sinks/file/file_sink.h"

#include <filesystem>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/component/testing/test_batch.h"
#include "libs/sinks/rows/csv_row_encoder.h"
#include "libs/sinks/rows/ndjson_row_encoder.h"
#include "libs/sinks/testing/file_size_limit.h"
#include "libs/sinks/testing/temp_directory.h"

namespace phoenix {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

class FileSinkTest : public testing::Test {
 protected:
  FileSink MakeSink(const std::string& path,
                    std::unique_ptr<RowEncoder> encoder =
                        std::make_unique<NdjsonRowEncoder>()) {
    PathTemplateError error;
    FileSink::Options options;
    options.name = "out";
    options.path = PathTemplate::Parse(path, error).value();
    options.writer = writer_;
    options.max_open_files = 4;
    options.create_on_first_event = create_on_first_event_;
    return FileSink(std::move(options), std::move(encoder), clock_);
  }

  OutcomeRecorder Write(FileSink& sink,
                        const std::vector<std::string>& payloads) {
    OutcomeRecorder recorder;
    sink.Write(AllOf(MakeBatch(payloads)), recorder.Callback());
    return recorder;
  }

  TempDirectory temp_;
  FakeClock clock_;
  FileWriter::Options writer_;
  bool create_on_first_event_ = false;
};

TEST_F(FileSinkTest, OpensAConstantPathAtOnce) {
  FileSink sink = MakeSink(temp_ / "a/b.ndjson");
  EXPECT_TRUE(sink.Open().ok());
  EXPECT_TRUE(fs::exists(temp_ / "a/b.ndjson"));
}

TEST_F(FileSinkTest, MakesAFileForItsFirstEventIfTold) {
  create_on_first_event_ = true;
  FileSink sink = MakeSink(temp_ / "a/b.ndjson");
  ASSERT_TRUE(sink.Open().ok());
  sink.Flush();
  EXPECT_TRUE(fs::is_directory(temp_ / "a"));
  EXPECT_FALSE(fs::exists(temp_ / "a/b.ndjson"));
  const OutcomeRecorder recorder = Write(sink, {"1"});
  sink.Flush();
  EXPECT_THAT(recorder.names(), ElementsAre("delivered"));
  EXPECT_EQ(temp_.Read("a/b.ndjson"), "1\n");
}

TEST_F(FileSinkTest, LocksAFileThatIsThereEvenIfItNeedNotBe) {
  FileSink first = MakeSink(temp_ / "a.ndjson");
  ASSERT_TRUE(first.Open().ok());
  create_on_first_event_ = true;
  FileSink second = MakeSink(temp_ / "a.ndjson");
  EXPECT_TRUE(absl::IsFailedPrecondition(second.Open()));
}

TEST_F(FileSinkTest, FailsToOpenADirectory) {
  fs::create_directory(temp_ / "a");
  FileSink sink = MakeSink(temp_ / "a");
  EXPECT_THAT(std::string(sink.Open().message()), HasSubstr("directory"));
}

TEST_F(FileSinkTest, NamesFilesByTheTimeAtWhichEventsCame) {
  FileSink sink = MakeSink(temp_ / "%Y-%m-%d/%H.ndjson");
  ASSERT_TRUE(sink.Open().ok());
  clock_.Advance(absl::Hours(1000));
  Write(sink, {"1"});
  ASSERT_TRUE(sink.Close().ok());
  EXPECT_EQ(temp_.Read("2023-11-14/22.ndjson"), "1\n");
}

TEST_F(FileSinkTest, NamesFilesByFieldsOfEvents) {
  FileSink sink = MakeSink(temp_ / "{data.tenant}/{type}.ndjson");
  ASSERT_TRUE(sink.Open().ok());
  const std::vector<std::string> payloads = {
      R"({"tenant":"a","n":1})", R"({"tenant":"b","n":2})",
      R"({"tenant":"a","n":3})", R"({"tenant":7})"};
  const OutcomeRecorder recorder = Write(sink, payloads);
  ASSERT_TRUE(sink.Close().ok());
  EXPECT_THAT(recorder.names(), Each("delivered"));
  EXPECT_EQ(temp_.Read("a/test.ndjson"),
            payloads[0] + "\n" + payloads[2] + "\n");
  EXPECT_EQ(temp_.Read("b/test.ndjson"), payloads[1] + "\n");
  EXPECT_EQ(temp_.Read("7/test.ndjson"), payloads[3] + "\n");
}

TEST_F(FileSinkTest, RejectsOnlyTheEventsThatHaveNoPath) {
  FileSink sink = MakeSink(temp_ / "{data.tenant}.ndjson");
  ASSERT_TRUE(sink.Open().ok());
  const OutcomeRecorder recorder =
      Write(sink, {R"({"tenant":"a"})", R"({"other":1})", R"({"tenant":null})",
                   R"({"tenant":{}})", R"({"tenant":)"});
  ASSERT_TRUE(sink.Close().ok());
  EXPECT_THAT(recorder.names(), ElementsAre("delivered", "rejected", "rejected",
                                            "rejected", "rejected"));
  EXPECT_THAT(std::string(recorder.outcome().details()[0].status.message()),
              HasSubstr("'data.tenant' is missing"));
}

TEST_F(FileSinkTest, KeepsABoundedNumberOfFilesOpen) {
  FileSink sink = MakeSink(temp_ / "{data.k}.ndjson");
  ASSERT_TRUE(sink.Open().ok());
  std::vector<std::string> payloads;
  for (int i = 0; i < 100; ++i) {
    payloads.push_back("{\"k\":" + std::to_string(i % 10) + "}");
  }
  const OutcomeRecorder recorder = Write(sink, payloads);
  EXPECT_EQ(sink.max_memory_bytes(), 4 * writer_.buffer_bytes);
  ASSERT_TRUE(sink.Close().ok());
  EXPECT_THAT(recorder.names(), Each("delivered"));
  EXPECT_EQ(temp_.Files().size(), 10u);
  EXPECT_EQ(SplitLines(temp_.Read("3.ndjson")).size(), 10u);
}

TEST_F(FileSinkTest, WritesCsvWithAHeader) {
  FileSink sink =
      MakeSink(temp_ / "a.csv",
               std::make_unique<CsvRowEncoder>(std::vector<EventField>{
                   *ParseEventField("id"), *ParseEventField("data.x")}));
  ASSERT_TRUE(sink.Open().ok());
  const OutcomeRecorder recorder =
      Write(sink, {R"({"x":"a,b"})", R"({"x":)", R"({"x":2})"});
  ASSERT_TRUE(sink.Close().ok());
  EXPECT_THAT(recorder.names(),
              ElementsAre("delivered", "rejected", "delivered"));
  EXPECT_EQ(temp_.Read("a.csv"), "id,data.x\n0,\"a,b\"\n2,2\n");
}

TEST_F(FileSinkTest, TruncatesOnlyIfTold) {
  temp_.Write("a", "old\n");
  writer_.truncate = true;
  FileSink sink = MakeSink(temp_ / "a");
  ASSERT_TRUE(sink.Open().ok());
  Write(sink, {"1"});
  ASSERT_TRUE(sink.Close().ok());
  EXPECT_EQ(temp_.Read("a"), "1\n");
}

TEST_F(FileSinkTest, TakesAPartialWriteBackAndGoesOn) {
  const FileSizeLimit limit(64 << 10);
  FileSink sink = MakeSink(temp_ / "a");
  ASSERT_TRUE(sink.Open().ok());
  const std::string payload = "\"" + std::string(30'000, 'x') + "\"";
  const OutcomeRecorder fits = Write(sink, {payload});
  sink.Flush();
  const OutcomeRecorder full = Write(sink, {payload, payload});
  sink.Flush();
  EXPECT_THAT(fits.names(), ElementsAre("delivered"));
  EXPECT_THAT(full.names(), ElementsAre("rejected", "rejected"));
  EXPECT_THAT(std::string(full.outcome().details()[0].status.message()),
              HasSubstr("File too large"));
  EXPECT_EQ(temp_.Read("a"), payload + "\n");
  const OutcomeRecorder later = Write(sink, {payload});
  sink.Flush();
  EXPECT_THAT(later.names(), ElementsAre("delivered"));
  ASSERT_TRUE(sink.Close().ok());
}

TEST_F(FileSinkTest, ReportsWhatItWrote) {
  FileSink sink = MakeSink(temp_ / "a");
  ASSERT_TRUE(sink.Open().ok());
  Write(sink, {"1", "2"});
  ASSERT_TRUE(sink.Close().ok());
  EXPECT_THAT(sink.Report(),
              ElementsAre("4 bytes written, 1 files opened, 0 rotated"));
}

}  // namespace
}  // namespace phoenix
