#include "libs/sources/generator/generator_source.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/component/testing/fake_outlet.h"

namespace phoenix {
namespace {

GeneratorSourceOptions Fast(uint64_t count) {
  GeneratorSourceOptions options;
  options.defaults = {"id-", "/test", "test.event", "application/json"};
  options.rate = 0;
  options.count = count;
  options.batch_events = 10;
  return options;
}

std::vector<std::string> Generate(GeneratorSourceOptions options) {
  FakeClock clock;
  FakeOutlet outlet;
  const uint64_t count = options.count;
  GeneratorSource source(std::move(options), clock);
  EXPECT_TRUE(source.Start(outlet).ok());
  EXPECT_TRUE(outlet.WaitForEvents(count));
  source.Stop();
  EXPECT_TRUE(source.Finished());
  return outlet.payloads();
}

TEST(GeneratorSourceTest, EndsAfterItsCount) {
  EXPECT_EQ(Generate(Fast(25)).size(), 25u);
}

TEST(GeneratorSourceTest, MakesTheSameReadingsOfTheSameSeed) {
  GeneratorSourceOptions other = Fast(50);
  other.simulator.seed = 2;
  EXPECT_EQ(Generate(Fast(50)), Generate(Fast(50)));
  EXPECT_NE(Generate(Fast(50)), Generate(other));
}

TEST(GeneratorSourceTest, KeepsToItsRate) {
  FakeClock clock;
  FakeOutlet outlet;
  GeneratorSourceOptions options = Fast(0);
  options.rate = 100;
  GeneratorSource source(options, clock);
  ASSERT_TRUE(source.Start(outlet).ok());
  clock.Advance(absl::Milliseconds(300));
  ASSERT_TRUE(outlet.WaitForEvents(30));
  source.StopAccepting();
  source.Stop();
  EXPECT_EQ(outlet.event_count(), 30u);
  EXPECT_FALSE(source.Finished());
}

TEST(GeneratorSourceTest, WaitsForCreditAndSkipsNothing) {
  FakeClock clock;
  FakeOutlet outlet;
  outlet.SetCredit(1);
  GeneratorSource source(Fast(50), clock);
  ASSERT_TRUE(source.Start(outlet).ok());
  ASSERT_TRUE(outlet.WaitForWaiters(1));
  EXPECT_EQ(outlet.event_count(), 10u);
  outlet.SetCredit(FakeOutlet::kUnlimited);
  ASSERT_TRUE(outlet.WaitForEvents(50));
  source.Stop();
  EXPECT_EQ(outlet.payloads(), Generate(Fast(50)));
}

TEST(GeneratorSourceTest, StopsWhileItWaitsForCredit) {
  FakeClock clock;
  FakeOutlet outlet;
  outlet.SetCredit(0);
  GeneratorSource source(Fast(50), clock);
  ASSERT_TRUE(source.Start(outlet).ok());
  ASSERT_TRUE(outlet.WaitForWaiters(1));
  source.Stop();
  EXPECT_FALSE(source.Finished());
  outlet.SetCredit(1);
  EXPECT_EQ(outlet.event_count(), 0u);
}

TEST(PacerTest, CountsWhatIsDueAndMakesUpForASecondAtMost) {
  Pacer pacer(1000, 0);
  EXPECT_EQ(pacer.Due(10'000'000), 10u);
  pacer.Take(4);
  EXPECT_EQ(pacer.Due(10'000'000), 6u);
  EXPECT_EQ(pacer.Due(60'000'000'000), 1000u);
}

}  // namespace
}  // namespace phoenix
