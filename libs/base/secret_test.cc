#include "libs/base/secret.h"

#include <sstream>

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(SecretTest, PrintsAMarkerWhateverItHolds) {
  std::ostringstream out;
  out << Secret("hunter2") << Secret();
  EXPECT_EQ(out.str(), "<secret><secret>");
}

TEST(SecretTest, RevealsItselfWhenAsked) {
  EXPECT_EQ(Secret("hunter2").Reveal(), "hunter2");
  EXPECT_TRUE(Secret().empty());
  EXPECT_FALSE(Secret("x").empty());
}

}  // namespace
}  // namespace phoenix
