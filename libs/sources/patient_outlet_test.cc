#include "libs/sources/patient_outlet.h"

#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/fake_outlet.h"
#include "libs/component/testing/test_batch.h"
#include "libs/event/outcome.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class PatientOutletTest : public testing::Test {
 protected:
  absl::Status Offer() {
    return patient_.Offer(MakeBatch({std::string("1")}), 0, [this] {
      ++attempts_;
      return SettleCallback([](const BatchOutcome&) {});
    });
  }

  FakeOutlet outlet_;
  PatientOutlet patient_{outlet_};
  int attempts_ = 0;
};

TEST_F(PatientOutletTest, OffersAtOnceWhenThereIsCredit) {
  EXPECT_TRUE(Offer().ok());
  EXPECT_EQ(attempts_, 1);
  EXPECT_THAT(outlet_.payloads(), ElementsAre("1"));
}

TEST_F(PatientOutletTest, WaitsForCreditAndTriesAgain) {
  outlet_.SetCredit(0);
  absl::Status offered;
  std::thread source([&] { offered = Offer(); });
  ASSERT_TRUE(outlet_.WaitForWaiters(1));
  EXPECT_EQ(outlet_.event_count(), 0u);
  outlet_.SetCredit(FakeOutlet::kUnlimited);
  source.join();
  EXPECT_TRUE(offered.ok()) << offered;
  EXPECT_EQ(attempts_, 2);
  EXPECT_THAT(outlet_.payloads(), ElementsAre("1"));
}

TEST_F(PatientOutletTest, WaitsForCreditForWhatCantBeReadToo) {
  const UnreadableInput input{
      MakeBatch({std::string("nonsense")}),
      {{absl::InvalidArgumentError("in:1: not valid"), "EVENT_INVALID"}}};
  outlet_.SetCredit(0);
  absl::Status offered;
  std::thread source([&] {
    offered = patient_.OfferUnreadable(
        input, [] { return SettleCallback([](const BatchOutcome&) {}); });
  });
  ASSERT_TRUE(outlet_.WaitForWaiters(1));
  EXPECT_THAT(outlet_.unreadable(), IsEmpty());
  outlet_.SetCredit(FakeOutlet::kUnlimited);
  source.join();
  EXPECT_TRUE(offered.ok()) << offered;
  ASSERT_THAT(outlet_.unreadable(), SizeIs(1));
  EXPECT_EQ(outlet_.unreadable()[0].bytes, "nonsense");
}

TEST_F(PatientOutletTest, StopEndsTheWaitForCredit) {
  outlet_.SetCredit(0);
  absl::Status offered;
  std::thread source([&] { offered = Offer(); });
  ASSERT_TRUE(outlet_.WaitForWaiters(1));
  patient_.Stop();
  source.join();
  EXPECT_EQ(offered.code(), absl::StatusCode::kCancelled);
}

TEST_F(PatientOutletTest, OffersAndSleepsNoMoreOnceStopped) {
  patient_.Stop();
  EXPECT_TRUE(patient_.stopped());
  EXPECT_FALSE(patient_.Sleep(std::chrono::hours(1)));
  EXPECT_EQ(Offer().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(attempts_, 0);
}

TEST_F(PatientOutletTest, SaysThatItIsNotStoppedAfterASleep) {
  EXPECT_TRUE(patient_.Sleep(std::chrono::milliseconds(0)));
  EXPECT_FALSE(patient_.stopped());
}

}  // namespace
}  // namespace phoenix
