#include "libs/event/json_body_decoder.h"

#include <memory>
#include <utility>

#include "absl/types/span.h"
#include "libs/base/status_macros.h"
#include "libs/event/event_reason.h"
#include "libs/event/json_error_status.h"
#include "libs/event/status_text.h"

namespace phoenix {
namespace {

constexpr size_t kMaxBodyBytes = 0xFFFFFFFF;  // Offsets have 32 bits.

}  // namespace

JsonBodyDecoder::JsonBodyDecoder(JsonBodyOptions options)
    : options_(std::move(options)) {}

absl::StatusOr<DecodedBatch> JsonBodyDecoder::Decode(
    const SharedBytes& body, int64_t receive_time_nanos) {
  PHOENIX_RETURN_IF_ERROR(Index(body));
  rows_.clear();
  index_ = JsonIndex{{}, {0}};
  const ByteRange all{0, static_cast<uint32_t>(body.size())};
  JsonTokens tokens(body.view(), all, body_index_, 0);
  DecodedBatch decoded;
  const bool is_array = tokens.Peek() == '[';
  if (!is_array) TakeElement(body, 0, tokens, decoded.errors);
  for (uint64_t i = 0; is_array && tokens.NextElement(); ++i) {
    if (i == EventBatch::kMaxEvents) {
      return InvalidArgument("body has more than '", i, "' events");
    }
    TakeElement(body, i, tokens, decoded.errors);
  }
  if (!rows_.empty()) decoded.batch = MakeBatch(body, receive_time_nanos);
  return decoded;
}

absl::Status JsonBodyDecoder::Index(const SharedBytes& body) {
  if (body.size() >= kMaxBodyBytes) {
    return InvalidArgument("body has '", body.size(),
                           "' bytes, expected fewer than '", kMaxBodyBytes,
                           "'");
  }
  errors_.clear();
  const ByteRange all{0, static_cast<uint32_t>(body.size())};
  indexer_.Index(body.view(), absl::MakeConstSpan(&all, 1), body_index_,
                 errors_);
  return errors_.empty() ? absl::OkStatus() : JsonErrorStatus(errors_[0]);
}

// The element's tokens are those of the body from its first to its last.
void JsonBodyDecoder::TakeElement(const SharedBytes& body, uint64_t position,
                                  JsonTokens& tokens,
                                  std::vector<DecodeError>& errors) {
  const uint32_t first = tokens.position();
  const ByteRange range = tokens.TakeValue();
  if (range.size() > options_.max_event_bytes) {
    errors.push_back(
        {position,
         EventTooLarge(InvalidArgument(
             "event has '", range.size(), "' bytes, expected at most '",
             options_.max_event_bytes, "' (max_event_bytes)")),
         body.Part(range.begin, range.end)});
    return;
  }
  rows_.push_back(range);
  const auto begin = body_index_.tokens.begin();
  index_.tokens.insert(index_.tokens.end(), begin + first,
                       begin + tokens.position());
  index_.first.push_back(static_cast<uint32_t>(index_.tokens.size()));
}

EventBatchPtr JsonBodyDecoder::MakeBatch(const SharedBytes& body,
                                         int64_t receive_time_nanos) {
  PayloadColumn payload;
  payload.blob = body;
  payload.ranges =
      std::make_shared<const std::vector<ByteRange>>(std::move(rows_));
  payload.json_index = std::make_shared<const JsonIndex>(std::move(index_));
  EventBatchPtr batch = MakePayloadBatch(std::move(payload), options_.defaults,
                                         next_id_, receive_time_nanos);
  next_id_ += batch->size();
  return batch;
}

}  // namespace phoenix
