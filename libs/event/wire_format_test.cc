#include "libs/event/wire_format.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace phoenix::wire {
namespace {

using namespace std::string_view_literals;

std::vector<Field> Read(std::string_view message) {
  FieldReader reader(message);
  std::vector<Field> fields;
  Field field;
  while (true) {
    const auto more = reader.Next(field);
    EXPECT_TRUE(more.ok()) << more.status();
    if (!more.ok() || !*more) return fields;
    fields.push_back(field);
  }
}

bool IsMalformed(std::string_view message) {
  FieldReader reader(message);
  Field field;
  while (true) {
    const auto more = reader.Next(field);
    if (!more.ok()) return absl::IsInvalidArgument(more.status());
    if (!*more) return false;
  }
}

TEST(WireFormatTest, ReadsEveryWireType) {
  const auto fields =
      Read("\x08\x96\x01\x11\x01\0\0\0\0\0\0\0\x1A\x02hi\x25\x07\0\0\0"sv);
  ASSERT_EQ(fields.size(), 4u);
  EXPECT_TRUE(fields[0].Is(1, WireType::kVarint));
  EXPECT_EQ(fields[0].number, 150u);
  EXPECT_TRUE(fields[1].Is(2, WireType::kFixed64));
  EXPECT_TRUE(fields[2].Is(3, WireType::kLengthDelimited));
  EXPECT_EQ(fields[2].bytes, "hi");
  EXPECT_TRUE(fields[3].Is(4, WireType::kFixed32));
  EXPECT_EQ(fields[3].bytes, "\x07\0\0\0"sv);
}

TEST(WireFormatTest, PassesOverGroups) {
  const auto fields = Read("\x0B\x13\x18\x01\x14\x0C\x08\x05"sv);
  ASSERT_EQ(fields.size(), 2u);
  EXPECT_EQ(fields[0].type, WireType::kStartGroup);
  EXPECT_EQ(fields[1].number, 5u);
}

TEST(WireFormatTest, RefusesWhatIsCutOffOrMalformed) {
  for (const std::string_view message :
       {"\x08"sv, "\x08\x80"sv, "\x1A\x05hi"sv, "\x25\x01"sv, "\x11\x01"sv,
        "\x0B\x08\x01"sv, "\x0B\x14"sv, "\x0C"sv, "\x0E"sv, "\x00\x01"sv,
        "\xFF\xFF\xFF\xFF\xFF\x01\x01"sv, "\x88\x80\x80\x80\x80\x00\x01"sv,
        "\x1A\x80\x80\x80\x80\x80\x00"sv,
        "\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"sv}) {
    EXPECT_TRUE(IsMalformed(message));
  }
}

TEST(WireFormatTest, SaysWhereAMessageBreaks) {
  FieldReader reader("\x08\x01\x08"sv);
  Field field;
  ASSERT_TRUE(reader.Next(field).ok());
  EXPECT_EQ(reader.Next(field).status(),
            absl::InvalidArgumentError(
                "no protobuf message: the field that ends before offset '3' is "
                "cut off or malformed"));
}

TEST(WireFormatTest, BoundsTheDepthOfGroups) {
  const auto nested = [](size_t depth) {
    std::string message;
    for (size_t i = 0; i < depth; ++i) message += '\x0B';
    for (size_t i = 0; i < depth; ++i) message += '\x0C';
    return message;
  };
  EXPECT_FALSE(IsMalformed(nested(FieldReader::kMaxGroupDepth)));
  EXPECT_TRUE(IsMalformed(nested(FieldReader::kMaxGroupDepth + 1)));
}

TEST(WireFormatTest, ReadsWhatItWrote) {
  for (const uint64_t number : {uint64_t{0}, uint64_t{127}, uint64_t{128},
                                uint64_t{1} << 35, ~uint64_t{0}}) {
    std::string message(64, '\0');
    FieldWriter writer(message.data());
    writer.Varint(1, number);
    writer.Bytes(2, "abc");
    const size_t size = writer.at() - message.data();
    EXPECT_EQ(size, 1 + VarintSize(number) + BytesFieldSize(3));
    const auto fields = Read(std::string_view(message).substr(0, size));
    ASSERT_EQ(fields.size(), 2u);
    EXPECT_EQ(fields[0].number, number);
    EXPECT_EQ(fields[1].bytes, "abc");
  }
}

}  // namespace
}  // namespace phoenix::wire
