#include "libs/log/testing/log_suite.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/random.h"
#include "libs/event/batch_testing.h"
#include "libs/log/testing/log_client.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;

// The log of one test, with partition 0 assigned.
class LogTest {
 public:
  explicit LogTest(const LogSuiteOptions& options)
      : fixture_(options.make_fixture()) {
    Reopen();
  }
  ~LogTest() { Close(); }

  // Closes it, and opens it again.
  void Reopen() {
    Close();
    partitions_.emplace();
    log_ = fixture_->Open();
    ASSERT_NE(log_, nullptr);
    ASSERT_TRUE(log_->Subscribe(*partitions_).ok());
    ASSERT_THAT(partitions_->WaitFor(1), ElementsAre(0));
  }

  Log& log() { return *log_; }

  EventBatchPtr Append(const std::vector<std::string>& payloads,
                       uint64_t lane = 0) {
    auto appended = AppendAndWait(*log_, BatchOf(payloads), lane);
    EXPECT_TRUE(appended.ok()) << appended.status();
    return appended.value_or(nullptr);
  }

  std::unique_ptr<LogReader> ReadFrom(int64_t offset) {
    auto reader = log_->Read(0, offset);
    EXPECT_TRUE(reader.ok()) << reader.status();
    return *std::move(reader);
  }

  std::vector<LogEntry> Read(size_t count, int64_t from = 0) {
    return ReadAndWait(*ReadFrom(from), count);
  }

 private:
  void Close() {
    if (log_ == nullptr) return;
    EXPECT_TRUE(log_->Close().ok());
    log_ = nullptr;
  }

  const std::unique_ptr<LogFixture> fixture_;
  std::optional<AssignedPartitions> partitions_;
  std::unique_ptr<Log> log_;
};

void ReadsBackWhatWasAppended(LogTest& test) {
  constexpr int kBatches = 50;
  Random random(1);
  std::vector<EventBatchPtr> batches;
  for (int i = 0; i < kBatches; ++i) {
    batches.push_back(RandomBatch(random, 10));
    ASSERT_TRUE(AppendAndWait(test.log(), batches.back(), 1000 + i).ok());
  }
  const std::vector<LogEntry> entries = test.Read(kBatches);
  ASSERT_EQ(entries.size(), batches.size());
  for (int i = 0; i < kBatches; ++i) {
    EXPECT_EQ(DescribeEvents(*entries[i].batch), DescribeEvents(*batches[i]));
    EXPECT_EQ(entries[i].lane, 1000u + i);
  }
}

void GivesEveryBatchAnIdentity(LogTest& test) {
  const EventBatchPtr one = test.Append({"a", "b"});
  const EventBatchPtr other = test.Append({"c"});
  EXPECT_FALSE(one->identity().log.empty());
  EXPECT_GE(other->identity().first_offset, one->identity().first_offset + 2);
  const std::vector<LogEntry> entries = test.Read(2);
  ASSERT_EQ(entries.size(), 2u);
  for (const auto& [batch, entry] :
       {std::pair(one, entries[0]), std::pair(other, entries[1])}) {
    const BatchIdentity& identity = entry.batch->identity();
    EXPECT_TRUE(identity.log.starts_with(batch->identity().log));
    EXPECT_EQ(identity.partition, 0);
    EXPECT_EQ(identity.first_offset, batch->identity().first_offset);
    EXPECT_EQ(entry.first_offset, identity.first_offset);
  }
}

void KeepsTheOrderOfAppends(LogTest& test) {
  constexpr int kBatches = 500;
  Awaited<bool> last;
  std::vector<std::string> wanted;
  for (int i = 0; i < kBatches; ++i) {
    wanted.push_back(std::to_string(i));
    const absl::Status taken = test.log().Append(
        BatchOf({wanted.back()}), 7, [last, i](const auto& appended) {
          if (i == kBatches - 1) last.Set(appended.ok());
        });
    ASSERT_TRUE(taken.ok()) << taken;
  }
  ASSERT_EQ(last.Get(), true);
  EXPECT_EQ(PayloadsOf(test.Read(kBatches)), wanted);
}

