// The `queue` of a sink, from the file to what is built.
#include "libs/pipeline/sink_queue.h"

#include <memory>
#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/pipeline/compile_pipeline.h"
#include "libs/pipeline/memory_bound.h"
#include "libs/pipeline/testing/test_kinds.h"

namespace phoenix {
namespace {

using testing::HasSubstr;

class SinkQueueTest : public testing::Test {
 protected:
  // A pipeline whose sink `a` is followed by these lines; `b` takes the dead
  // letters.
  std::unique_ptr<CompiledPipeline> Compile(const std::string& queue,
                                            const std::string& more = "") {
    diagnostics_ = Diagnostics("p.yaml");
    return CompilePipelineText(
        "name: p\n"
        "sources: [{name: in, door: {port: 1}}]\n"
        "sinks:\n"
        "- name: b\n"
        "  nowhere: {}\n"
        "- name: a\n"
        "  nowhere: {}\n" +
            queue + "dead_letter: " + dead_letter_ + "\n" + more,
        TestKinds(),
        [](const std::string&) -> std::optional<std::string> {
          return std::nullopt;
        },
        clock_, diagnostics_);
  }

  std::string ErrorsOf(const std::string& queue, const std::string& more = "") {
    EXPECT_EQ(Compile(queue, more), nullptr);
    return diagnostics_.ToString();
  }

  std::string dead_letter_ = "b";
  FakeClock clock_;
  Diagnostics diagnostics_{"p.yaml"};
};

TEST_F(SinkQueueTest, IsThatOfTheLimitsUnlessTheFileSaysOtherwise) {
  const auto compiled = Compile("", "limits: {sink_queue_bytes: 128KiB}\n");
  ASSERT_NE(compiled, nullptr) << diagnostics_.ToString();
  const SinkQueueLimits& queue = compiled->sinks[1].queue;
  EXPECT_EQ(queue.bytes, 128 << 10);
  EXPECT_EQ(queue.when_full, FullQueue::kBlock);
  EXPECT_FALSE(queue.spill.has_value());
  EXPECT_EQ(WeakestQueue(*compiled), std::nullopt);
}

TEST_F(SinkQueueTest, FillsInWhatTheFileDoesNotSay) {
  const auto compiled = Compile("  queue: {spill: {path: q}}\n",
                                "limits: {sink_queue_bytes: 128KiB}\n");
  ASSERT_NE(compiled, nullptr) << diagnostics_.ToString();
  const SinkQueueLimits& queue = compiled->sinks[1].queue;
  EXPECT_EQ(queue.bytes, 128 << 10);
  EXPECT_EQ(queue.when_full, FullQueue::kBlock);
  ASSERT_TRUE(queue.spill.has_value());
  EXPECT_EQ(queue.spill->path, "q");
  EXPECT_EQ(queue.spill->max_bytes, 1 << 30);
  EXPECT_EQ(queue.spill->compression, Compression::kNone);
  EXPECT_EQ(queue.spill->durability, Durability::kDisk);
  EXPECT_EQ(WeakestQueue(*compiled), Durability::kDisk);
}

TEST_F(SinkQueueTest, TakesWhatTheFileSays) {
  const auto compiled = Compile(
      "  queue:\n"
      "    bytes: 64KiB\n"
      "    spill: {path: q, max_bytes: 2MiB, sync: os, compression: lz4}\n"
      "    when_full: drop_oldest\n");
  ASSERT_NE(compiled, nullptr) << diagnostics_.ToString();
  const SinkQueueLimits& queue = compiled->sinks[1].queue;
  EXPECT_EQ(queue.bytes, 64 << 10);
  EXPECT_EQ(queue.when_full, FullQueue::kDropOldest);
  EXPECT_EQ(queue.spill->max_bytes, 2 << 20);
  EXPECT_EQ(queue.spill->compression, Compression::kLz4);
  EXPECT_EQ(queue.spill->durability, Durability::kOs);
  EXPECT_EQ(WeakestQueue(*compiled), Durability::kOs);
}

TEST_F(SinkQueueTest, KnowsEachPolicyByItsName) {
  for (const FullQueue policy :
       {FullQueue::kBlock, FullQueue::kDeadLetter, FullQueue::kDropNewest}) {
    const auto compiled = Compile(
        "  queue: {when_full: " + std::string(FullQueueName(policy)) + "}\n");
    ASSERT_NE(compiled, nullptr) << diagnostics_.ToString();
    EXPECT_EQ(compiled->sinks[1].queue.when_full, policy);
  }
}

TEST_F(SinkQueueTest, RefusesToDropTheOldestOfWhatIsInMemory) {
  EXPECT_THAT(ErrorsOf("  queue: {when_full: drop_oldest}\n"),
              HasSubstr("p.yaml:8:22: 'drop_oldest' without 'spill'"));
}

TEST_F(SinkQueueTest, RefusesDeadLettersOfTheDeadLetterSink) {
  dead_letter_ = "a";
  EXPECT_THAT(ErrorsOf("  queue: {when_full: dead_letter}\n"),
              HasSubstr("'dead_letter' at the dead-letter sink itself"));
}

TEST_F(SinkQueueTest, RefusesAFolderThatIsNotItsOwn) {
  EXPECT_THAT(ErrorsOf("  queue: {spill: {path: ./q/}}\n",
                       "log: {embedded: {path: q}}\n"),
              HasSubstr("folder './q/' is used by the log"));
  EXPECT_THAT(ErrorsOf("  queue: {spill: {path: q}}\n"
                       "- name: c\n"
                       "  nowhere: {}\n"
                       "  queue: {spill: {path: q}}\n"),
              HasSubstr("folder 'q' is used by sink 'a'"));
  EXPECT_THAT(
      ErrorsOf("  queue: {spill: {path: q/deep}}\n",
               "log: {embedded: {path: q}}\n"),
      HasSubstr("folder 'q/deep' is used by the log, as a part of 'q'"));
}

TEST_F(SinkQueueTest, RefusesSpillWithoutAPathAndTooLittle) {
  const std::string errors =
      ErrorsOf("  queue: {bytes: 1KiB, spill: {max_bytes: 1KiB}}\n");
  EXPECT_THAT(errors, HasSubstr("'bytes' is '1KiB'"));
  EXPECT_THAT(errors, HasSubstr("'max_bytes' is '1KiB'"));
  EXPECT_THAT(errors, HasSubstr("missing key 'path'"));
}

TEST_F(SinkQueueTest, IsInTheMemoryBound) {
  const auto parts = [](const CompiledPipeline& pipeline, const char* name) {
    int64_t bytes = 0;
    for (const MemoryPart& part : MemoryParts(pipeline, 1)) {
      if (part.name == name) bytes += part.bytes;
    }
    return bytes;
  };
  const auto compiled = Compile("  queue: {bytes: 32MiB, spill: {path: q}}\n");
  ASSERT_NE(compiled, nullptr) << diagnostics_.ToString();
  EXPECT_EQ(parts(*compiled, "sink a"), 32 << 20);
  EXPECT_EQ(parts(*compiled, "queue files of a"),
            2 * SinkSpillLimits::kMaxQueuedBytes +
                SinkSpillLimits::kRecentBytes + kTestBatchBytes);
  EXPECT_EQ(parts(*compiled, "queue files of b"), 0);
}

}  // namespace
}  // namespace phoenix
