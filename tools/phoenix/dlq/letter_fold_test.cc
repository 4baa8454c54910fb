#include "tools/phoenix/dlq/letter_fold.h"

#include <string>

#include "gtest/gtest.h"

namespace phoenix {
namespace {

absl::Time At(int second) { return absl::FromUnixSeconds(second); }

StoredDeadLetter Failure(int number, int second,
                         const std::string& component = "warm") {
  StoredDeadLetter stored;
  stored.number = number;
  stored.letter.id = "/s#e";
  stored.letter.component = component;
  stored.letter.time = At(second);
  return stored;
}

class LetterFoldTest : public testing::Test {
 protected:
  void Fail(int number, int second, const std::string& component = "warm") {
    ASSERT_TRUE(fold_.AddFailure(Failure(number, second, component)).ok());
  }
  void End(int second) { ASSERT_TRUE(fold_.AddEnd("/s#e", At(second)).ok()); }

  bool Stands(int number) {
    StoredDeadLetter stored = Failure(number, 0);
    return fold_.Complete(stored);
  }

  LetterFold fold_;
};

TEST_F(LetterFoldTest, MakesOneLetterOfSeveralFailures) {
  Fail(1, 10);
  Fail(2, 20);
  EXPECT_FALSE(Stands(1));
  StoredDeadLetter last = Failure(2, 20);
  ASSERT_TRUE(fold_.Complete(last));
  EXPECT_EQ(last.letter.attempts, 2);
  EXPECT_EQ(last.first_failed, At(10));
  EXPECT_EQ(last.component_count, 1);
}

TEST_F(LetterFoldTest, TellsThatSeveralComponentsFailed) {
  Fail(1, 10, "hot");
  Fail(2, 20, "cold");
  StoredDeadLetter last = Failure(2, 20);
  ASSERT_TRUE(fold_.Complete(last));
  EXPECT_EQ(last.component_count, 2);
}

TEST_F(LetterFoldTest, EndsALetterInWhateverOrderItHears) {
  Fail(1, 10);
  Fail(2, 20);
  End(20);
  EXPECT_FALSE(Stands(1));
  EXPECT_FALSE(Stands(2));
  LetterFold other;
  ASSERT_TRUE(other.AddEnd("/s#e", At(20)).ok());
  ASSERT_TRUE(other.AddFailure(Failure(1, 10)).ok());
  StoredDeadLetter stored = Failure(1, 10);
  EXPECT_FALSE(other.Complete(stored));
}

TEST_F(LetterFoldTest, EndsNothingThatFailedSince) {
  Fail(1, 10);
  Fail(2, 20);
  End(10);
  EXPECT_TRUE(Stands(2));
}

TEST_F(LetterFoldTest, BeginsAnewWhenItFailsAfterItsEnd) {
  Fail(1, 10, "hot");
  End(10);
  Fail(5, 30, "cold");
  StoredDeadLetter last = Failure(5, 30);
  ASSERT_TRUE(fold_.Complete(last));
  EXPECT_EQ(last.letter.attempts, 1);
  EXPECT_EQ(last.first_failed, At(30));
  EXPECT_EQ(last.component_count, 1);
}

TEST_F(LetterFoldTest, CountsAFailureOnceThatWasWrittenTwice) {
  Fail(1, 10);
  Fail(2, 10);
  StoredDeadLetter last = Failure(2, 10);
  ASSERT_TRUE(fold_.Complete(last));
  EXPECT_EQ(last.letter.attempts, 1);
  EXPECT_FALSE(Stands(1));
}

TEST(LetterFoldBoundTest, RefusesMoreThanItMayRemember) {
  LetterFold fold(2 * LetterFold::kEntryBytes);
  EXPECT_TRUE(fold.AddFailure(Failure(1, 10)).ok());
  EXPECT_TRUE(fold.AddFailure(Failure(2, 20)).ok());
  const absl::Status full = fold.AddEnd("/s#another", At(10));
  EXPECT_EQ(full.code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace phoenix
