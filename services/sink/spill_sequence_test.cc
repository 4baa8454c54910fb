#include "services/sink/spill_sequence.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(SpillSequenceTest, CountsWhatWasNotRead) {
  SpillSequence sequence;
  EXPECT_TRUE(sequence.AllPassed());
  EXPECT_EQ(sequence.Take(10), 0u);
  EXPECT_EQ(sequence.Take(5), 10u);
  EXPECT_EQ(sequence.unread(), 15u);
  EXPECT_EQ(sequence.Pass(0, 10), 0u);
  EXPECT_EQ(sequence.unread(), 5u);
  EXPECT_FALSE(sequence.AllPassed());
  EXPECT_EQ(sequence.Pass(10, 5), 0u);
  EXPECT_TRUE(sequence.AllPassed());
}

TEST(SpillSequenceTest, GoesOnWhereAnEarlierRunEnded) {
  SpillSequence sequence;
  sequence.Restart(100, 130);
  EXPECT_EQ(sequence.unread(), 30u);
  EXPECT_EQ(sequence.Take(1), 130u);
}

TEST(SpillSequenceTest, TellsHowManyAreMissing) {
  SpillSequence sequence;
  for (int i = 0; i < 4; ++i) sequence.Take(10);
  sequence.Pass(0, 10);
  EXPECT_EQ(sequence.Pass(30, 10), 20u);
  EXPECT_TRUE(sequence.AllPassed());
}

TEST(SpillSequenceTest, SkipsWhatIsGone) {
  SpillSequence sequence;
  for (int i = 0; i < 4; ++i) sequence.Take(10);
  sequence.Exclude(10, 10);
  sequence.Exclude(20, 10);
  EXPECT_EQ(sequence.SkipTo(20), 10u);
  EXPECT_EQ(sequence.unread(), 10u);
  EXPECT_EQ(sequence.SkipTo(20), 0u);
  EXPECT_EQ(sequence.Pass(20, 10), 0u);
  EXPECT_EQ(sequence.Pass(30, 10), 0u);
  EXPECT_TRUE(sequence.AllPassed());
}

TEST(SpillSequenceTest, MissesNothingThatTheSinkHas) {
  SpillSequence sequence;
  const uint64_t direct = sequence.Take(10);
  sequence.Exclude(direct, 10);
  sequence.Take(3);
  EXPECT_EQ(sequence.unread(), 3u);
  EXPECT_EQ(sequence.Pass(10, 3), 0u);
  EXPECT_EQ(sequence.unread(), 0u);
}

TEST(SpillSequenceTest, PassesARecordThatTheSinkHas) {
  SpillSequence sequence;
  sequence.Exclude(sequence.Take(10), 10);
  EXPECT_EQ(sequence.unread(), 0u);
  EXPECT_FALSE(sequence.AllPassed()) << "its record was not read";
  EXPECT_EQ(sequence.Pass(0, 10), 0u);
  EXPECT_TRUE(sequence.AllPassed());
}

TEST(SpillSequenceTest, TakesBackAllThatWasNotStored) {
  SpillSequence sequence;
  sequence.Exclude(sequence.Take(10), 10);
  const uint64_t refused = sequence.Take(5);
  sequence.Exclude(sequence.Take(2), 2);
  sequence.Take(3);
  sequence.Rewind(refused);
  EXPECT_EQ(sequence.unread(), 0u);
  EXPECT_EQ(sequence.Take(1), 10u);
  EXPECT_EQ(sequence.unread(), 1u);
  EXPECT_EQ(sequence.Pass(0, 10), 0u);
  EXPECT_FALSE(sequence.AllPassed());
  EXPECT_EQ(sequence.Pass(10, 1), 0u);
  EXPECT_TRUE(sequence.AllPassed());
}

}  // namespace
}  // namespace phoenix
