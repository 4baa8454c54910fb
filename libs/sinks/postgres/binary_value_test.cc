#include "libs/sinks/postgres/binary_value.h"

#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

// The value's bytes in hexadecimal, without their length; "-" when it is none.
std::string Hex(ColumnType type, std::string_view text) {
  std::string out = "x";
  if (!AppendBinaryValue(type, text, out)) {
    EXPECT_EQ(out, "x");
    return "-";
  }
  const std::string hex = absl::BytesToHexString(ToAbsl(out).substr(1));
  const std::string length = hex.substr(0, 8);
  EXPECT_EQ(std::stoul(length, nullptr, 16), (hex.size() - 8) / 2);
  return hex.substr(8);
}

TEST(BinaryValueTest, WritesWholeNumbersWithinTheirRange) {
  EXPECT_EQ(Hex(ColumnType::kInteger, "258"), "00000102");
  EXPECT_EQ(Hex(ColumnType::kInteger, "-2147483648"), "80000000");
  EXPECT_EQ(Hex(ColumnType::kInteger, "2147483648"), "-");
  EXPECT_EQ(Hex(ColumnType::kBigint, "-1"), "ffffffffffffffff");
  EXPECT_EQ(Hex(ColumnType::kBigint, "9223372036854775807"),
            "7fffffffffffffff");
  EXPECT_EQ(Hex(ColumnType::kBigint, "9223372036854775808"), "-");
}

TEST(BinaryValueTest, TakesNoFractionForAWholeNumber) {
  for (const char* text : {"", "1.0", "1e3", " 1", "1 ", "+1", "x", "true"}) {
    EXPECT_EQ(Hex(ColumnType::kBigint, text), "-") << text;
  }
}

TEST(BinaryValueTest, WritesDoubles) {
  EXPECT_EQ(Hex(ColumnType::kDouble, "1.5"), "3ff8000000000000");
  EXPECT_EQ(Hex(ColumnType::kDouble, "-0.0"), "8000000000000000");
  EXPECT_EQ(Hex(ColumnType::kDouble, "1e999"), "-");
  EXPECT_EQ(Hex(ColumnType::kDouble, "1.5x"), "-");
  EXPECT_EQ(Hex(ColumnType::kDouble, "{}"), "-");
}

TEST(BinaryValueTest, WritesBooleans) {
  EXPECT_EQ(Hex(ColumnType::kBoolean, "true"), "01");
  EXPECT_EQ(Hex(ColumnType::kBoolean, "false"), "00");
  EXPECT_EQ(Hex(ColumnType::kBoolean, "1"), "-");
}

TEST(BinaryValueTest, CountsTimesFromTheYear2000InMicroseconds) {
  EXPECT_EQ(Hex(ColumnType::kTimestamptz, "2000-01-01T00:00:01Z"),
            "00000000000f4240");
  EXPECT_EQ(Hex(ColumnType::kTimestamptz, "2000-01-01T01:00:00.0000019+01:00"),
            "0000000000000001");
  EXPECT_EQ(Hex(ColumnType::kTimestamptz, "1999-12-31T23:59:59.999999Z"),
            "ffffffffffffffff");
  EXPECT_EQ(Hex(ColumnType::kTimestamptz, "2023-02-29T00:00:00Z"), "-");
  EXPECT_EQ(Hex(ColumnType::kTimestamptz, "1700000000"), "-");
}

TEST(BinaryValueTest, TakesOnlyTextThatTheServerTakes) {
  using std::string_view_literals::operator""sv;
  EXPECT_EQ(Hex(ColumnType::kText, "gr\xC3\xBC\xC3\x9F"), "6772c3bcc39f");
  EXPECT_EQ(Hex(ColumnType::kText, ""), "");
  EXPECT_EQ(Hex(ColumnType::kText, "a\0b"sv), "-");
  EXPECT_EQ(Hex(ColumnType::kText, "\xC3"), "-");
  EXPECT_EQ(Hex(ColumnType::kBytea, "a\0\xFF"sv), "6100ff");
}

TEST(BinaryValueTest, PutsAVersionBeforeJsonb) {
  EXPECT_EQ(Hex(ColumnType::kJsonb, "{}"), "017b7d");
}

TEST(BinaryValueTest, ReadsUuidsAsTheServerDoes) {
  const std::string digits = "00112233445566778899aabbccddeeff";
  EXPECT_EQ(Hex(ColumnType::kUuid, digits), digits);
  EXPECT_EQ(Hex(ColumnType::kUuid, "00112233-4455-6677-8899-AABBCCDDEEFF"),
            digits);
  EXPECT_EQ(Hex(ColumnType::kUuid, digits + "0"), "-");
  EXPECT_EQ(Hex(ColumnType::kUuid, digits.substr(1)), "-");
  EXPECT_EQ(Hex(ColumnType::kUuid, "-" + digits), "-");
  EXPECT_EQ(Hex(ColumnType::kUuid, digits + "-"), "-");
  EXPECT_EQ(Hex(ColumnType::kUuid, "0011--2233445566778899aabbccddeeff"), "-");
  EXPECT_EQ(Hex(ColumnType::kUuid, "0g112233445566778899aabbccddeeff"), "-");
}

// Groups, weight, sign, scale, then groups of four digits.
TEST(BinaryValueTest, KeepsEveryDigitOfANumeric) {
  EXPECT_EQ(Hex(ColumnType::kNumeric, "0"), "0000000000000000");
  EXPECT_EQ(Hex(ColumnType::kNumeric, "-0.00"), "0000000000000002");
  EXPECT_EQ(Hex(ColumnType::kNumeric, "1"), "00010000000000000001");
  EXPECT_EQ(Hex(ColumnType::kNumeric, "-1"), "00010000400000000001");
  EXPECT_EQ(Hex(ColumnType::kNumeric, "10000"), "00010001000000000001");
  EXPECT_EQ(Hex(ColumnType::kNumeric, "12345.678"),
            "00030001000000030001"
            "0929"
            "1a7c");
  EXPECT_EQ(Hex(ColumnType::kNumeric, "0.0012"), "0001ffff00000004000c");
  EXPECT_EQ(Hex(ColumnType::kNumeric, "12e-4"), "0001ffff00000004000c");
  EXPECT_EQ(Hex(ColumnType::kNumeric, "1e4"), "00010001000000000001");
  EXPECT_EQ(Hex(ColumnType::kNumeric, "1.50e1"), "0001000000000001000f");
}

TEST(BinaryValueTest, RefusesANumericThatTheServerCannotHold) {
  for (const char* text : {"", "-", ".", "e5", "1e", "1e+", "1e+-5", "1x",
                           "1e200000", "1e-20000", "1e99999999999999999999"}) {
    EXPECT_EQ(Hex(ColumnType::kNumeric, text), "-") << text;
  }
  EXPECT_NE(Hex(ColumnType::kNumeric, "1e131071"), "-");
  EXPECT_EQ(Hex(ColumnType::kNumeric, "1e131072"), "-");
  EXPECT_NE(Hex(ColumnType::kNumeric, "1e-16383"), "-");
  EXPECT_EQ(Hex(ColumnType::kNumeric, "1e-16384"), "-");
}

TEST(BinaryValueTest, WritesNullAsALengthOfMinusOne) {
  std::string out;
  AppendBinaryNull(out);
  EXPECT_EQ(out, "\xFF\xFF\xFF\xFF");
}

}  // namespace
}  // namespace phoenix