void GoesOnAtTheCursorAfterARestart(LogTest& test) {
  test.Append({"a", "b"});
  test.Append({"c"});
  test.Append({"d"});
  const std::vector<LogEntry> before = test.Read(3);
  ASSERT_EQ(before.size(), 3u);
  ASSERT_TRUE(test.log().SetCursor(0, before[0].end_offset()).ok());
  test.Reopen();
  const auto cursor = test.log().cursor(0);
  ASSERT_TRUE(cursor.ok()) << cursor.status();
  EXPECT_GE(*cursor, before[0].end_offset());
  EXPECT_LE(*cursor, before[1].first_offset);
  const std::vector<LogEntry> after = test.Read(2, *cursor);
  EXPECT_THAT(PayloadsOf(after), ElementsAre("c", "d"));
  EXPECT_EQ(after[0].batch->identity().log, before[1].batch->identity().log);
  EXPECT_EQ(after[0].first_offset, before[1].first_offset);
  EXPECT_EQ(after[1].first_offset, before[2].first_offset);
}

void MakesCursorsDurableWhenAsked(LogTest& test) {
  test.Append({"a"});
  const std::vector<LogEntry> entries = test.Read(1);
  ASSERT_EQ(entries.size(), 1u);
  ASSERT_TRUE(test.log().SetCursor(0, entries[0].end_offset()).ok());
  const absl::Status synced = test.log().SyncCursors();
  EXPECT_TRUE(synced.ok()) << synced;
  EXPECT_EQ(*test.log().cursor(0), entries[0].end_offset());
}

void MovesACursorForwardOnly(LogTest& test) {
  test.Append({"a", "b", "c"});
  const std::vector<LogEntry> entries = test.Read(1);
  ASSERT_EQ(entries.size(), 1u);
  const int64_t end = entries[0].end_offset();
  ASSERT_TRUE(test.log().SetCursor(0, end).ok());
  EXPECT_TRUE(test.log().SetCursor(0, end - 1).ok());
  EXPECT_EQ(*test.log().cursor(0), end);
  EXPECT_EQ(test.log().SetCursor(0, end + 1'000'000).code(),
            absl::StatusCode::kOutOfRange);
}

void ReadsFromAnyOffset(LogTest& test) {
  for (const char* payload : {"a", "b", "c", "d"}) test.Append({payload, "+"});
  const std::vector<LogEntry> all = test.Read(4);
  ASSERT_EQ(all.size(), 4u);
  EXPECT_THAT(PayloadsOf(test.Read(2, all[2].first_offset)),
              ElementsAre("c", "+", "d", "+"));
  EXPECT_THAT(PayloadsOf(test.Read(1, all[1].first_offset + 1)),
              ElementsAre("b", "+"));
  EXPECT_THAT(PayloadsOf(test.Read(4)),
              ElementsAre("a", "+", "b", "+", "c", "+", "d", "+"));
}

void ReadsFromATime(LogTest& test) {
  test.Append({"a"});
  const std::vector<LogEntry> first = test.Read(1);
  ASSERT_EQ(first.size(), 1u);
  auto reader = test.log().ReadFrom(0, first[0].append_time);
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_THAT(PayloadsOf(ReadAndWait(**reader, 1)), ElementsAre("a"));
}

void CallsWhoeverWaitsForMore(LogTest& test) {
  const auto reader = test.ReadFrom(0);
  const auto none = reader->Next();
  ASSERT_TRUE(none.ok());
  EXPECT_FALSE(none->has_value());
  Awaited<bool> more;
  reader->WhenMore([more] { more.Set(true); });
  test.Append({"a"});
  EXPECT_EQ(more.Get(), true);
  EXPECT_THAT(PayloadsOf(ReadAndWait(*reader, 1)), ElementsAre("a"));
}

void CallsWhoeverWaitsForRoom(LogTest& test) {
  Awaited<bool> room;
  test.log().WhenRoom([room] { room.Set(true); });
  EXPECT_EQ(room.Get(), true);
}

