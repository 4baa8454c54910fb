#include "libs/base/status_builder.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

absl::Status QueueFull() {
  return StatusBuilder(absl::StatusCode::kResourceExhausted, "queue is full")
      .Reason("QUEUE_FULL")
      .Metadata("sink", "orders")
      .RetryAfter(absl::Seconds(1));
}

TEST(StatusBuilderTest, SaysCodeMessageAndDetails) {
  const absl::Status status = QueueFull();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(status.message(), "queue is full");
  const ErrorReason expected{"QUEUE_FULL", "phoenix", {{"sink", "orders"}}};
  EXPECT_EQ(GetErrorReason(status), expected);
  EXPECT_EQ(GetRetryDelay(status), absl::Seconds(1));
}

TEST(StatusBuilderTest, LaterContextComesFirst) {
  const absl::Status status = StatusBuilder(QueueFull())
                                  .Context("sink 'orders'")
                                  .Context("pipeline 'shop'")
                                  .Build();
  EXPECT_EQ(status.message(), "pipeline 'shop': sink 'orders': queue is full");
}

TEST(StatusBuilderTest, GoesOnFromTheDetailsOfAnError) {
  const absl::Status status =
      StatusBuilder(QueueFull()).Metadata("pipeline", "shop").Build();
  const ErrorReason expected{
      "QUEUE_FULL", "phoenix", {{"pipeline", "shop"}, {"sink", "orders"}}};
  EXPECT_EQ(GetErrorReason(status), expected);
  EXPECT_EQ(GetRetryDelay(status), absl::Seconds(1));
}

TEST(StatusBuilderTest, CollectsAllViolations) {
  const absl::Status status =
      StatusBuilder(absl::StatusCode::kInvalidArgument, "request is wrong")
          .Violation("id", "is empty")
          .Violation("type", "is empty")
          .Build();
  ASSERT_EQ(GetFieldViolations(status).size(), 2u);
  EXPECT_EQ(GetFieldViolations(status)[1].field, "type");
}

TEST(StatusBuilderTest, WithoutAReasonThereIsNoErrorInfo) {
  const absl::Status status =
      StatusBuilder(absl::StatusCode::kInternal, "x").Metadata("a", "b");
  EXPECT_EQ(GetErrorReason(status), std::nullopt);
}

}  // namespace
}  // namespace phoenix
