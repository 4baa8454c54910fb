#include "libs/base/error_details.h"

#include "absl/strings/cord.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

absl::Status Unavailable() { return absl::UnavailableError("broker is away"); }

TEST(ErrorDetailsTest, ReasonComesBackWithItsMetadata) {
  absl::Status status = Unavailable();
  const ErrorReason reason{"BROKER_AWAY", "phoenix.flow.v1", {{"topic", "a"}}};
  SetErrorReason(status, reason);
  EXPECT_EQ(GetErrorReason(status), reason);
}

TEST(ErrorDetailsTest, SettingAReasonTwiceKeepsTheSecond) {
  absl::Status status = Unavailable();
  SetErrorReason(status, {"FIRST", "phoenix", {}});
  SetErrorReason(status, {"SECOND", "phoenix", {}});
  EXPECT_EQ(GetErrorReason(status)->reason, "SECOND");
}

TEST(ErrorDetailsTest, RetryDelayKeepsItsNanoseconds) {
  absl::Status status = Unavailable();
  const absl::Duration delay = absl::Seconds(3) + absl::Nanoseconds(7);
  SetRetryDelay(status, delay);
  EXPECT_EQ(GetRetryDelay(status), delay);
}

TEST(ErrorDetailsTest, FieldViolationsKeepTheirOrder) {
  absl::Status status = absl::InvalidArgumentError("request is wrong");
  const std::vector<FieldViolation> violations = {
      {"events[2].id", "is empty"}, {"events[0].type", "is empty"}};
  SetFieldViolations(status, violations);
  EXPECT_EQ(GetFieldViolations(status), violations);
}

TEST(ErrorDetailsTest, AStatusWithoutDetailsHasNone) {
  EXPECT_EQ(GetErrorReason(Unavailable()), std::nullopt);
  EXPECT_EQ(GetRetryDelay(Unavailable()), std::nullopt);
  EXPECT_TRUE(GetFieldViolations(Unavailable()).empty());
}

TEST(ErrorDetailsTest, BytesThatAreNoMessageAreIgnored) {
  absl::Status status = Unavailable();
  status.SetPayload("type.googleapis.com/google.rpc.RetryInfo",
                    absl::Cord("\x0a\xff"));
  EXPECT_EQ(GetRetryDelay(status), std::nullopt);
}

TEST(ErrorDetailsTest, OkCarriesNoDetails) {
  absl::Status status;
  SetRetryDelay(status, absl::Seconds(1));
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(GetRetryDelay(status), std::nullopt);
}

TEST(ErrorDetailsTest, ContextIsPrependedAndDetailsStay) {
  absl::Status status = Unavailable();
  SetRetryDelay(status, absl::Seconds(2));
  const absl::Status outer = WithContext(status, "sink 'orders'");
  EXPECT_EQ(outer.message(), "sink 'orders': broker is away");
  EXPECT_EQ(outer.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(GetRetryDelay(outer), absl::Seconds(2));
}

TEST(ErrorDetailsTest, OkTakesNoContext) {
  EXPECT_TRUE(WithContext(absl::OkStatus(), "sink 'orders'").ok());
}

TEST(ErrorDetailsTest, OnlyWhatMayPassByItselfIsRetryable) {
  EXPECT_TRUE(IsRetryable(Unavailable()));
  EXPECT_TRUE(IsRetryable(absl::ResourceExhaustedError("full")));
  EXPECT_TRUE(IsRetryable(absl::AbortedError("lost a race")));
  EXPECT_TRUE(IsRetryable(absl::DeadlineExceededError("too late")));
  EXPECT_FALSE(IsRetryable(absl::InvalidArgumentError("wrong")));
  EXPECT_FALSE(IsRetryable(absl::FailedPreconditionError("closed")));
  EXPECT_FALSE(IsRetryable(absl::OkStatus()));
}

}  // namespace
}  // namespace phoenix
