#include "libs/flow/frame_codec.h"

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "libs/base/shared_bytes.h"
#include "libs/event/batch_codec.h"
#include "libs/event/event_batch.h"
#include "libs/event/outcome.h"
#include "libs/event/selection.h"
#include "libs/flow/test_batch.h"
#include "phoenix/flow/v1/pipeline_service.pb.h"

namespace phoenix::flow {
namespace {

SharedBytes Joined(const EncodedRequest& request) {
  return SharedBytes::FromString(request.head +
                                 std::string(request.events.Join().view()));
}

// Through the wire and back, in messages of at most `max_event_bytes`.
SenderFrame RoundTrip(const SenderFrame& frame,
                      size_t max_event_bytes = kMaxEventBytesPerMessage) {
  SenderFrameDecoder decoder;
  const auto requests = EncodeSenderFrame(frame, max_event_bytes);
  for (size_t i = 0; i + 1 < requests.size(); ++i) {
    const auto part = decoder.Decode(Joined(requests[i]));
    EXPECT_TRUE(part.ok() && !part->has_value()) << "part " << i;
  }
  const auto whole = decoder.Decode(Joined(requests.back()));
  EXPECT_TRUE(whole.ok() && whole->has_value()) << whole.status();
  return **whole;
}

BatchFrame RoundTripBatch(const BatchFrame& frame,
                          size_t max_event_bytes = kMaxEventBytesPerMessage) {
  return std::get<BatchFrame>(RoundTrip(frame, max_event_bytes));
}

template <typename Frame>
Frame RoundTripBack(const Frame& frame) {
  const auto decoded = DecodeReceiverFrame(EncodeReceiverFrame(frame));
  EXPECT_TRUE(decoded.ok()) << decoded.status();
  return std::get<Frame>(*decoded);
}

absl::StatusOr<std::optional<SenderFrame>> DecodeOne(
    const std::string& message) {
  return SenderFrameDecoder().Decode(SharedBytes::FromString(message));
}

TEST(SenderFrameCodecTest, KeepsAnOpening) {
  const auto open = std::get<OpenStream>(
      RoundTrip(OpenStream{"stream", "door", "telemetry", 7}));
  EXPECT_EQ(open.stream_id, "stream");
  EXPECT_EQ(open.sender, "door");
  EXPECT_EQ(open.pipeline, "telemetry");
  EXPECT_EQ(open.resume_sequence, 7);
}

TEST(SenderFrameCodecTest, KeepsABatchAndItsNumbers) {
  const BatchFrame frame = RoundTripBatch({.sequence = 5,
                                           .settled_sequence = 3,
                                           .accounted_bytes = 99,
                                           .view = MakeTestBatch({"a", "b"})});
  EXPECT_EQ(frame.sequence, 5);
  EXPECT_EQ(frame.settled_sequence, 3);
  EXPECT_EQ(frame.accounted_bytes, 99);
  EXPECT_EQ(frame.view.rows, (Selection{0, 1}));
  EXPECT_EQ(frame.view.batch->payload(1), "b");
}

TEST(SenderFrameCodecTest, KeepsAnySelectionOfRows) {
  for (const Selection& rows :
       {Selection{0, 7, 8, 16}, Selection{}, Selection{3}}) {
    BatchView view = MakeTestBatch(17);
    view.rows = rows;
    const BatchFrame frame = RoundTripBatch({.sequence = 1, .view = view});
    EXPECT_EQ(frame.view.rows, rows);
    EXPECT_EQ(frame.view.batch->size(), 17u);
  }
}

TEST(SenderFrameCodecTest, KeepsAFrameThatOnlyKeepsItsNumber) {
  const BatchFrame frame = RoundTripBatch({.sequence = 5});
  EXPECT_EQ(frame.sequence, 5);
  EXPECT_EQ(frame.view.batch, nullptr);
  EXPECT_TRUE(frame.unreadable.ok());
}

TEST(SenderFrameCodecTest, IsAMessageThatAnyProtobufLibraryReads) {
  const BatchView view = MakeTestBatch({"a", "b"});
  const auto requests = EncodeSenderFrame(
      BatchFrame{.sequence = 5, .accounted_bytes = 9, .view = view});
  ASSERT_EQ(requests.size(), 1u);
  v1::PublishRequest request;
  ASSERT_TRUE(request.ParseFromString(std::string(Joined(requests[0]).view())));
  EXPECT_EQ(request.batch().sequence(), 5);
  EXPECT_EQ(request.batch().events(), EncodeEventBatch(*view.batch).view());
}

TEST(SenderFrameCodecTest, ReadsAnyLayoutThatProtobufPermits) {
  const auto events = EncodeEventBatch(*MakeTestBatch({"a"}).batch);
  v1::BatchFrame first, second;
  first.set_events(std::string(events.view()));
  second.set_sequence(5);
  // The payload before the number, and the message in two parts to be merged.
  v1::PublishRequest a, b;
  *a.mutable_batch() = first;
  *b.mutable_batch() = second;
  const auto frame = DecodeOne(a.SerializeAsString() + b.SerializeAsString());
  ASSERT_TRUE(frame.ok()) << frame.status();
  EXPECT_EQ(std::get<BatchFrame>(**frame).sequence, 5);
  EXPECT_EQ(std::get<BatchFrame>(**frame).view.batch->payload(0), "a");
}

TEST(SenderFrameCodecTest, CopiesNoBytesOfABatchThatCameEncoded) {
  const SharedBytes encoded = EncodeEventBatch(*MakeTestBatch(3).batch);
  BatchView view{*DecodeEventBatch(encoded), {0, 1, 2}};
  const auto requests = EncodeSenderFrame(BatchFrame{.view = view});
  EXPECT_EQ(requests[0].events.Join().data(), encoded.data());

  const SharedBytes message = Joined(requests[0]);
  const auto frame = SenderFrameDecoder().Decode(message);
  const std::string_view payload =
      std::get<BatchFrame>(**frame).view.batch->payload(0);
  EXPECT_GE(payload.data(), message.data());
  EXPECT_LT(payload.data(), message.data() + message.size());
}

TEST(SenderFrameCodecTest, SplitsALargeBatchAndPutsItTogether) {
  BatchView view = MakeTestBatch(100, 50);
  view.rows.pop_back();
  const size_t size = EncodeSelection(view).size();
  for (size_t part : {size, size - 1, size / 7}) {
    const BatchFrame frame =
        RoundTripBatch({.sequence = 1, .view = view}, part);
    EXPECT_EQ(frame.view.rows, view.rows) << "parts of " << part;
    EXPECT_EQ(frame.view.batch->payload(42), view.batch->payload(42));
  }
  EXPECT_EQ(EncodeSenderFrame(BatchFrame{.view = view}, size).size(), 1u);
  EXPECT_EQ(EncodeSenderFrame(BatchFrame{.view = view}, size - 1).size(), 2u);
}

TEST(SenderFrameCodecTest, TakesABatchInPartsUpToItsLimitAndNotBeyond) {
  const BatchView view = MakeTestBatch(10, 50);
  const size_t size = EncodeEventBatch(*view.batch).size();
  const auto parts = EncodeSenderFrame(BatchFrame{.view = view}, size / 2 + 1);
  ASSERT_EQ(parts.size(), 2u);
  SenderFrameDecoder enough(size), short_by_one(size - 1);
  EXPECT_TRUE(enough.Decode(Joined(parts[0])).ok());
  EXPECT_TRUE(enough.Decode(Joined(parts[1])).ok());
  EXPECT_TRUE(short_by_one.Decode(Joined(parts[0])).ok());
  EXPECT_TRUE(
      absl::IsInvalidArgument(short_by_one.Decode(Joined(parts[1])).status()));
}

TEST(SenderFrameCodecTest, RefusesAnotherBatchWithinABatch) {
  v1::PublishRequest request;
  request.mutable_batch()->set_sequence(1);
  request.mutable_batch()->set_continued(true);
  SenderFrameDecoder decoder;
  ASSERT_TRUE(
      decoder.Decode(SharedBytes::FromString(request.SerializeAsString()))
          .ok());
  request.mutable_batch()->set_sequence(2);
  EXPECT_TRUE(absl::IsInvalidArgument(
      decoder.Decode(SharedBytes::FromString(request.SerializeAsString()))
          .status()));
}

TEST(SenderFrameCodecTest, SaysWhichBatchCannotBeRead) {
  const BatchView view = MakeTestBatch(9);
  v1::PublishRequest request;
  request.mutable_batch()->set_sequence(5);
  for (const auto& [events, bitmap] :
       std::vector<std::pair<std::string, std::string>>{
           {"no batch", ""},
           {std::string(EncodeEventBatch(*view.batch).view()), "x"},
           {std::string(EncodeEventBatch(*view.batch).view()), "\x01\x02"}}) {
    request.mutable_batch()->set_events(events);
    request.mutable_batch()->set_row_bitmap(bitmap);
    const auto frame = DecodeOne(request.SerializeAsString());
    ASSERT_TRUE(frame.ok());
    const auto& batch = std::get<BatchFrame>(**frame);
    EXPECT_EQ(batch.sequence, 5);
    EXPECT_EQ(batch.view.batch, nullptr);
    EXPECT_TRUE(absl::IsInvalidArgument(batch.unreadable)) << batch.unreadable;
  }
}

TEST(SenderFrameCodecTest, RefusesWhatIsNoFrame) {
  EXPECT_TRUE(absl::IsInvalidArgument(DecodeOne("").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(DecodeOne("garbage").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(DecodeOne("\x12\xff").status()));
}

TEST(ReceiverFrameCodecTest, KeepsStreamOpened) {
  const StreamOpened opened = RoundTripBack(StreamOpened{
      7, {.quota = {.bytes = 10, .count = 3}, .limited_by = "x"}, "first"});
  EXPECT_EQ(opened.received_sequence, 7);
  EXPECT_EQ(opened.credit.quota, (Quota{.bytes = 10, .count = 3}));
  EXPECT_EQ(opened.credit.limited_by, "x");
  EXPECT_EQ(opened.instance_id, "first");
}

TEST(ReceiverFrameCodecTest, KeepsDrain) {
  EXPECT_EQ(RoundTripBack(Drain{absl::Seconds(2.5)}).grace_period,
            absl::Seconds(2.5));
}

TEST(ReceiverFrameCodecTest, KeepsAnOutcomeARow) {
  auto mixed = std::make_shared<BatchOutcome>(3, Outcome::kDelivered);
  mixed->Merge(1, Outcome::kRetry);
  const Acknowledgement acknowledgement = RoundTripBack(Acknowledgement{
      4, {{5, mixed}}, Credit{.quota = {.bytes = 1, .count = 2}}});
  EXPECT_EQ(acknowledgement.acknowledged_sequence, 4);
  EXPECT_EQ(acknowledgement.credit->quota, (Quota{.bytes = 1, .count = 2}));
  const BatchOutcome& outcome = *acknowledgement.results[0].outcome;
  EXPECT_EQ(acknowledgement.results[0].sequence, 5);
  ASSERT_EQ(outcome.size(), 3u);
  EXPECT_EQ(outcome.at(0), Outcome::kDelivered);
  EXPECT_EQ(outcome.at(1), Outcome::kRetry);
}

TEST(ReceiverFrameCodecTest, SaysOneOutcomeForAllInOneByte) {
  const std::string message = EncodeReceiverFrame(Acknowledgement{
      1,
      {{1, std::make_shared<BatchOutcome>(50'000, Outcome::kDelivered)}},
      {}});
  EXPECT_LT(message.size(), 20u);
  EXPECT_FALSE(RoundTripBack(Acknowledgement{}).credit.has_value());
}

TEST(ReceiverFrameCodecTest, KeepsReasonsAndSharesThoseOfNeighbours) {
  auto outcome = std::make_shared<BatchOutcome>(3, Outcome::kRejected);
  absl::Status status = absl::InvalidArgumentError("bad");
  status.SetPayload("type.googleapis.com/x", absl::Cord("detail"));
  for (uint32_t row : {0, 2}) outcome->AddDetail({row, "sink 'a'", status});
  outcome->AddDetail({1, "sink 'b'", status});
  const Acknowledgement sent{0, {{1, outcome}}, {}};
  v1::PublishResponse response;
  ASSERT_TRUE(response.ParseFromString(EncodeReceiverFrame(sent)));
  EXPECT_EQ(response.acknowledgement().results(0).reasons_size(), 2);

  const auto details = RoundTripBack(sent).results[0].outcome->details();
  ASSERT_EQ(details.size(), 3u);
  EXPECT_EQ(details[1].row, 2u);
  EXPECT_EQ(details[1].status, status);
  EXPECT_EQ(details[2].component, "sink 'b'");
}

TEST(ReceiverFrameCodecTest, ExplainsAsManyRowsAsItMayAndNotOneMore) {
  auto outcome = std::make_shared<BatchOutcome>(1, Outcome::kRejected);
  for (uint32_t row = 0; row <= kMaxReasonsPerBatch; ++row) {
    outcome->AddDetail({row, "sink", absl::InvalidArgumentError("bad")});
  }
  const auto told = RoundTripBack(Acknowledgement{0, {{1, outcome}}, {}});
  EXPECT_EQ(told.results[0].outcome->details().size(), kMaxReasonsPerBatch);
}

Acknowledgement AcknowledgementOf(int64_t sequence) {
  return {sequence,
          {{sequence, std::make_shared<BatchOutcome>(1, Outcome::kDelivered)}},
          {}};
}

TEST(ReceiverFrameCodecTest, MergesAcknowledgementsInOrder) {
  ReceiverFrame frame = AcknowledgementOf(1);
  ASSERT_TRUE(MergeReceiverFrames(frame, AcknowledgementOf(2)));
  const Credit credit{.quota = {.bytes = 1, .count = 2}};
  ASSERT_TRUE(MergeReceiverFrames(frame, Acknowledgement{2, {}, credit}));
  ASSERT_TRUE(MergeReceiverFrames(frame, AcknowledgementOf(3)));
  const auto merged = RoundTripBack(std::get<Acknowledgement>(frame));
  EXPECT_EQ(merged.acknowledged_sequence, 3);
  ASSERT_EQ(merged.results.size(), 3u);
  EXPECT_EQ(merged.results[2].sequence, 3);
  EXPECT_EQ(merged.credit->quota, credit.quota);
}

TEST(ReceiverFrameCodecTest, MergesAsManyResultsAsItMayAndNotOneMore) {
  ReceiverFrame frame = Acknowledgement{};
  for (size_t i = 1; i <= kMaxResultsPerMessage; ++i) {
    EXPECT_TRUE(MergeReceiverFrames(frame, AcknowledgementOf(i)));
  }
  EXPECT_FALSE(MergeReceiverFrames(frame, AcknowledgementOf(99)));
  EXPECT_EQ(std::get<Acknowledgement>(frame).results.size(),
            kMaxResultsPerMessage);
}

TEST(ReceiverFrameCodecTest, MergesNeitherReasonsNorOtherFrames) {
  auto refused = std::make_shared<BatchOutcome>(1, Outcome::kRejected);
  refused->AddDetail({0, "sink", absl::InvalidArgumentError("bad")});
  const ReceiverFrame reasons = Acknowledgement{1, {{1, refused}}, {}};
  ReceiverFrame plain = AcknowledgementOf(1);
  EXPECT_FALSE(MergeReceiverFrames(plain, reasons));
  EXPECT_FALSE(MergeReceiverFrames(plain, Drain{}));
  ReceiverFrame drain = Drain{};
  EXPECT_FALSE(MergeReceiverFrames(drain, plain));
  EXPECT_EQ(std::get<Acknowledgement>(plain).results.size(), 1u);
}

TEST(ReceiverFrameCodecTest, RefusesWhatNoReceiverSays) {
  v1::PublishResponse response;
  v1::BatchResult& result = *response.mutable_acknowledgement()->add_results();
  auto refused = [&response] {
    return absl::IsInvalidArgument(
        DecodeReceiverFrame(response.SerializeAsString()).status());
  };
  EXPECT_TRUE(refused()) << "no outcomes";
  result.set_outcomes("\x0a");
  EXPECT_TRUE(refused()) << "an outcome that stages do not tell";
  result.set_outcomes(std::string(EventBatch::kMaxEvents + 1, '\4'));
  EXPECT_TRUE(refused()) << "more outcomes than a batch has rows";
  result.set_outcomes("\4");
  EXPECT_FALSE(refused());
  result.add_reasons()->add_rows(-1);
  EXPECT_TRUE(refused()) << "a reason for no row";
  EXPECT_FALSE(DecodeReceiverFrame("").ok());
  EXPECT_FALSE(DecodeReceiverFrame("garbage").ok());
}

}  // namespace
}  // namespace phoenix::flow
