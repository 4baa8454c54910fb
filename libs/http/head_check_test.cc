#include "libs/http/head_check.h"

#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix::http {
namespace {

RequestHead HeadWith(Headers headers) {
  RequestHead head;
  head.headers = std::move(headers);
  return head;
}

TEST(HeadCheckTest, TakesOneHost) {
  EXPECT_FALSE(CheckHttp11Head(HeadWith({{"hOST", "example"}})).has_value());
  EXPECT_FALSE(CheckHttp11Head(HeadWith({{"Host", ""}})).has_value());
}

TEST(HeadCheckTest, RefusesNoHostAndSeveral) {
  const auto none = CheckHttp11Head(HeadWith({{"X-Host", "example"}}));
  ASSERT_TRUE(none.has_value());
  EXPECT_EQ(none->http_status, 400);
  EXPECT_EQ(none->reason, "HOST_MISSING");
  const auto two = CheckHttp11Head(HeadWith({{"Host", "a"}, {"host", "b"}}));
  ASSERT_TRUE(two.has_value());
  EXPECT_EQ(two->http_status, 400);
  EXPECT_EQ(two->reason, "HTTP_INVALID");
}

TEST(HeadCheckTest, KnowsOneExpectation) {
  const RequestHead waits =
      HeadWith({{"Host", "h"}, {"EXPECT", "100-Continue"}});
  EXPECT_FALSE(CheckHttp11Head(waits).has_value());
  EXPECT_TRUE(ExpectsContinue(waits));
  EXPECT_FALSE(ExpectsContinue(HeadWith({{"Host", "h"}})));
}

TEST(HeadCheckTest, RefusesAnyOtherExpectation) {
  for (const char* expectation : {"200-ok", "", "100-continue, tea"}) {
    const auto report =
        CheckHttp11Head(HeadWith({{"Host", "h"}, {"Expect", expectation}}));
    ASSERT_TRUE(report.has_value()) << expectation;
    EXPECT_EQ(report->http_status, 417);
    EXPECT_EQ(report->reason, "EXPECTATION_UNKNOWN");
  }
}

TEST(HeadCheckTest, RefusesAnUnknownExpectationBesideAKnownOne) {
  EXPECT_TRUE(CheckHttp11Head(HeadWith({{"Host", "h"},
                                        {"Expect", "100-continue"},
                                        {"Expect", "tea"}}))
                  .has_value());
}

}  // namespace
}  // namespace phoenix::http
