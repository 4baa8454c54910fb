#include "libs/sources/kafka/partition_reader.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/component/testing/fake_outlet.h"
#include "libs/event/event_batch.h"
#include "libs/event/outcome.h"
#include "libs/sources/kafka/batch_sizer.h"
#include "libs/sources/kafka/record_decoder.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;

class PartitionReaderTest : public ::testing::Test {
 protected:
  PartitionReaderTest() { outlet_.SetAutoSettle(false); }

  static PartitionReader NewReader(int64_t start, Clock& clock) {
    return PartitionReader(
        {"t", 0, start},
        {.topic = "t", .defaults = {"", "/s", "t", "application/json"}}, clock);
  }

  void Add(int64_t offset, std::string_view value = "1") {
    reader_.Add({.offset = offset, .value = value}, 0);
  }

  void Offer() {
    reader_.EndRound(0);
    EXPECT_TRUE(reader_.Offer(outlet_).ok());
  }

  FakeClock clock_;
  FakeOutlet outlet_;
  PartitionReader reader_ = NewReader(10, clock_);
};

TEST_F(PartitionReaderTest, BeginsWhereItsGroupGoesOn) {
  EXPECT_EQ(reader_.position(), 10);
  EXPECT_EQ(reader_.next_offset(), 10);
  EXPECT_EQ(reader_.committed, 10);
  EXPECT_EQ(NewReader(-1001, clock_).position(), -1);
}

TEST_F(PartitionReaderTest, BeginsWithTheFirstRecordWhenNothingIsCommitted) {
  PartitionReader reader = NewReader(-1001, clock_);
  reader.EndRound(0);
  reader.Add({.offset = 7, .value = "1"}, 0);
  reader.EndRound(0);
  EXPECT_EQ(reader.position(), 7);
  // Which is worth a commit: who begins with the latest would begin later.
  EXPECT_LT(reader.committed, 7);
}

TEST_F(PartitionReaderTest, MovesBatchByBatch) {
  const auto count = static_cast<int64_t>(BatchSizer::kFirst);
  for (int64_t i = 0; i < 2 * count + 5; ++i) Add(10 + i);
  Offer();
  EXPECT_EQ(outlet_.unsettled_count(), 3u);
  EXPECT_EQ(outlet_.Settle(Outcome::kDelivered, 1), 1u);
  EXPECT_EQ(reader_.position(), 10 + count);
  outlet_.Settle();
  EXPECT_EQ(reader_.position(), 10 + 2 * count + 5);
}

TEST_F(PartitionReaderTest, MovesOverWhatIsFinalOfABatchThatIsGivenBack) {
  for (int64_t i = 0; i < 4; ++i) Add(10 + 2 * i);
  Offer();
  EXPECT_TRUE(outlet_.SettleWith([](const EventBatch& batch) {
    BatchOutcome outcome(batch.size(), Outcome::kDelivered);
    outcome.Merge(2, Outcome::kRetry);
    return outcome;
  }));
  EXPECT_EQ(reader_.position(), 14);
  EXPECT_TRUE(reader_.must_read_again());
}

TEST_F(PartitionReaderTest, StandsStillBeforeWhatIsNoEventUntilThatIsFinal) {
  Add(10);
  Add(11, "nonsense");
  Add(12);
  Offer();
  EXPECT_EQ(outlet_.Settle(Outcome::kDelivered, 1), 1u);
  EXPECT_EQ(reader_.position(), 11);
  outlet_.Settle(Outcome::kDeadLettered);
  EXPECT_EQ(reader_.position(), 13);
}

TEST_F(PartitionReaderTest, StandsStillBeforeWhatIsHeld) {
  Add(10);
  outlet_.SetCredit(0);
  reader_.EndRound(0);
  EXPECT_TRUE(absl::IsResourceExhausted(reader_.Offer(outlet_)));
  EXPECT_TRUE(reader_.holds_offers());
  EXPECT_EQ(reader_.position(), 10);
  EXPECT_TRUE(reader_.Drain(absl::ZeroDuration()));
  EXPECT_EQ(reader_.position(), 10);
}

TEST_F(PartitionReaderTest, SkipsWhatIsForNoReader) {
  Add(10);
  reader_.SkipTo(15);
  Offer();
  EXPECT_EQ(reader_.position(), 10);
  outlet_.Settle();
  EXPECT_EQ(reader_.position(), 15);
  PartitionReader reader = NewReader(-1001, clock_);
  reader.SkipTo(3);
  EXPECT_EQ(reader.position(), 3);
}

TEST_F(PartitionReaderTest, StartsAnewWithATopicThatWasMadeAnew) {
  Add(10);
  Add(11);
  Offer();
  Add(0);
  Offer();
  EXPECT_EQ(reader_.position(), 0);
  EXPECT_EQ(outlet_.Settle(Outcome::kDelivered, 1), 1u);  // Of the other.
  EXPECT_EQ(reader_.position(), 0);
  outlet_.Settle();
  EXPECT_EQ(reader_.position(), 1);
  EXPECT_LT(reader_.committed, 1);
}

TEST_F(PartitionReaderTest, ReadsAgainFromWhereItIsRewound) {
  Add(10);
  Add(11);
  Offer();
  outlet_.Settle(Outcome::kRetry);
  reader_.RewindTo(reader_.position());
  EXPECT_FALSE(reader_.must_read_again());
  EXPECT_EQ(reader_.next_offset(), 10);
  Add(10, "2");
  Offer();
  outlet_.Settle();
  EXPECT_EQ(reader_.position(), 11);
  EXPECT_THAT(outlet_.payloads(), ElementsAre("1", "1", "2"));
}

TEST_F(PartitionReaderTest, MakesSmallerBatchesWhereOutcomesComeLate) {
  int64_t offset = 10;
  for (int i = 0; i < 5; ++i) {
    Add(offset++);
    Offer();
    clock_.Advance(absl::Minutes(1));
    outlet_.Settle();
  }
  reader_.EndRound(0);
  for (size_t i = 0; i <= BatchSizer::kMin; ++i) Add(offset++);
  Offer();
  EXPECT_EQ(outlet_.unsettled_count(), 2u);
}

}  // namespace
}  // namespace phoenix
