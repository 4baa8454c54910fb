#include "libs/sinks/kafka/log_positions.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/random.h"
#include "libs/base/text.h"
#include "libs/component/offset_pages.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Seen = LogPositions::Seen;

constexpr int64_t kPage = OffsetPages::kPageOffsets;

// The topic: what was committed, by key, and what a transaction adds.
class LogPositionsTest : public testing::Test {
 protected:
  // As another process has it.
  std::unique_ptr<LogPositions> Open(
      size_t max_pages = LogPositions::kMaxPages) {
    return std::make_unique<LogPositions>(
        "p/out",
        [this](LogPositions::Visit visit) {
          ++reads_;
          if (!read_error_.ok()) return read_error_;
          for (const auto& [key, value] : topic_) visit(key, value);
          return absl::OkStatus();
        },
        max_pages);
  }

  static BatchIdentity In(int32_t partition, int64_t tenure = 0) {
    return {.log = "log",
            .partition = partition,
            .first_offset = 0,
            .tenure = tenure};
  }

  static Seen Find(LogPositions& positions, int64_t offset,
                   const BatchIdentity& identity = In(0)) {
    const auto partition = positions.Of(identity);
    EXPECT_TRUE(partition.ok()) << partition.status();
    return partition.ok() ? (*partition)->Find(offset) : Seen::kNo;
  }

  static void Add(LogPositions& positions, int64_t offset,
                  const BatchIdentity& identity = In(0)) {
    const auto partition = positions.Of(identity);
    ASSERT_TRUE(partition.ok()) << partition.status();
    if ((*partition)->Find(offset) == Seen::kNo) (*partition)->Add(offset);
  }

  LogPositions::Send Sender() { return send_; }

  void Commit(LogPositions& positions) {
    ASSERT_TRUE(positions.Store(Sender()).ok());
    for (const auto& [key, value] : sent_) {
      if (value.has_value()) {
        topic_[key] = value;
      } else {
        topic_.erase(key);
      }
    }
    sent_.clear();
    positions.Commit();
  }

  std::vector<std::string> Keys() const {
    std::vector<std::string> keys;
    for (const auto& [key, value] : topic_) keys.push_back(key);
    return keys;
  }

  std::map<std::string, std::optional<std::string>> topic_;
  std::vector<std::pair<std::string, std::optional<std::string>>> sent_;
  int reads_ = 0;
  absl::Status read_error_;
  std::function<absl::Status(std::string_view, std::optional<std::string_view>)>
      send_ =
          [this](std::string_view key, std::optional<std::string_view> value) {
            sent_.emplace_back(key, value.has_value()
                                        ? std::optional(std::string(*value))
                                        : std::nullopt);
            return absl::OkStatus();
          };
};

