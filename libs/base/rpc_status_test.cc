#include "libs/base/rpc_status.h"

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "libs/base/status_builder.h"

namespace phoenix {
namespace {

TEST(RpcStatusTest, AnErrorSurvivesTheJourney) {
  const absl::Status sent =
      StatusBuilder(absl::StatusCode::kUnavailable, "broker is away")
          .Reason("BROKER_AWAY")
          .RetryAfter(absl::Milliseconds(250));
  google::rpc::Status message;
  ToRpcStatus(sent, message);
  EXPECT_EQ(message.code(), 14);
  EXPECT_EQ(FromRpcStatus(message), sent);
}

TEST(RpcStatusTest, DetailsAreWhatOtherLanguagesUnpack) {
  google::rpc::Status message;
  ToRpcStatus(StatusBuilder(absl::StatusCode::kInternal, "x").Reason("BROKEN"),
              message);
  ASSERT_EQ(message.details_size(), 1);
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(message.details(0).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "BROKEN");
}

TEST(RpcStatusTest, OkIsCodeZero) {
  google::rpc::Status message;
  message.set_message("left over");
  ToRpcStatus(absl::OkStatus(), message);
  EXPECT_EQ(message.code(), 0);
  EXPECT_TRUE(message.message().empty());
  EXPECT_TRUE(FromRpcStatus(message).ok());
}

TEST(RpcStatusTest, AnUnheardOfCodeIsUnknown) {
  google::rpc::Status message;
  message.set_code(99);
  EXPECT_EQ(FromRpcStatus(message).code(), absl::StatusCode::kUnknown);
  message.set_code(-1);
  EXPECT_EQ(FromRpcStatus(message).code(), absl::StatusCode::kUnknown);
}

}  // namespace
}  // namespace phoenix
