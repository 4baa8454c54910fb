#include "tools/phoenix/templates/source/sample_source.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/component/testing/fake_outlet.h"
#include "libs/component/testing/source_suite.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;

// It makes its events itself: there is nothing to produce.
class Fixture : public SourceFixture {
 public:
  std::unique_ptr<Source> MakeSource() override {
    return std::make_unique<SampleSource>(100, clock_);
  }
  void Produce(const std::vector<std::string>&) override {}

 private:
  FakeClock clock_;
};

const bool kRegistered = RegisterSourceSuite(
    {.name = "Sample",
     .make_fixture = [] { return std::make_unique<Fixture>(); },
     .keeps_payloads = false});

class SampleSourceTest : public testing::Test {
 protected:
  FakeClock clock_;
  FakeOutlet outlet_;
};

TEST_F(SampleSourceTest, OffersAsManyEventsAsItIsTold) {
  ASSERT_TRUE(kRegistered);
  SampleSource source(2, clock_);
  ASSERT_TRUE(source.Start(outlet_).ok());
  EXPECT_THAT(outlet_.payloads(), ElementsAre(R"({"n":0})", R"({"n":1})"));
  source.Stop();
}

TEST_F(SampleSourceTest, IsFinishedWhenAllEventsHaveTheirOutcome) {
  outlet_.SetAutoSettle(false);
  SampleSource source(1, clock_);
  ASSERT_TRUE(source.Start(outlet_).ok());
  EXPECT_FALSE(source.Finished());
  outlet_.Settle();
  EXPECT_TRUE(source.Finished());
  source.Stop();
}

TEST_F(SampleSourceTest, OffersAgainWhenThePipelineWasFull) {
  outlet_.SetCredit(0);
  SampleSource source(1, clock_);
  ASSERT_TRUE(source.Start(outlet_).ok());
  EXPECT_EQ(outlet_.event_count(), 0u);
  outlet_.SetCredit(1);
  EXPECT_EQ(outlet_.event_count(), 1u);
  source.Stop();
}

TEST_F(SampleSourceTest, OffersNothingAfterStop) {
  outlet_.SetCredit(0);
  SampleSource source(1, clock_);
  ASSERT_TRUE(source.Start(outlet_).ok());
  source.Stop();
  outlet_.SetCredit(1);
  EXPECT_EQ(outlet_.event_count(), 0u);
}

}  // namespace
}  // namespace phoenix