TEST_F(LogPositionsTest, KnowsExactlyWhatWasCommitted) {
  auto positions = Open();
  Random random(3);
  std::map<int64_t, bool> model;
  for (int i = 0; i < 20; ++i) {
    for (int j = 0; j < 50; ++j) {
      const auto offset = static_cast<int64_t>(random.Below(60'000));
      Add(*positions, offset);
      model[offset] = true;
    }
    Commit(*positions);
    if (i % 4 == 0) positions = Open();
  }
  for (int64_t offset = 0; offset < 60'000; ++offset) {
    EXPECT_EQ(Find(*positions, offset),
              model.contains(offset) ? Seen::kYes : Seen::kNo)
        << offset;
  }
}

TEST_F(LogPositionsTest, TellsWhatIsInTheTransaction) {
  const auto positions = Open();
  Add(*positions, 5);
  EXPECT_EQ(Find(*positions, 5), Seen::kInTransaction);
  EXPECT_EQ(positions->open_pages(), 1u);
  Commit(*positions);
  EXPECT_EQ(Find(*positions, 5), Seen::kYes);
  EXPECT_EQ(positions->open_pages(), 0u);
}

TEST_F(LogPositionsTest, ForgetsWhatWasAborted) {
  const auto positions = Open();
  Add(*positions, 5);
  Commit(*positions);
  Add(*positions, 6);
  positions->Discard();
  EXPECT_EQ(Find(*positions, 6), Seen::kNo);
  EXPECT_EQ(Find(*positions, 5), Seen::kYes);
  EXPECT_EQ(reads_, 1);
}

TEST_F(LogPositionsTest, WritesOnlyThePagesThatATransactionTouches) {
  const auto positions = Open();
  Add(*positions, 0);
  Add(*positions, kPage);
  Commit(*positions);
  Add(*positions, 1);
  ASSERT_TRUE(positions->Store(Sender()).ok());
  EXPECT_THAT(sent_, ElementsAre(testing::Pair("p/out\tlog\t0\t0", "\x03")));
}

TEST_F(LogPositionsTest, ClaimsOnceInATransaction) {
  const auto positions = Open();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(positions->Claim(Sender()).ok());
    EXPECT_TRUE(positions->claimed());
  }
  EXPECT_THAT(sent_, ElementsAre(testing::Pair("p/out\topen", std::nullopt)));
  positions->Discard();
  EXPECT_FALSE(positions->claimed());
  ASSERT_TRUE(positions->Claim(Sender()).ok());
  EXPECT_EQ(sent_.size(), 2u);
}

TEST_F(LogPositionsTest, IsReadAnewWhenThePartitionWasAway) {
  const auto mine = Open();
  const auto others = Open();
  Add(*mine, 1, In(0, 10));
  Commit(*mine);
  Add(*others, 2, In(0, 11));
  Commit(*others);
  EXPECT_FALSE(mine->IsStale(In(0, 10)));
  EXPECT_TRUE(mine->IsStale(In(0, 12)));
  EXPECT_EQ(Find(*mine, 2, In(0, 12)), Seen::kYes);
  EXPECT_EQ(Find(*mine, 1, In(0, 12)), Seen::kYes);
}

TEST_F(LogPositionsTest, IsReadOnceForAllPartitionsOfAnAssignment) {
  const auto positions = Open();
  for (int64_t tenure : {9, 10}) {
    for (int32_t partition = 0; partition < 8; ++partition) {
      Find(*positions, 0, In(partition, tenure));
    }
  }
  EXPECT_EQ(reads_, 2);
  // What a queue has kept from before knows no more.
  Find(*positions, 0, In(0, 9));
  EXPECT_EQ(reads_, 2);
}

// Processes number theirs by clocks of their own.
TEST_F(LogPositionsTest, IsReadAnewWhenAnotherProcessReadsTheLog) {
  const auto positions = Open();
  Find(*positions, 0, In(0, 10));
  EXPECT_TRUE(positions->IsStale(In(0, 5)));
  Find(*positions, 0, In(0, 5));
  EXPECT_FALSE(positions->IsStale(In(0, 10)));
}

TEST_F(LogPositionsTest, RemembersABoundedNumberOfTenures) {
  const auto positions = Open();
  for (size_t i = 1; i <= LogPositions::kMaxTenures; ++i) {
    Find(*positions, 0, In(0, static_cast<int64_t>(i)));
  }
  EXPECT_FALSE(positions->IsStale(In(0, 1)));
  Find(*positions, 0, In(0, LogPositions::kMaxTenures + 1));
  EXPECT_TRUE(positions->IsStale(In(0, 1)));
}

TEST_F(LogPositionsTest, IsReadAnewAfterACommitOfUnknownEnd) {
  const auto positions = Open();
  Add(*positions, 1);
  ASSERT_TRUE(positions->Store(Sender()).ok());
  for (const auto& [key, value] : sent_) topic_[key] = value;
  positions->Forget();
  EXPECT_EQ(Find(*positions, 1), Seen::kYes);
  EXPECT_EQ(reads_, 2);
}

TEST_F(LogPositionsTest, AsksAgainAfterAnErrorOfReading) {
  const auto positions = Open();
  read_error_ = absl::UnavailableError("no broker");
  EXPECT_TRUE(absl::IsUnavailable(positions->Of(In(0)).status()));
  read_error_ = absl::OkStatus();
  EXPECT_EQ(Find(*positions, 1), Seen::kNo);
}

TEST_F(LogPositionsTest, IgnoresWhatOtherSinksHaveWritten) {
  topic_["p/other\tlog\t0\t0"] = "\x01";
  topic_["p/outer\tlog\t0\t0"] = "\x01";
  EXPECT_EQ(Find(*Open(), 0), Seen::kNo);
}

TEST_F(LogPositionsTest, RefusesADamagedRecord) {
  topic_["p/out\tlog\t0\t0"] = std::string(513, 'x');
  const auto refused = Open()->Of(In(0)).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("at most 512 bytes"));
}

