#include "libs/event/event_reason.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "libs/base/error_details.h"
#include "libs/base/shared_bytes.h"
#include "libs/event/batch_builder.h"
#include "libs/event/cloudevents_json_decoder.h"
#include "libs/event/decode_error.h"
#include "libs/event/json_body_decoder.h"
#include "libs/event/ndjson_decoder.h"

namespace phoenix {
namespace {

TEST(EventReasonTest, IsInvalidUnlessMarked) {
  const absl::Status refusal = absl::InvalidArgumentError("too bad");
  EXPECT_STREQ(EventReason(refusal), "EVENT_INVALID");
  EXPECT_STREQ(EventReason(EventTooLarge(refusal)), "EVENT_TOO_LARGE");
}

TEST(EventReasonTest, StaysWhenContextIsAdded) {
  const absl::Status marked = EventTooLarge(absl::InvalidArgumentError("big"));
  const absl::Status inner = WithContext(marked, "event at byte '1'");
  EXPECT_STREQ(EventReason(inner), "EVENT_TOO_LARGE");
  EXPECT_EQ(inner.message(), "event at byte '1': big");
}

TEST(EventReasonTest, IsTooLargeForALineOrAnElementOverItsLimit) {
  NdjsonDecoder lines({.max_event_bytes = 4});
  std::vector<DecodedBatch> decoded;
  lines.Feed("12345\nx\n", 0, decoded);
  lines.Finish(0, decoded);
  ASSERT_EQ(decoded.size(), 1u);
  ASSERT_EQ(decoded[0].errors.size(), 2u);
  EXPECT_STREQ(EventReason(decoded[0].errors[0].status), "EVENT_TOO_LARGE");
  EXPECT_STREQ(EventReason(decoded[0].errors[1].status), "EVENT_INVALID");

  JsonBodyDecoder body({.max_event_bytes = 4});
  const auto array = body.Decode(SharedBytes::FromString("[12345]"), 0);
  ASSERT_TRUE(array.ok());
  ASSERT_EQ(array->errors.size(), 1u);
  EXPECT_STREQ(EventReason(array->errors[0].status), "EVENT_TOO_LARGE");
}

TEST(EventReasonTest, IsTooLargeForAnEventOverTheLimitOfItsBuilder) {
  BatchBuilder builder(EventDefaults(), {.max_event_bytes = 20});
  CloudEventsJsonDecoder decoder;
  std::vector<DecodeError> errors;
  const std::string event =
      R"({"specversion":"1.0","id":"1","source":"/s","type":"t","data":)";
  ASSERT_TRUE(decoder
                  .DecodeBatch(SharedBytes::FromString(
                                   "[" + event + "\"" + std::string(20, 'x') +
                                   "\"}," + event + "1}," + "{}]"),
                               builder, errors)
                  .ok());
  ASSERT_EQ(errors.size(), 2u);
  EXPECT_STREQ(EventReason(errors[0].status), "EVENT_TOO_LARGE");
  EXPECT_STREQ(EventReason(errors[1].status), "EVENT_INVALID");
}

}  // namespace
}  // namespace phoenix
