#include "libs/sinks/stdout/stdout_sink.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/component/testing/sink_suite.h"
#include "libs/component/testing/test_batch.h"
#include "libs/io/unique_fd.h"
#include "libs/sinks/rows/ndjson_row_encoder.h"
#include "libs/sinks/testing/temp_directory.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::unique_ptr<StdoutSink> MakeSink(int fd) {
  return std::make_unique<StdoutSink>(
      StdoutSink::Options{.name = "out", .fd = fd},
      std::make_unique<NdjsonRowEncoder>());
}

// A file in place of a terminal.
class StdoutFixture : public SinkFixture {
 public:
  StdoutFixture()
      : fd_(open((directory_ / "out").c_str(), O_CREAT | O_WRONLY, 0600)) {}

  std::unique_ptr<Sink> MakeSink() override {
    return phoenix::MakeSink(fd_.get());
  }
  std::vector<std::string> Arrived() override {
    return SplitLines(directory_.Read("out"));
  }
  bool Break() override {
    const UniqueFd full(open("/dev/full", O_WRONLY));
    return dup2(full.get(), fd_.get()) >= 0;
  }

 private:
  TempDirectory directory_;
  UniqueFd fd_;
};

const bool kRegistered = RegisterSinkSuite(
    {.name = "Stdout",
     .make_fixture = [] { return std::make_unique<StdoutFixture>(); },
     .can_break = true});

TEST(StdoutSinkTest, AsksToTryAgainWhenTheDiskIsFull) {
  const UniqueFd full(open("/dev/full", O_WRONLY));
  OutcomeRecorder recorder;
  MakeSink(full.get())
      ->Write(AllOf(MakeBatch({std::string("1")})), recorder.Callback());
  EXPECT_THAT(recorder.names(), ElementsAre("retry"));
  EXPECT_THAT(std::string(recorder.outcome().details()[0].status.message()),
              HasSubstr("No space left on device"));
}

TEST(StdoutSinkTest, RejectsWhenTheReaderHasGone) {
  signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  const UniqueFd writer(ends[1]);
  OutcomeRecorder recorder;
  MakeSink(writer.get())
      ->Write(AllOf(MakeBatch({std::string("1")})), recorder.Callback());
  EXPECT_THAT(recorder.names(), ElementsAre("rejected"));
}

TEST(StdoutSinkTest, GivesBackWhatNobodyReadsWhenItIsCancelled) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const UniqueFd reader(ends[0]);
  const UniqueFd writer(ends[1]);
  const auto sink = MakeSink(writer.get());
  std::thread canceller([&] { sink->Cancel(); });
  OutcomeRecorder recorder;
  // A pipe holds 64 KiB.
  const std::string large(1000, '1');
  sink->Write(AllOf(MakeBatch(std::vector<std::string>(100, large))),
              recorder.Callback());
  canceller.join();
  const std::vector<std::string> names = recorder.names();
  EXPECT_EQ(names.back(), "retry");
  EXPECT_TRUE(absl::IsCancelled(recorder.outcome().details().at(0).status));
  const auto delivered = std::count(names.begin(), names.end(), "delivered");
  int readable = 0;
  ASSERT_EQ(ioctl(reader.get(), FIONREAD, &readable), 0);
  EXPECT_EQ(readable, delivered * 1001);
}

}  // namespace
}  // namespace phoenix
