#include "libs/event/status_text.h"

#include <gtest/gtest.h>

namespace phoenix {
namespace {

TEST(StatusTextTest, PrependsContext) {
  const absl::Status status =
      InContext(InvalidArgument("value '", 7, "' is odd"), "row '3'");
  EXPECT_EQ(status, absl::InvalidArgumentError("row '3': value '7' is odd"));
  EXPECT_TRUE(absl::IsUnavailable(
      InContext(absl::UnavailableError("gone"), "sink 'x'")));
}

}  // namespace
}  // namespace phoenix
