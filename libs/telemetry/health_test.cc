#include "libs/telemetry/health.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;

TEST(HealthTest, AnEmptyProcessIsReadyAndLive) {
  HealthRegistry health;
  EXPECT_TRUE(health.Ready().ok);
  EXPECT_TRUE(health.Live().ok);
  EXPECT_EQ(health.Ready().Text(), "ok\n");
}

TEST(HealthTest, IsReadyOnceEveryPartIs) {
  HealthRegistry health;
  health.Add("source 'door'");
  health.Add("sink 'orders'");
  health.SetReady("source 'door'");
  EXPECT_THAT(health.Ready().reasons, ElementsAre("sink 'orders': starting"));
  EXPECT_TRUE(health.Live().ok);
  health.SetReady("sink 'orders'");
  EXPECT_TRUE(health.Ready().ok);
}

TEST(HealthTest, AnAbsentPeerMakesItUnreadyButLive) {
  HealthRegistry health;
  health.SetUnready("sink 'orders'", "broker is away");
  EXPECT_FALSE(health.Ready().ok);
  EXPECT_TRUE(health.Live().ok);
  health.SetReady("sink 'orders'");
  EXPECT_TRUE(health.Ready().ok);
}

TEST(HealthTest, AFailedPartEndsLiveness) {
  HealthRegistry health;
  health.SetFailed("log", "disk is gone");
  EXPECT_THAT(health.Live().reasons, ElementsAre("log: disk is gone"));
  EXPECT_FALSE(health.Ready().ok);
}

TEST(HealthTest, DrainingIsLiveAndNotReady) {
  HealthRegistry health;
  health.Add("source 'door'");
  health.SetReady("source 'door'");
  health.SetDraining();
  EXPECT_THAT(health.Ready().reasons, ElementsAre("draining"));
  EXPECT_TRUE(health.Live().ok);
}

TEST(HealthTest, TextNamesEveryReasonOnItsLine) {
  HealthRegistry health;
  health.SetUnready("b", "away");
  health.SetUnready("a", "full");
  EXPECT_EQ(health.Ready().Text(), "a: full\nb: away\n");
}

}  // namespace
}  // namespace phoenix
