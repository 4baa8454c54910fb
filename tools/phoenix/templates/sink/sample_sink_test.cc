#include "tools/phoenix/templates/sink/sample_sink.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/component/testing/sink_suite.h"
#include "libs/component/testing/test_batch.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;

// Keeps the lines until it is broken.
class Fixture : public SinkFixture {
 public:
  std::unique_ptr<Sink> MakeSink() override {
    return std::make_unique<SampleSink>(
        "", [this](const std::vector<std::string>& lines) {
          if (broken_) return absl::UnavailableError("broken");
          lines_.insert(lines_.end(), lines.begin(), lines.end());
          return absl::OkStatus();
        });
  }
  std::vector<std::string> Arrived() override { return lines_; }
  bool Break() override {
    broken_ = true;
    return true;
  }

 private:
  std::vector<std::string> lines_;
  bool broken_ = false;
};

const bool kRegistered = RegisterSinkSuite(
    {.name = "Sample",
     .make_fixture = [] { return std::make_unique<Fixture>(); },
     .can_break = true});

TEST(SampleSinkTest, WritesThePrefixBeforeEachPayload) {
  ASSERT_TRUE(kRegistered);
  std::vector<std::string> lines;
  SampleSink sink("seen: ", [&](const std::vector<std::string>& more) {
    lines = more;
    return absl::OkStatus();
  });
  OutcomeRecorder recorder;
  sink.Write(AllOf(MakeBatch({std::string("1"), std::string("2")})),
             recorder.Callback());
  EXPECT_THAT(lines, ElementsAre("seen: 1", "seen: 2"));
}

}  // namespace
}  // namespace phoenix