void RefusesAPartitionThatThereIsNot(LogTest& test) {
  const int32_t none = test.log().partition_count();
  constexpr auto kOutOfRange = absl::StatusCode::kOutOfRange;
  EXPECT_EQ(test.log().Read(none, 0).status().code(), kOutOfRange);
  EXPECT_EQ(test.log().SetCursor(none, 0).code(), kOutOfRange);
  EXPECT_EQ(test.log().cursor(none).status().code(), kOutOfRange);
  EXPECT_EQ(test.log().ReadFrom(none, absl::Now()).status().code(),
            kOutOfRange);
}

void StoresWhatWaitsWhenItIsClosed(LogTest& test) {
  constexpr int kBatches = 20;
  std::vector<Awaited<bool>> done(kBatches);
  for (int i = 0; i < kBatches; ++i) {
    ASSERT_TRUE(test.log()
                    .Append(BatchOf({std::to_string(i)}), 0,
                            [one = done[i]](const auto& appended) {
                              one.Set(appended.ok());
                            })
                    .ok());
  }
  ASSERT_TRUE(test.log().Close().ok());
  for (const auto& one : done) {
    EXPECT_EQ(one.Get(std::chrono::seconds(0)), true);
  }
  const absl::Status refused =
      test.log().Append(BatchOf({"late"}), 0, [](const auto&) {});
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  test.Reopen();
  EXPECT_EQ(test.Read(kBatches).size(), static_cast<size_t>(kBatches));
}

void CountsWhatWasAppended(LogTest& test) {
  test.Append({"a", "b"});
  test.Append({"c"});
  const LogStats stats = test.log().Stats();
  EXPECT_EQ(stats.appended_batches, 2u);
  EXPECT_EQ(stats.appended_events, 3u);
  EXPECT_EQ(stats.queued_bytes, 0u);
  EXPECT_EQ(stats.corrupt_records, 0u);
}

class ClauseTest : public ::testing::Test {
 public:
  using Body = void (*)(LogTest&);

  ClauseTest(const LogSuiteOptions& options, Body body)
      : options_(options), body_(body) {}

  void TestBody() override {
    LogTest test(options_);
    if (!HasFatalFailure()) body_(test);
  }

 private:
  const LogSuiteOptions options_;
  const Body body_;
};

}  // namespace

bool RegisterLogSuite(const LogSuiteOptions& options) {
  const std::pair<const char*, ClauseTest::Body> tests[] = {
      {"ReadsBackWhatWasAppended", ReadsBackWhatWasAppended},
      {"GivesEveryBatchAnIdentity", GivesEveryBatchAnIdentity},
      {"KeepsTheOrderOfAppends", KeepsTheOrderOfAppends},
      {"GoesOnAtTheCursorAfterARestart", GoesOnAtTheCursorAfterARestart},
      {"MakesCursorsDurableWhenAsked", MakesCursorsDurableWhenAsked},
      {"MovesACursorForwardOnly", MovesACursorForwardOnly},
      {"ReadsFromAnyOffset", ReadsFromAnyOffset},
      {"ReadsFromATime", ReadsFromATime},
      {"CallsWhoeverWaitsForMore", CallsWhoeverWaitsForMore},
      {"CallsWhoeverWaitsForRoom", CallsWhoeverWaitsForRoom},
      {"RefusesAPartitionThatThereIsNot", RefusesAPartitionThatThereIsNot},
      {"StoresWhatWaitsWhenItIsClosed", StoresWhatWaitsWhenItIsClosed},
      {"CountsWhatWasAppended", CountsWhatWasAppended},
  };
  for (const auto& [name, body] : tests) {
    ::testing::RegisterTest(
        (options.name + "LogContractTest").c_str(), name, nullptr, nullptr,
        __FILE__, __LINE__, [options, body = body]() -> ::testing::Test* {
          // GoogleTest deletes it.
          return std::make_unique<ClauseTest>(options, body).release();
        });
  }
  return true;
}

}  // namespace phoenix
