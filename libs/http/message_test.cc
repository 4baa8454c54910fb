#include "libs/http/message.h"

#include "gtest/gtest.h"

namespace phoenix::http {
namespace {

TEST(FindHeaderTest, ComparesNamesWithoutCase) {
  const Headers headers = {{"Content-Type", "text/plain"}, {"X-A", "1"}};
  EXPECT_EQ(FindHeader(headers, "content-type"), "text/plain");
  EXPECT_EQ(FindHeader(headers, "x-a"), "1");
}

TEST(FindHeaderTest, GivesTheFirstOfSeveral) {
  EXPECT_EQ(FindHeader({{"A", "1"}, {"a", "2"}}, "A"), "1");
}

TEST(FindHeaderTest, IsEmptyWhenThereIsNone) {
  EXPECT_EQ(FindHeader({{"Content-Type", "x"}}, "Content"), "");
}

}  // namespace
}  // namespace phoenix::http
