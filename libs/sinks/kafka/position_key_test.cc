#include "libs/sinks/kafka/position_key.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(PositionKeyTest, IsReadBack) {
  const auto key =
      DecodePositionKey("p/out", EncodePositionKey("p/out", "a log", 7, 1234));
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(key->log, "a log");
  EXPECT_EQ(key->partition, 7);
  EXPECT_EQ(key->page, 1234);
}

TEST(PositionKeyTest, IsTextThatPeopleCanRead) {
  EXPECT_EQ(EncodePositionKey("p/out", "telemetry", 0, 17),
            "p/out\ttelemetry\t0\t17");
}

TEST(PositionKeyTest, NamesTheFloorToo) {
  const auto key = DecodePositionKey(
      "s", EncodePositionKey("s", "log", 0, PositionKey::kFloorPage));
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(key->page, PositionKey::kFloorPage);
}

TEST(PositionKeyTest, IsOfOneSink) {
  const std::string key = EncodePositionKey("p/out", "log", 0, 1);
  EXPECT_FALSE(DecodePositionKey("p/other", key).has_value());
  EXPECT_FALSE(DecodePositionKey("p/ou", key).has_value());
  EXPECT_FALSE(DecodePositionKey("p/out2", key).has_value());
}

TEST(PositionKeyTest, IsNotWhatHasOtherParts) {
  for (const char* key :
       {"", "s", "s\t", "s\tlog", "s\tlog\t0", "s\tlog\t0\t", "s\tlog\tx\t1",
        "s\tlog\t0\t-2", "s\tlog\t0\t1x", "s\tlog\t99999999999\t1"}) {
    EXPECT_FALSE(DecodePositionKey("s", key).has_value()) << key;
  }
  EXPECT_FALSE(DecodePositionKey("s", PositionsClaimKey("s")).has_value());
}

}  // namespace
}  // namespace phoenix
