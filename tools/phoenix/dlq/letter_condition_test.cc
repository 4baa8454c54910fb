#include "tools/phoenix/dlq/letter_condition.h"

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/phoenix/dlq/dlq_testing.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Three letters, of events e0, e1 and e2.
std::vector<StoredDeadLetter> Letters() {
  std::vector<StoredDeadLetter> all;
  for (DeadLetter& letter :
       LettersIn("warm", {R"({"t":1})", R"({"t":20})", "\"text\""})) {
    StoredDeadLetter stored;
    stored.number = static_cast<int64_t>(all.size()) + 1;
    stored.first_failed = letter.time;
    stored.letter = std::move(letter);
    all.push_back(std::move(stored));
  }
  all[1].letter.component = "archive";
  all[1].letter.error_code = "UNAVAILABLE";
  all[1].letter.attempts = 5;
  all[1].letter.time += absl::Hours(1);
  return all;
}

std::vector<int64_t> Chosen(const std::string& text,
                            uint64_t without_value = 0) {
  const auto condition = LetterCondition::Create(text);
  EXPECT_TRUE(condition.ok()) << condition.status();
  std::vector<StoredDeadLetter> letters = Letters();
  EXPECT_TRUE((*condition)->Apply(letters).ok());
  EXPECT_EQ((*condition)->without_value(), without_value) << text;
  std::vector<int64_t> numbers;
  for (const StoredDeadLetter& stored : letters) {
    numbers.push_back(stored.number);
  }
  return numbers;
}

TEST(LetterConditionTest, SeesTheEventThatFailed) {
  EXPECT_THAT(Chosen("id == 'e1'"), ElementsAre(2));
  EXPECT_THAT(Chosen("type == 'nobody'"), IsEmpty());
  EXPECT_THAT(Chosen("has(ext.nothing)"), IsEmpty());
}

TEST(LetterConditionTest, LeavesOutAndCountsWhatHasNoValue) {
  EXPECT_THAT(Chosen("data.t > 10", 1), ElementsAre(2));
  EXPECT_THAT(Chosen("subject == 'x'", 3), IsEmpty());
}

TEST(LetterConditionTest, SeesTheFailure) {
  EXPECT_THAT(Chosen("error.code == 'UNAVAILABLE'"), ElementsAre(2));
  EXPECT_THAT(Chosen("error.message.contains('key')"), ElementsAre(1, 2, 3));
  EXPECT_THAT(Chosen("component != 'archive'"), ElementsAre(1, 3));
  EXPECT_THAT(Chosen("attempts >= 5"), ElementsAre(2));
  EXPECT_THAT(Chosen("revision == 'r1' && line == 7"), ElementsAre(1, 2, 3));
  EXPECT_THAT(Chosen("number > 2"), ElementsAre(3));
}

TEST(LetterConditionTest, SeesTimesOfTheFailure) {
  EXPECT_THAT(Chosen("last_failed > timestamp('2023-11-14T23:00:00Z')"),
              ElementsAre(2));
  EXPECT_THAT(Chosen("first_failed > timestamp('2023-11-14T23:00:00Z')"),
              IsEmpty());
  EXPECT_THAT(Chosen("last_failed - first_failed == duration('1h')"),
              ElementsAre(2));
}

TEST(LetterConditionTest, MixesBoth) {
  EXPECT_THAT(Chosen("component == 'warm' && data.t < 10 || attempts > 4", 1),
              ElementsAre(1, 2));
}

TEST(LetterConditionTest, RefusesWhatIsNoCondition) {
  for (const auto& [text, why] :
       std::vector<std::pair<std::string, std::string>>{
           {"attempts >", "1:"},
           {"attempts", "bool"},
           {"atempts > 1", "did you mean 'attempts'?"}}) {
    const absl::Status status = LetterCondition::Create(text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr(why));
  }
}

TEST(LetterConditionTest, RefusesAValueThatIsNoBoolAtItsPlace) {
  std::vector<StoredDeadLetter> letters = Letters();
  const auto condition = LetterCondition::Create("data.t");
  ASSERT_TRUE(condition.ok());
  EXPECT_EQ((*condition)->Apply(letters),
            absl::InvalidArgumentError("1:6: expression is of type 'int' for "
                                       "dead letter 1, expected 'bool'"));
}

TEST(LetterConditionTest, NamesALetterThatWasSpoiltByHand) {
  const auto condition = LetterCondition::Create("attempts > 0");
  std::vector<StoredDeadLetter> letters = Letters();
  letters[1].letter.attributes = "{";
  EXPECT_THAT(std::string((*condition)->Apply(letters).message()),
              HasSubstr("event of dead letter '/test#e1#"));
}

}  // namespace
}  // namespace phoenix
