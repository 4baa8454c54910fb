// Every form against every other: a batch that goes through all of them one
// after the other is the batch it was.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "io/cloudevents/v1/cloudevents.pb.h"
#include "libs/base/random.h"
#include "libs/base/shared_bytes.h"
#include "libs/event/batch_builder.h"
#include "libs/event/batch_codec.h"
#include "libs/event/batch_testing.h"
#include "libs/event/cloudevents_json_decoder.h"
#include "libs/event/cloudevents_json_encoder.h"
#include "libs/event/cloudevents_proto.h"
#include "libs/event/decode_error.h"
#include "libs/event/event_batch.h"
#include "libs/event/json_body_decoder.h"
#include "libs/event/ndjson_decoder.h"
#include "libs/event/payload_line.h"
#include "libs/event/sample_lines.h"

namespace phoenix {
namespace {

EventBatchPtr ThroughTheWire(const EventBatchPtr& batch) {
  const auto decoded = DecodeEventBatch(EncodeEventBatch(*batch));
  EXPECT_TRUE(decoded.ok()) << decoded.status();
  return *decoded;
}

EventBatchPtr ThroughProto(const EventBatchPtr& batch) {
  BatchBuilder builder({});
  CloudEventsProtoDecoder decoder;
  for (uint32_t row = 0; row < batch->size(); ++row) {
    io::cloudevents::v1::CloudEvent event;
    ToCloudEvent(*batch, row, event);
    io::cloudevents::v1::CloudEvent received;
    EXPECT_TRUE(received.ParseFromString(event.SerializeAsString()));
    EXPECT_TRUE(decoder.Add(received, builder).ok());
  }
  return builder.Build(batch->receive_time_nanos());
}

EventBatchPtr ThroughJson(const EventBatchPtr& batch) {
  CloudEventsJsonEncoder encoder;
  std::string body = "[";
  for (uint32_t row = 0; row < batch->size(); ++row) {
    if (row > 0) body += ",\n";
    encoder.Append(*batch, row, body);
  }
  BatchBuilder builder({});
  CloudEventsJsonDecoder decoder;
  std::vector<DecodeError> errors;
  EXPECT_TRUE(
      decoder.DecodeBatch(SharedBytes::FromString(body + "]"), builder, errors)
          .ok());
  EXPECT_TRUE(errors.empty());
  return builder.Build(batch->receive_time_nanos());
}

TEST(RoundTripTest, BringsBackEveryEventThroughAllForms) {
  Random random(23);
  for (int i = 0; i < 60; ++i) {
    const EventBatchPtr batch = RandomBatch(random, 30);
    EventBatchPtr last = batch;
    for (int step = 0; step < 6; ++step) {
      switch (random.Below(3)) {
        case 0:
          last = ThroughTheWire(last);
          break;
        case 1:
          last = ThroughProto(last);
          break;
        default:
          last = ThroughJson(last);
      }
    }
    ASSERT_EQ(DescribeEvents(*last), DescribeEvents(*batch));
  }
}

std::string JoinLines(const std::vector<DecodedBatch>& batches) {
  std::string lines;
  for (const DecodedBatch& decoded : batches) {
    EXPECT_TRUE(decoded.errors.empty());
    for (uint32_t row = 0; row < decoded.batch->size(); ++row) {
      AppendPayloadLine(*decoded.batch, row, lines);
    }
  }
  return lines;
}

TEST(RoundTripTest, WritesTheLinesThatItRead) {
  const std::string lines = SampleLogLines(500, 3);
  NdjsonDecoder decoder({.buffer_bytes = 10'000});
  std::vector<DecodedBatch> batches;
  decoder.Feed(lines, 0, batches);
  decoder.Finish(0, batches);
  EXPECT_GT(batches.size(), 5u);
  EXPECT_EQ(JoinLines(batches), lines);
}

TEST(RoundTripTest, ReadsLinesAndTheirArrayAlike) {
  const std::string lines = SampleLogLines(100, 4);
  std::string array = "[" + lines;
  for (char& c : array) {
    if (c == '\n') c = ',';
  }
  array.back() = ']';
  const auto body =
      JsonBodyDecoder({}).Decode(SharedBytes::FromString(array), 0);
  ASSERT_TRUE(body.ok()) << body.status();
  std::vector<DecodedBatch> batches;
  batches.push_back({body->batch, {}});
  EXPECT_EQ(JoinLines(batches), lines);
}

TEST(RoundTripTest, CarriesASampleThroughTheWireWithoutItsIndex) {
  NdjsonDecoder decoder({.defaults = {"s-", "/s", "t", ""}});
  std::vector<DecodedBatch> batches;
  decoder.DecodeWhole(SharedBytes::FromString(SampleLogLines(200, 5)), 9,
                      batches);
  ASSERT_EQ(batches.size(), 1u);
  const EventBatchPtr received = ThroughTheWire(batches[0].batch);
  EXPECT_EQ(DescribeEvents(*received), DescribeEvents(*batches[0].batch));
  EXPECT_EQ(received->receive_time_nanos(), 9);
  EXPECT_EQ(received->payloads().json_index, nullptr);
}

}  // namespace
}  // namespace phoenix
