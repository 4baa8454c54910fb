#include "libs/event/text.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace phoenix {
namespace {

TEST(TextTest, ConcatenatesTextsAndNumbers) {
  const std::string_view view = "view";
  EXPECT_EQ(Concat("a ", view, 1, std::string(" b"),
                   uint64_t{18446744073709551615u}, int8_t{-1}),
            "a view1 b18446744073709551615-1");
}

TEST(TextTest, TakesTextsWithZeroBytes) {
  using namespace std::string_view_literals;
  EXPECT_EQ(Concat("a\0b"sv).size(), 3u);
}

TEST(TextTest, PrependsContext) {
  const absl::Status status =
      InContext(InvalidArgument("value '", 7, "' is odd"), "row '3'");
  EXPECT_EQ(status, absl::InvalidArgumentError("row '3': value '7' is odd"));
  EXPECT_TRUE(absl::IsUnavailable(
      InContext(absl::UnavailableError("gone"), "sink 'x'")));
}

}  // namespace
}  // namespace phoenix
