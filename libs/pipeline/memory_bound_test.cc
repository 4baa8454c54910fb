#include "libs/pipeline/memory_bound.h"

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/buffer_memory.h"
#include "libs/base/clock.h"
#include "libs/component/dead_letter_count.h"
#include "libs/pipeline/compile_pipeline.h"
#include "libs/pipeline/testing/test_kinds.h"

namespace phoenix {
namespace {

using testing::ElementsAre;
using testing::Pair;

constexpr int64_t kKiB = 1 << 10;
constexpr int64_t kMiB = 1 << 20;

class MemoryBoundTest : public testing::Test {
 protected:
  // The parts of a pipeline with these limits and two lanes.
  std::map<std::string, int64_t> PartsOf(const std::string& limits,
                                         const std::string& more = "") {
    Diagnostics diagnostics("p.yaml");
    FakeClock clock;
    const auto compiled = CompilePipelineText(
        "name: p\n"
        "sources: [{name: in, door: {port: 1}}]\n"
        "steps: [{name: all, keep: 'true'}]\n"
        "sinks: [{name: a, nowhere: {}}, {name: b, file: {path: x}}]\n"
        "dead_letter: b\n"
        "limits: " +
            limits + "\n" + more,
        TestKinds(),
        [](const std::string&) -> std::optional<std::string> {
          return std::nullopt;
        },
        clock, diagnostics);
    EXPECT_EQ(diagnostics.ToString(), "");
    compiled->admin_address = admin_address_;
    if (letters_in_topic_) compiled->sinks[1].kind = "kafka";
    std::map<std::string, int64_t> by_name;
    const auto parts = MemoryParts(*compiled, /*lane_count=*/2);
    for (const MemoryPart& part : parts) by_name[part.name] = part.bytes;
    sum_ = MemoryBoundBytes(parts);
    return by_name;
  }

  std::string admin_address_;
  bool letters_in_topic_ = false;
  int64_t sum_ = 0;
};

TEST_F(MemoryBoundTest, CountsTheCountOfLettersInATopicWhereItIsPublished) {
  admin_address_ = "127.0.0.1:1";
  EXPECT_EQ(PartsOf("{}").count("count of dead letters"), 0u);
  letters_in_topic_ = true;
  EXPECT_GT(PartsOf("{}")["count of dead letters"],
            static_cast<int64_t>(DeadLetterCount::kMaxBytes));
  admin_address_ = "";
  EXPECT_EQ(PartsOf("{}").count("count of dead letters"), 0u);
}

TEST_F(MemoryBoundTest, CountsTheLogWhereThereIsOne) {
  EXPECT_EQ(PartsOf("{}").count("log"), 0u);
  EXPECT_EQ(PartsOf("{}", "log: {embedded: {path: l}}\n")["log"],
            2 * PipelineLog::kMaxQueuedBytes + PipelineLog::kRecentBytes);
}

TEST_F(MemoryBoundTest, CountsBothQueuesOfALogInKafka) {
  EXPECT_EQ(PartsOf("{}",
                    "log: {kafka: {brokers: b, topic: t, max_queued_bytes: "
                    "16MiB, max_buffer_bytes: 8MiB}}\n")["log"],
            2 * 16 * kMiB + 2 * (8 * kMiB + kTestBatchBytes));
}

TEST_F(MemoryBoundTest, ListsEverythingThatTakesMemory) {
  EXPECT_THAT(
      PartsOf("{buffer_bytes: 64MiB, sink_queue_bytes: 16MiB}"),
      ElementsAre(Pair("dead letters that wait", 64 * kMiB),
                  Pair("events in flight", 64 * kMiB),
                  Pair("freed memory", MaxKeptBytes()),
                  Pair("lanes", 2 * 2 * kTestBatchBytes),
                  Pair("program", kProgramBytes), Pair("sink a", 16 * kMiB),
                  Pair("sink b", 16 * kMiB + 1000),
                  Pair("source in", kTestSourceBytes),
                  Pair("step all", kTestStepBytes)));
  EXPECT_EQ(sum_, 160 * kMiB + 4 * kTestBatchBytes + 1000 + kTestSourceBytes +
                      kTestStepBytes + kProgramBytes +
                      static_cast<int64_t>(MaxKeptBytes()));
}

TEST_F(MemoryBoundTest, HasRoomForOneBatchThatIsLargerThanABound) {
  auto parts = PartsOf("{buffer_bytes: 1MiB, sink_queue_bytes: 64KiB}");
  EXPECT_LT(64 * kKiB, kTestBatchBytes);
  EXPECT_LT(1 * kMiB, kTestBatchBytes);
  EXPECT_EQ(parts["events in flight"], kTestBatchBytes);
  EXPECT_EQ(parts["sink a"], kTestBatchBytes);
}

}  // namespace
}  // namespace phoenix
