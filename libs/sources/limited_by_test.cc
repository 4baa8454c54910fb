#include "libs/sources/limited_by.h"

#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "libs/base/error_details.h"

namespace phoenix {
namespace {

absl::Status HeldUpBy(const std::string& who) {
  absl::Status status = absl::ResourceExhaustedError("full");
  SetErrorReason(status, {.reason = "QUEUE_FULL",
                          .domain = "phoenix.flow.v1",
                          .metadata = {{"limitedBy", who}}});
  return status;
}

TEST(LimitedByTest, IsTheBareNameOfWhoHoldsAProducerUp) {
  EXPECT_EQ(LimitedBy(HeldUpBy("sink 'archive'")), "archive");
  EXPECT_EQ(LimitedBy(HeldUpBy("sink 'it's'")), "it's");
  EXPECT_EQ(LimitedBy(HeldUpBy("archive")), "archive");
}

TEST(LimitedByTest, IsEmptyWhenTheStatusDoesNotSay) {
  absl::Status status = absl::ResourceExhaustedError("sink 'a' is full");
  EXPECT_EQ(LimitedBy(status), "");
  SetErrorReason(status, {.reason = "QUEUE_FULL", .metadata = {}});
  EXPECT_EQ(LimitedBy(status), "");
}

}  // namespace
}  // namespace phoenix