TEST_F(LogPositionsTest, ForgetsTheLowestPagesBeyondItsBound) {
  const auto positions = Open();
  constexpr int64_t kMost = OffsetPages::kMaxPages + OffsetPages::kMaxNewPages;
  // However far apart they are.
  for (int64_t i = 0; i < kMost; ++i) Add(*positions, i * 16 * kPage);
  Commit(*positions);
  EXPECT_EQ(topic_.size(), static_cast<size_t>(kMost));
  EXPECT_EQ(Find(*positions, 1), Seen::kNo);

  Add(*positions, kMost * 16 * kPage);
  Commit(*positions);
  EXPECT_EQ(topic_.size(), OffsetPages::kMaxPages + 1);  // And the floor.
  constexpr int64_t kFloor = (OffsetPages::kMaxNewPages + 1) * 16 * kPage;
  const auto again = Open();
  for (LogPositions* each : {positions.get(), again.get()}) {
    EXPECT_EQ(Find(*each, 0), Seen::kForgotten);
    EXPECT_EQ(Find(*each, kFloor - 1), Seen::kForgotten);
    EXPECT_EQ(Find(*each, kFloor), Seen::kYes);
    EXPECT_EQ(Find(*each, kFloor + 1), Seen::kNo);
  }
}

TEST_F(LogPositionsTest, ForgetsNothingByATransactionThatIsAborted) {
  const auto positions = Open();
  constexpr int64_t kMost = OffsetPages::kMaxPages + OffsetPages::kMaxNewPages;
  for (int64_t i = 0; i < kMost; ++i) Add(*positions, i * kPage);
  Commit(*positions);
  Add(*positions, kMost * kPage);
  ASSERT_TRUE(positions->Store(Sender()).ok());
  positions->Discard();
  EXPECT_EQ(Find(*positions, 0), Seen::kYes);
}

TEST_F(LogPositionsTest, BoundsThePagesOfAllPartitions) {
  const auto positions = Open(/*max_pages=*/30);
  for (int32_t partition = 0; partition < 3; ++partition) {
    for (int64_t i = 0; i < 10; ++i) Add(*positions, i * kPage, In(partition));
  }
  Commit(*positions);
  EXPECT_EQ(topic_.size(), 30u);
  Add(*positions, 10 * kPage, In(1));
  Commit(*positions);
  // Of the one that has the most.
  EXPECT_EQ(Find(*positions, 0, In(1)), Seen::kForgotten);
  EXPECT_EQ(Find(*positions, 10 * kPage, In(1)), Seen::kYes);
  EXPECT_EQ(Find(*positions, 0, In(0)), Seen::kYes);
  EXPECT_LE(topic_.size(), 30u);
}

// In a topic that other processes write too there may be more than one holds.
TEST_F(LogPositionsTest, ReadsAPartitionAgainThatItHadNoRoomFor) {
  const auto others = Open();
  for (int32_t partition = 0; partition < 5; ++partition) {
    for (int64_t i = 0; i < 10; ++i) Add(*others, i * kPage, In(partition));
  }
  Commit(*others);
  const auto positions = Open(/*max_pages=*/30);
  for (int32_t partition = 0; partition < 2; ++partition) {
    EXPECT_EQ(Find(*positions, 0, In(partition)), Seen::kYes);
  }
  const int before = reads_;
  for (int32_t partition = 0; partition < 2; ++partition) {
    EXPECT_EQ(Find(*positions, 9 * kPage, In(partition)), Seen::kYes);
    EXPECT_EQ(Find(*positions, 9 * kPage + 1, In(partition)), Seen::kNo);
  }
  EXPECT_EQ(reads_, before);
  // What is others' is not forgotten.
  Add(*positions, 1, In(0));
  Commit(*positions);
  EXPECT_EQ(topic_.size(), 50u);
  EXPECT_THAT(Keys(), Not(IsEmpty()));
}

}  // namespace
}  // namespace phoenix
