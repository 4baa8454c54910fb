#include "libs/sources/proto_duration.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

int64_t Millis(int64_t seconds, int32_t nanos) {
  google::protobuf::Duration time;
  time.set_seconds(seconds);
  time.set_nanos(nanos);
  return ToMillis(time).count();
}

TEST(ProtoDurationTest, CountsWholeMilliseconds) {
  EXPECT_EQ(Millis(0, 0), 0);
  EXPECT_EQ(Millis(3, 0), 3000);
  EXPECT_EQ(Millis(3, 250'999'999), 3250);
}

TEST(ProtoDurationTest, MakesAShorterOneAMillisecond) {
  EXPECT_EQ(Millis(0, 1), 1);
  EXPECT_EQ(Millis(0, 999'999), 1);
}

}  // namespace
}  // namespace phoenix
