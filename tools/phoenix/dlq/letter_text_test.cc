#include "tools/phoenix/dlq/letter_text.h"

#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/phoenix/dlq/dlq_testing.h"

namespace phoenix {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

StoredDeadLetter Stored(const std::string& payload = R"({"t":1})") {
  StoredDeadLetter stored;
  stored.number = 12;
  stored.letter = std::move(LettersIn("warm", {payload})[0]);
  stored.letter.attempts = 3;
  stored.first_failed = stored.letter.time;
  stored.letter.time += absl::Milliseconds(61'250);
  return stored;
}

TEST(LetterTextTest, SaysALetterInALine) {
  EXPECT_EQ(LetterLine(Stored()),
            "12      2023-11-14T22:14:21Z        3  warm INVALID_ARGUMENT "
            "/test#e0#cdcc09f3f1e94c7f: no such key 't'\n");
  EXPECT_EQ(LetterName(Stored()), "12      /test#e0#cdcc09f3f1e94c7f");
  EXPECT_EQ(LetterLineHeader(),
            "number  last failed          attempts  component, error, event, "
            "message\n");
}

TEST(LetterTextTest, CutsLongMessagesBetweenCharacters) {
  StoredDeadLetter stored = Stored();
  stored.letter.error_message = "a";
  for (int i = 0; i < 100; ++i) stored.letter.error_message += "\u00e9";
  const std::string line = LetterLine(stored);
  EXPECT_THAT(line, EndsWith("\u00e9...\n"));
  EXPECT_LT(line.size(), 220u);
}

TEST(LetterTextTest, EscapesWhatATerminalWouldObey) {
  StoredDeadLetter stored = Stored("\"\x1B[2J\"");
  stored.letter.error_message = "saw '\x1B[2J\n'";
  EXPECT_THAT(LetterLine(stored), HasSubstr("saw '\\x1B[2J\\x0A'"));
  EXPECT_THAT(LetterDetails(stored), Not(HasSubstr("\x1B")));
  EXPECT_THAT(LetterDetails(stored),
              HasSubstr("6 bytes, in base64:\nIhtbMkoi"));
}

TEST(LetterTextTest, TellsAllOfOne) {
  EXPECT_EQ(LetterDetails(Stored("{\n\"t\":1}")),
            "dead letter 12, /test#e0#e4a58a6da0d2f6d6\n"
            "  failed in   'warm', line 7, column 5, of revision r1\n"
            "  error       INVALID_ARGUMENT: no such key 't'\n"
            "  attempts    3\n"
            "  first       2023-11-14T22:13:20Z\n"
            "  last        2023-11-14T22:14:21.25Z\n"
            "  attributes  "
            R"({"specversion":"1.0","id":"e0","source":"/test",)"
            R"("type":"test","datacontenttype":"application/json"})"
            "\n  payload     8 bytes:\n{\n\"t\":1}\n");
}

TEST(LetterTextTest, WritesJsonForPrograms) {
  const auto json = LetterJson(Stored());
  ASSERT_TRUE(json.ok()) << json.status();
  EXPECT_EQ(
      *json,
      R"({"number":12,"id":"/test#e0#cdcc09f3f1e94c7f",)"
      R"("error":{"code":"INVALID_ARGUMENT",)"
      R"("message":"no such key 't'"},"component":"warm","line":7,"column":5,)"
      R"("attempts":3,"pipeline":"weather","revision":"r1",)"
      R"("first_failed":"2023-11-14T22:13:20Z",)"
      R"("last_failed":"2023-11-14T22:14:21.25Z",)"
      R"("event":{"specversion":"1.0","id":"e0","source":"/test",)"
      R"("type":"test","datacontenttype":"application/json",)"
      R"("data":{"t":1}}})"
      "\n");
}

TEST(LetterTextTest, KeepsTheBytesInJson) {
  EXPECT_THAT(*LetterJson(Stored("{\n}")),
              EndsWith(R"("data":{ }},"payload_base64":"ewp9"})"
                       "\n"));
}

}  // namespace
}  // namespace phoenix
