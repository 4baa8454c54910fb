#include "tools/phoenix/exit_deadline.h"

#include <future>

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(ExitDeadlineTest, ActsWhenItsTimeIsOver) {
  std::promise<void> acted;
  const ExitDeadline deadline(absl::ZeroDuration(), [&] { acted.set_value(); });
  acted.get_future().wait();
}

TEST(ExitDeadlineTest, DoesNothingWhenItGoesInTime) {
  bool acted = false;
  {
    const ExitDeadline deadline(absl::Hours(1), [&] { acted = true; });
  }
  EXPECT_FALSE(acted);
}

}  // namespace
}  // namespace phoenix
