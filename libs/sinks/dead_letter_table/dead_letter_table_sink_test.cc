#include "libs/sinks/dead_letter_table/dead_letter_table_sink.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/failpoint.h"
#include "libs/base/text.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/component/testing/test_batch.h"
#include "libs/sinks/dead_letter_table/test_letters.h"
#include "libs/sinks/testing/temp_directory.h"
#include "libs/telemetry/metrics.h"

namespace phoenix {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using FullPolicy = DeadLetterTableSink::FullPolicy;

class DeadLetterTableSinkTest : public testing::Test {
 protected:
  void Open() {
    options_.name = "dead";
    options_.pipeline = "p";
    options_.path = path_;
    sink_ = std::make_unique<DeadLetterTableSink>(options_);
    sink_->PublishMetrics(registry_);
    const absl::Status opened = sink_->Open();
    ASSERT_TRUE(opened.ok()) << opened;
  }

  // Writes the letters of events with these payloads, and ids from 0 on.
  OutcomeRecorder Write(const std::vector<std::string>& payloads,
                        const std::string& message = "no such key") {
    OutcomeRecorder recorder;
    sink_->Write(AllOf(LettersOf(*MakeBatch(payloads), message)),
                 recorder.Callback());
    sink_->Flush();
    EXPECT_EQ(recorder.calls(), 1u);
    return recorder;
  }

  std::vector<std::string> Payloads() {
    const auto table =
        DeadLetterTable::Open(path_, {.mode = SqliteDatabase::Mode::kRead});
    EXPECT_TRUE(table.ok()) << table.status();
    std::vector<std::string> payloads;
    if (!table.ok()) return payloads;
    const auto page = *(*table)->ReadPage("p", 0);
    for (const StoredDeadLetter& stored : page) {
      payloads.push_back(stored.letter.payload);
    }
    return payloads;
  }

  std::string Metric(const std::string& name, const std::string& value) {
    return Cat(name, "{component_name=\"dead\",pipeline=\"p\"} ", value, "\n");
  }

  void Remove(const std::string& id) {
    const auto table =
        DeadLetterTable::Open(path_, {.mode = SqliteDatabase::Mode::kWrite});
    ASSERT_TRUE(*(*table)->Remove(**(*table)->Find("p", id)));
  }

