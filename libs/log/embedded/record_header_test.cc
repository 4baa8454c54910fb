#include "libs/log/embedded/record_header.h"

#include <string>

#include "gtest/gtest.h"

namespace phoenix {
namespace {

RecordHeader SomeHeader() {
  RecordHeader header;
  header.body_crc = 1;
  header.body_bytes = 70;
  header.message_bytes = 200;
  header.event_count = 3;
  header.first_offset = 1'000'000'000'000;
  header.lane = 9;
  header.append_time_nanos = 1'700'000'000'000'000'000;
  header.compression = Compression::kZstd;
  header.identity_bytes = 20;
  return header;
}

constexpr RecordPlace kPlace = {.salt = 77, .position = 4096};

std::string Encoded(const RecordHeader& header) {
  const auto bytes = EncodeRecordHeader(header, kPlace);
  return std::string(bytes.data(), bytes.size());
}

TEST(RecordHeaderTest, ReadsWhatWasWritten) {
  EXPECT_EQ(DecodeRecordHeader(Encoded(SomeHeader()), kPlace), SomeHeader());
}

TEST(RecordHeaderTest, BeginsWithItsMagic) {
  EXPECT_EQ(Encoded(SomeHeader()).substr(0, 4), "PHXR");
}

TEST(RecordHeaderTest, IsNoneElsewhere) {
  const std::string bytes = Encoded(SomeHeader());
  EXPECT_FALSE(DecodeRecordHeader(bytes, {77, 4104}).has_value());
  EXPECT_FALSE(DecodeRecordHeader(bytes, {78, 4096}).has_value());
  EXPECT_FALSE(DecodeRecordHeader(bytes.substr(0, 63), kPlace).has_value());
}

TEST(RecordHeaderTest, IsNoneWithAnyBitTurnedOver) {
  for (size_t bit = 0; bit < RecordHeader::kBytes * 8; ++bit) {
    std::string bytes = Encoded(SomeHeader());
    bytes[bit / 8] ^= static_cast<char>(1 << bit % 8);
    EXPECT_FALSE(DecodeRecordHeader(bytes, kPlace).has_value()) << bit;
  }
}

TEST(RecordHeaderTest, IsNoneWithValuesThatNobodyWrites) {
  RecordHeader header = SomeHeader();
  header.event_count = 0;
  EXPECT_FALSE(DecodeRecordHeader(Encoded(header), kPlace).has_value());
  header = SomeHeader();
  header.body_bytes = RecordHeader::kMaxBodyBytes + 1;
  EXPECT_FALSE(DecodeRecordHeader(Encoded(header), kPlace).has_value());
  header = SomeHeader();
  header.compression = static_cast<Compression>(3);
  EXPECT_FALSE(DecodeRecordHeader(Encoded(header), kPlace).has_value());
  header = SomeHeader();
  header.identity_bytes = 71;
  EXPECT_FALSE(DecodeRecordHeader(Encoded(header), kPlace).has_value());
}

TEST(RecordHeaderTest, PadsToAMultipleOfEight) {
  EXPECT_EQ(SomeHeader().record_bytes(), 134u);
  EXPECT_EQ(SomeHeader().padded_bytes(), 136u);
  EXPECT_EQ(SomeHeader().end_offset(), 1'000'000'000'003);
}

}  // namespace
}  // namespace phoenix
