#include "libs/http/error_response.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix::http {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(ErrorResponseTest, IsAStatusWithErrorInfo) {
  const Response response =
      ErrorResponse({.http_status = 404,
                     .reason = "DOOR_NOT_FOUND",
                     .message = "There is nothing at '/x'.",
                     .metadata = {{"path", "/x"}, {"method", "GET"}}});
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_THAT(response.headers, IsEmpty());
  EXPECT_EQ(response.body,
            "{\"error\":{\"code\":404,\"status\":\"NOT_FOUND\","
            "\"message\":\"There is nothing at '/x'.\",\"details\":["
            "{\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\","
            "\"reason\":\"DOOR_NOT_FOUND\",\"domain\":\"phoenix.ingest.v1\","
            "\"metadata\":{\"path\":\"/x\",\"method\":\"GET\"}}]}}\n");
}

TEST(ErrorResponseTest, SaysWhenToTryAgainTwice) {
  const Response response = ErrorResponse({.http_status = 429,
                                           .reason = "QUEUE_FULL",
                                           .message = "Later.",
                                           .retry_after_seconds = 2});
  EXPECT_THAT(response.headers, ElementsAre(Pair("Retry-After", "2")));
  EXPECT_THAT(response.body,
              testing::HasSubstr("google.rpc.RetryInfo\",\"retryDelay\":\"2s"));
}

TEST(ErrorResponseTest, NamesTheCodeOfEachStatus) {
  EXPECT_EQ(CodeNameForStatus(400), "INVALID_ARGUMENT");
  EXPECT_EQ(CodeNameForStatus(404), "NOT_FOUND");
  EXPECT_EQ(CodeNameForStatus(405), "UNIMPLEMENTED");
  EXPECT_EQ(CodeNameForStatus(413), "RESOURCE_EXHAUSTED");
  EXPECT_EQ(CodeNameForStatus(415), "UNIMPLEMENTED");
  EXPECT_EQ(CodeNameForStatus(417), "UNIMPLEMENTED");
  EXPECT_EQ(CodeNameForStatus(431), "RESOURCE_EXHAUSTED");
  EXPECT_EQ(CodeNameForStatus(429), "RESOURCE_EXHAUSTED");
  EXPECT_EQ(CodeNameForStatus(503), "UNAVAILABLE");
  EXPECT_EQ(CodeNameForStatus(408), "DEADLINE_EXCEEDED");
  EXPECT_EQ(CodeNameForStatus(500), "INTERNAL");
  EXPECT_EQ(CodeNameForStatus(501), "UNIMPLEMENTED");
  EXPECT_EQ(CodeNameForStatus(418), "INVALID_ARGUMENT");
  EXPECT_EQ(CodeNameForStatus(502), "INTERNAL");
}

}  // namespace
}  // namespace phoenix::http