  const TempDirectory directory_;
  const std::string path_ = directory_ / "letters/dead.db";
  DeadLetterTableSink::Options options_;
  MetricsRegistry registry_;
  std::unique_ptr<DeadLetterTableSink> sink_;
};

TEST_F(DeadLetterTableSinkTest, MakesNoFileBeforeTheFirstLetter) {
  Open();
  sink_->Flush();
  EXPECT_THAT(directory_.Files(), IsEmpty());
  EXPECT_THAT(sink_->Report(), ElementsAre("no dead letters"));
  EXPECT_THAT(Write({"1"}).names(), ElementsAre("delivered"));
  EXPECT_THAT(Payloads(), ElementsAre("1"));
}

TEST_F(DeadLetterTableSinkTest, GoesOnWithATableThatIsThere) {
  Open();
  Write({"1"});
  ASSERT_TRUE(sink_->Close().ok());
  Open();
  EXPECT_THAT(registry_.Render(),
              HasSubstr(Metric("phoenix_dead_letter_waiting_events", "1")));
  Write({"1", "2"});
  EXPECT_THAT(Payloads(), ElementsAre("1", "2"));
  EXPECT_THAT(
      sink_->Report(),
      ElementsAre(Cat("2 dead letters written, 2 in table '", path_, "'")));
}

TEST_F(DeadLetterTableSinkTest, RejectsWhatIsNoDeadLetter) {
  Open();
  OutcomeRecorder recorder;
  sink_->Write(AllOf(MakeBatch({std::string("1")})), recorder.Callback());
  sink_->Flush();
  EXPECT_THAT(recorder.names(), ElementsAre("rejected"));
  EXPECT_THAT(std::string(recorder.outcome().details()[0].status.message()),
              HasSubstr("event of type 'test' is no dead letter"));
}

TEST_F(DeadLetterTableSinkTest, SettlesSeveralWritesByOneCommit) {
  Open();
  OutcomeRecorder recorders[2];
  ScopedFailpoints count("dead_letters.table.before_commit=count");
  for (OutcomeRecorder& recorder : recorders) {
    sink_->Write(AllOf(LettersOf(*MakeBatch({std::string("1")}))),
                 recorder.Callback());
    EXPECT_EQ(recorder.calls(), 0u);
  }
  sink_->Flush();
  for (OutcomeRecorder& recorder : recorders) {
    EXPECT_THAT(recorder.names(), ElementsAre("delivered"));
  }
  EXPECT_EQ(FailpointHits("dead_letters.table.before_commit"), 1u);
}

TEST_F(DeadLetterTableSinkTest, CommitsByItselfWhenMuchWaits) {
  Open();
  const std::string large = Cat("\"", std::string(900'000, 'x'), "\"");
  OutcomeRecorder recorder;
  size_t bytes = 0;
  size_t writes = 0;
  while (bytes < DeadLetterTableSink::kMaxTransactionBytes) {
    EXPECT_EQ(recorder.calls(), 0u);
    BatchView view = AllOf(LettersOf(*MakeBatch({large})));
    bytes += view.memory_bytes();
    ++writes;
    sink_->Write(std::move(view), recorder.Callback());
  }
  EXPECT_EQ(recorder.calls(), writes);
}

TEST_F(DeadLetterTableSinkTest, TriesAllAgainWhenACommitFails) {
  Open();
  {
    ScopedFailpoints armed("dead_letters.table.before_commit=error");
    const OutcomeRecorder failed = Write({"1", "2"});
    EXPECT_THAT(failed.names(), Each("retry"));
    EXPECT_EQ(failed.outcome().details().size(), 2u);
  }
  EXPECT_THAT(Payloads(), IsEmpty());
  EXPECT_THAT(Write({"1", "2"}).names(), Each("delivered"));
  EXPECT_THAT(Payloads(), ElementsAre("1", "2"));
}

TEST_F(DeadLetterTableSinkTest, LetsNewLettersWaitWhenItIsFull) {
  options_.max_rows = 2;
  Open();
  const OutcomeRecorder first = Write({"1", "2", "3"});
  EXPECT_THAT(first.names(), ElementsAre("delivered", "delivered", "retry"));
  ASSERT_EQ(first.outcome().details().size(), 1u);
  const std::string why(first.outcome().details()[0].status.message());
  EXPECT_THAT(why, HasSubstr("is full: 2 dead letters of"));
  EXPECT_THAT(why, HasSubstr("replay or drop some by `phoenix dlq`"));
  // One that is there already needs no room.
  EXPECT_THAT(Write({"1"}).names(), ElementsAre("delivered"));
  EXPECT_THAT(Payloads(), ElementsAre("1", "2"));
  EXPECT_THAT(Write({"9"}).names(), ElementsAre("retry"))
      << "another event of the same id";
  Remove("1");
  EXPECT_THAT(Write({"1", "2", "3"}).names(),
              ElementsAre("delivered", "delivered", "retry"));
}

TEST_F(DeadLetterTableSinkTest, DropsTheOldestWhenItIsFullAndToldTo) {
  options_.max_rows = 2;
  options_.full_policy = FullPolicy::kDropOldest;
  Open();
  EXPECT_THAT(Write({"1", "2", "3"}).names(), Each("delivered"));
  EXPECT_THAT(Payloads(), ElementsAre("2", "3"));
  const std::string page = registry_.Render();
  EXPECT_THAT(
      page, HasSubstr(Metric("phoenix_dead_letter_dropped_events_total", "1")));
  EXPECT_THAT(page, HasSubstr(Metric("phoenix_dead_letter_max_events", "2")));
  EXPECT_THAT(sink_->Report(),
              testing::Contains("1 dropped, for the table was full"));
}

TEST_F(DeadLetterTableSinkTest, BoundsBytes) {
  options_.max_bytes = 4096;
  Open();
  const std::string large = Cat("\"", std::string(3000, 'x'), "\"");
  EXPECT_THAT(Write({large, large}).names(), ElementsAre("delivered", "retry"));
}

TEST_F(DeadLetterTableSinkTest, TakesALetterOfAnySizeIntoAnEmptyTable) {
  options_.max_bytes = 4096;
  Open();
  const std::string large = Cat("\"", std::string(9000, 'x'), "\"");
  EXPECT_THAT(Write({large}).names(), ElementsAre("delivered"));
  Remove("1");
  options_.full_policy = FullPolicy::kDropOldest;
  Open();
  EXPECT_THAT(Write({"1", large}).names(), Each("delivered"));
  EXPECT_THAT(Payloads(), ElementsAre(large));
}

TEST_F(DeadLetterTableSinkTest, ShowsWhatOthersHaveRemoved) {
  Open();
  Write({"1", "2"});
  Remove("1");
  sink_->Flush();
  EXPECT_THAT(registry_.Render(),
              HasSubstr(Metric("phoenix_dead_letter_waiting_events", "1")));
}

TEST_F(DeadLetterTableSinkTest, BeginsANewFileWhenItsOwnWasMovedAway) {
  Open();
  Write({"1"});
  std::filesystem::rename(path_, directory_ / "old.db");
  for (const char* suffix : {"-wal", "-shm"}) {
    std::filesystem::rename(path_ + suffix, directory_ / "old.db" + suffix);
  }
  EXPECT_THAT(Write({"1", "2"}).names(), Each("delivered"));
  EXPECT_THAT(Payloads(), ElementsAre("1", "2"));
}

TEST_F(DeadLetterTableSinkTest, DoesNotStartOnAFileOfSomethingElse) {
  std::filesystem::create_directories(directory_ / "letters");
  directory_.Write("letters/dead.db", std::string(5000, 'x'));
  options_.path = path_;
  const absl::Status opened = DeadLetterTableSink(options_).Open();
  EXPECT_THAT(std::string(opened.message()),
              testing::AllOf(HasSubstr("`path`: "),
                             HasSubstr("file is not a database")));
}

TEST_F(DeadLetterTableSinkTest, DoesNotStartWithoutADirectoryToWriteTo) {
  directory_.Write("letters", "a file");
  options_.path = path_;
  EXPECT_THAT(std::string(DeadLetterTableSink(options_).Open().message()),
              HasSubstr("`path`: directory '"));
}

}  // namespace
}  // namespace phoenix
