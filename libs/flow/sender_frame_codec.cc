#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"
#include "libs/base/status_macros.h"
#include "libs/event/batch_codec.h"
#include "libs/flow/frame_codec.h"
#include "libs/flow/stream_error.h"
#include "phoenix/flow/v1/pipeline_service.pb.h"

namespace phoenix::flow {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;

constexpr uint32_t kBatchTag =
    WireFormatLite::MakeTag(v1::PublishRequest::kBatchFieldNumber,
                            WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
constexpr uint32_t kEventsTag =
    WireFormatLite::MakeTag(v1::BatchFrame::kEventsFieldNumber,
                            WireFormatLite::WIRETYPE_LENGTH_DELIMITED);

// --- Rows ---

std::string ToBitmap(const BatchView& view) {
  const uint32_t size = view.batch->size();
  if (view.rows.size() == size) return "";
  std::string bitmap((size + 7) / 8, '\0');
  for (uint32_t row : view.rows) {
    bitmap[row / 8] = static_cast<char>(bitmap[row / 8] | 1 << (row % 8));
  }
  return bitmap;
}

absl::Status FromBitmap(std::string_view bitmap, uint32_t size,
                        Selection& rows) {
  if (bitmap.empty()) {
    SelectAll(size, rows);
    return absl::OkStatus();
  }
  if (bitmap.size() != (size + 7) / 8) {
    return absl::InvalidArgumentError(absl::StrCat(
        "row_bitmap has '", bitmap.size(), "' bytes for '", size, "' rows"));
  }
  for (uint32_t row = 0; row < bitmap.size() * 8; ++row) {
    if ((bitmap[row / 8] >> (row % 8) & 1) == 0) continue;
    if (row >= size) {
      return absl::InvalidArgumentError(
          absl::StrCat("row_bitmap selects row '", row, "' of '", size, "'"));
    }
    rows.push_back(row);
  }
  return absl::OkStatus();
}

// --- Encoding ---

void AppendTagAndLength(std::string& out, uint32_t tag, size_t length) {
  uint8_t buffer[16];
  uint8_t* end = CodedOutputStream::WriteVarint32ToArray(tag, buffer);
  end = CodedOutputStream::WriteVarint64ToArray(length, end);
  out.append(reinterpret_cast<const char*>(buffer), end - buffer);
}

// `batch` as a PublishRequest up to where `events` begin, its last field.
EncodedRequest WithEvents(const v1::BatchFrame& batch, BytePieces events) {
  std::string inner = batch.SerializeAsString();
  if (!events.empty()) AppendTagAndLength(inner, kEventsTag, events.size());
  EncodedRequest request;
  AppendTagAndLength(request.head, kBatchTag, inner.size() + events.size());
  request.head += inner;
  request.events = std::move(events);
  return request;
}

std::vector<EncodedRequest> Encode(const OpenStream& open,
                                   size_t max_event_bytes) {
  v1::PublishRequest request;
  request.mutable_open()->set_stream_id(open.stream_id);
  request.mutable_open()->set_sender(open.sender);
  request.mutable_open()->set_pipeline(open.pipeline);
  request.mutable_open()->set_resume_sequence(open.resume_sequence);
  std::vector<EncodedRequest> requests;
  requests.push_back({request.SerializeAsString(), {}});
  return requests;
}

std::vector<EncodedRequest> Encode(const BatchFrame& frame,
                                   size_t max_event_bytes) {
  v1::BatchFrame batch;
  batch.set_sequence(frame.sequence);
  batch.set_settled_sequence(frame.settled_sequence);
  batch.set_accounted_bytes(frame.accounted_bytes);
  BytePieces events;
  if (frame.view.batch != nullptr) {
    batch.set_row_bitmap(ToBitmap(frame.view));
    events = EncodeSelection(frame.view);
  }
  std::vector<EncodedRequest> requests;
  size_t begin = 0;
  for (; events.size() - begin > max_event_bytes; begin += max_event_bytes) {
    batch.set_continued(true);
    requests.push_back(
        WithEvents(batch, events.Part(begin, begin + max_event_bytes)));
    batch.clear_row_bitmap();
  }
  batch.set_continued(false);
  requests.push_back(WithEvents(batch, events.Part(begin, events.size())));
  return requests;
}

// --- Decoding ---

// One BatchFrame message, with its bytes where they lie.
struct Parsed {
  v1::BatchFrame fields;  // All but `events`.
  SharedBytes events;
};

// Notes the range of `events` and leaves the other fields to protobuf. False
// when the message is malformed, or laid out as no Phoenix sender does it.
bool SplitEvents(const SharedBytes& message, std::string_view& head,
                 SharedBytes& events) {
  CodedInputStream in(reinterpret_cast<const uint8_t*>(message.data()),
                      static_cast<int>(message.size()));
  uint32_t length = 0;
  if (in.ReadTag() != kBatchTag || !in.ReadVarint32(&length)) return false;
  const auto begin = static_cast<size_t>(in.CurrentPosition());
  if (length != message.size() - begin) return false;
  size_t end = begin;
  while (const uint32_t tag = in.ReadTag()) {
    if (tag == kEventsTag) {
      head = message.view().substr(begin, end - begin);
      const bool has_length = in.ReadVarint32(&length);
      const auto position = static_cast<size_t>(in.CurrentPosition());
      if (!has_length || position + length != message.size()) return false;
      events = message.Part(position, message.size());
      return true;
    }
    if (!WireFormatLite::SkipField(&in, tag)) return false;
    end = static_cast<size_t>(in.CurrentPosition());
  }
  head = message.view().substr(begin);
  return end == message.size();
}

std::optional<Parsed> ParseInPlace(const SharedBytes& message) {
  Parsed parsed;
  std::string_view head;
  if (!SplitEvents(message, head, parsed.events)) return std::nullopt;
  const auto size = static_cast<int>(head.size());
  if (!parsed.fields.ParseFromArray(head.data(), size)) return std::nullopt;
  return parsed;
}

BatchFrame ToFrame(const v1::BatchFrame& fields) {
  return {.sequence = fields.sequence(),
          .settled_sequence = fields.settled_sequence(),
          .accounted_bytes = fields.accounted_bytes()};
}

// The frame of a batch of which all bytes are there.
BatchFrame Complete(BatchFrame frame, std::string_view row_bitmap,
                    SharedBytes events) {
  if (events.empty()) return frame;
  auto batch = DecodeEventBatch(std::move(events));
  absl::Status status = batch.status();
  if (status.ok()) {
    status = FromBitmap(row_bitmap, (*batch)->size(), frame.view.rows);
  }
  if (status.ok()) {
    frame.view.batch = *std::move(batch);
  } else {
    frame.view = BatchView{};
    frame.unreadable = std::move(status);
  }
  return frame;
}

// A message that protobuf has parsed, for layouts that are not ours.
Parsed FromMessage(v1::BatchFrame& message) {
  Parsed parsed;
  parsed.events = SharedBytes::FromString(std::move(*message.mutable_events()));
  parsed.fields = std::move(message);
  return parsed;
}

OpenStream TakeOpen(const v1::OpenStream& open) {
  return {.stream_id = open.stream_id(),
          .sender = open.sender(),
          .pipeline = open.pipeline(),
          .resume_sequence = open.resume_sequence()};
}

}  // namespace

std::vector<EncodedRequest> EncodeSenderFrame(const SenderFrame& frame,
                                              size_t max_event_bytes) {
  return std::visit(
      [max_event_bytes](const auto& f) { return Encode(f, max_event_bytes); },
      frame);
}

absl::StatusOr<std::optional<SenderFrame>> SenderFrameDecoder::Decode(
    SharedBytes message) {
  if (message.size() > std::numeric_limits<int>::max()) {
    return InvalidFrame("a message of 2 GiB or more");
  }
  std::optional<Parsed> parsed = ParseInPlace(message);
  if (!parsed) {
    v1::PublishRequest request;
    if (!request.ParseFromArray(message.data(),
                                static_cast<int>(message.size()))) {
      return InvalidFrame("a message that is no PublishRequest");
    }
    if (request.has_open()) return TakeOpen(request.open());
    if (!request.has_batch()) {
      return StreamError(absl::StatusCode::kInvalidArgument, "FRAME_UNKNOWN",
                         "a frame that is neither open nor batch");
    }
    parsed = FromMessage(*request.mutable_batch());
  }
  return Assemble(ToFrame(parsed->fields), parsed->fields.row_bitmap(),
                  parsed->fields.continued(), std::move(parsed->events));
}

absl::StatusOr<std::optional<SenderFrame>> SenderFrameDecoder::Assemble(
    BatchFrame frame, std::string_view row_bitmap, bool continued,
    SharedBytes events) {
  if (!partial_ && !continued) {
    return Complete(std::move(frame), row_bitmap, std::move(events));
  }
  if (!partial_) {
    partial_ = Partial{std::move(frame), std::string(row_bitmap), {}};
  } else if (frame.sequence != partial_->frame.sequence) {
    return InvalidFrame(absl::StrCat("batch '", frame.sequence,
                                     "' came within batch '",
                                     partial_->frame.sequence, "'"));
  }
  if (partial_->events.size() + events.size() > max_batch_bytes_) {
    return InvalidFrame(absl::StrCat("batch '", frame.sequence,
                                     "' has more than '", max_batch_bytes_,
                                     "' bytes"));
  }
  partial_->events.append(events.data(), events.size());
  if (continued) return std::nullopt;
  Partial whole = *std::exchange(partial_, std::nullopt);
  return Complete(std::move(whole.frame), whole.row_bitmap,
                  SharedBytes::FromString(std::move(whole.events)));
}

}  // namespace phoenix::flow
