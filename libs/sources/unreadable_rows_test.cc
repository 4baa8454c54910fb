#include "libs/sources/unreadable_rows.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/event/event_batch.h"

namespace phoenix {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

UnreadableRows::Row BadRow(std::string_view bytes) {
  return {.bytes = bytes,
          .place = "in.ndjson:17",
          .id = "7-17",
          .why = absl::InvalidArgumentError("not valid JSON"),
          .type = "EVENT_INVALID"};
}

std::string Get(const UnreadableInput& input, Attribute attribute) {
  return input.rows->attribute(attribute).ToString(0);
}

class UnreadableRowsTest : public testing::Test {
 protected:
  UnreadableInput Make(const UnreadableRows::Row& row) {
    rows_.Add(row, 1);
    std::vector<UnreadableInput> inputs = rows_.Take(1);
    EXPECT_THAT(inputs, SizeIs(1));
    return inputs.at(0);
  }

  UnreadableRows rows_{"/test"};
};

TEST_F(UnreadableRowsTest, KeepsBytesPlaceAndReason) {
  const UnreadableInput input = Make(BadRow("{\"a\":"));
  EXPECT_EQ(input.rows->payload(0), "{\"a\":");
  EXPECT_EQ(Get(input, Attribute::kSubject), "in.ndjson:17");
  EXPECT_EQ(Get(input, Attribute::kId), "7-17");
  EXPECT_EQ(Get(input, Attribute::kSource), "/test");
  EXPECT_EQ(Get(input, Attribute::kType), kUnreadableType);
  EXPECT_EQ(input.reasons.at(0).status,
            absl::InvalidArgumentError("in.ndjson:17: not valid JSON"));
  EXPECT_STREQ(input.reasons.at(0).type, "EVENT_INVALID");
}

TEST_F(UnreadableRowsTest, TellsTextFromBytes) {
  EXPECT_EQ(Get(Make(BadRow("text")), Attribute::kDataContentType),
            "text/plain");
  const UnreadableInput bytes = Make(BadRow("\xff\xfe"));
  EXPECT_EQ(Get(bytes, Attribute::kDataContentType),
            "application/octet-stream");
  EXPECT_EQ(bytes.rows->payloads().kinds.at(0), PayloadKind::kBinary);
}

TEST_F(UnreadableRowsTest, KeepsARowThatIsEmpty) {
  EXPECT_EQ(Make(BadRow("")).rows->payload(0), "");
}

TEST_F(UnreadableRowsTest, EscapesAPlaceThatIsNoText) {
  UnreadableRows::Row row = BadRow("x");
  row.place = "\xff.csv:1";
  EXPECT_EQ(Get(Make(row), Attribute::kSubject), "\\xff.csv:1");
}

TEST_F(UnreadableRowsTest, KeepsWhatABatchCantHoldForTheNext) {
  const std::string large(BatchLimits::kDefaultMaxBytes, 'x');
  rows_.Add(BadRow(large), 1);
  rows_.Add(BadRow("small"), 1);
  rows_.Add(BadRow(large), 1);
  const std::vector<UnreadableInput> inputs = rows_.Take(1);
  size_t rows = 0;
  for (const UnreadableInput& input : inputs) {
    EXPECT_EQ(input.rows->size(), input.reasons.size());
    rows += input.rows->size();
  }
  EXPECT_EQ(rows, 3u);
  EXPECT_GE(inputs.size(), 2u);
  EXPECT_THAT(rows_.Take(1), IsEmpty());
}

}  // namespace
}  // namespace phoenix
