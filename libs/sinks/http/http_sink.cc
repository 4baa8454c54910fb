#include "libs/sinks/http/http_sink.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "libs/base/status_macros.h"
#include "libs/component/sink_decorators/held_back.h"
#include "libs/component/sink_decorators/retry_after.h"

namespace phoenix {
namespace {

constexpr int kBadRequest = 400;
constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kRequestTimeout = 408;
constexpr int kContentTooLarge = 413;
constexpr int kUnprocessableContent = 422;
constexpr int kTooEarly = 425;
constexpr int kTooManyRequests = 429;

absl::StatusCode CodeOf(int http_status) {
  switch (http_status) {
    case kUnauthorized:
      return absl::StatusCode::kUnauthenticated;
    case kForbidden:
      return absl::StatusCode::kPermissionDenied;
    case kTooManyRequests:
      return absl::StatusCode::kResourceExhausted;
    case kBadRequest:
    case kContentTooLarge:
    case kUnprocessableContent:
      return absl::StatusCode::kInvalidArgument;
    default:
      return VerdictOf(http_status) == Verdict::kRetry
                 ? absl::StatusCode::kUnavailable
                 : absl::StatusCode::kFailedPrecondition;
  }
}

}  // namespace

Verdict VerdictOf(int http_status) {
  if (http_status >= 200 && http_status < 300) return Verdict::kDelivered;
  if (http_status >= 500 && http_status < 600) return Verdict::kRetry;
  switch (http_status) {
    case kRequestTimeout:
    case kTooEarly:
    case kTooManyRequests:
      return Verdict::kRetry;
    case kBadRequest:
    case kContentTooLarge:
    case kUnprocessableContent:
      return Verdict::kTooMany;
    default:
      return Verdict::kRefused;
  }
}

absl::Status StatusOfAnswer(const HttpAnswer& answer) {
  absl::Status status(
      CodeOf(answer.status),
      absl::StrFormat("server answered %d%s%s", answer.status,
                      answer.excerpt.empty() ? "" : ": ", answer.excerpt));
  if (answer.retry_after.has_value()) {
    SetRetryAfter(status, *answer.retry_after);
  }
  return status;
}

HttpSink::HttpSink(Options options, std::unique_ptr<RowEncoder> encoder,
                   std::unique_ptr<HttpClient> client)
    : options_(std::move(options)),
      encoder_(std::move(encoder)),
      client_(std::move(client)) {}

void HttpSink::Write(BatchView view, SettleCallback settle) {
  held_up_ = absl::OkStatus();
  encoder_->Encode(view, rows_);
  auto write = std::make_shared<WriteInProgress>(
      view.batch->size(), view.rows, options_.name, std::move(settle));
  auto error = rows_.errors.begin();
  for (size_t i = 0; i < view.rows.size(); ++i) {
    if (error != rows_.errors.end() && error->index == i) {
      write->Settle(i, i + 1, Outcome::kRejected, error->status);
      ++error;
      continue;
    }
    const std::string_view line = rows_.lines[i];
    if (pending_.size() >= options_.max_batch_events ||
        pending_.bytes() + line.size() > options_.max_batch_bytes) {
      SendPending();
    }
    if (!held_up_.ok()) {
      write->Settle(i, i + 1, Outcome::kRetry, held_up_);
      continue;
    }
    pending_.Add(line, write, i, IdentityHash(*view.batch, view.rows[i]));
  }
}

void HttpSink::Flush() {
  held_up_ = absl::OkStatus();
  SendPending();
}

void HttpSink::SendPending() {
  if (pending_.empty()) return;
  Send(0, pending_.size());
  pending_.Clear();
}

absl::Status HttpSink::Close() {
  Flush();
  return absl::OkStatus();
}

void HttpSink::Send(size_t begin, size_t end) {
  if (!held_up_.ok()) {
    pending_.Settle(begin, end, Outcome::kRetry, held_up_);
    return;
  }
  const absl::StatusOr<HttpAnswer> answer = Post(begin, end);
  const Verdict verdict =
      answer.ok() ? VerdictOf(answer->status) : Verdict::kRetry;
  if (verdict == Verdict::kDelivered) {
    pending_.Settle(begin, end, Outcome::kDelivered, absl::OkStatus());
  } else if (verdict == Verdict::kTooMany && end - begin > 1) {
    const size_t middle = begin + (end - begin) / 2;
    Send(begin, middle);
    Send(middle, end);
  } else if (verdict == Verdict::kRetry) {
    const absl::Status why =
        answer.ok() ? StatusOfAnswer(*answer) : answer.status();
    pending_.Settle(begin, end, Outcome::kRetry, why);
    held_up_ = HeldBack(why);
  } else {
    pending_.Settle(begin, end, Outcome::kRejected, StatusOfAnswer(*answer));
  }
}

absl::StatusOr<HttpAnswer> HttpSink::Post(size_t begin, size_t end) {
  ++requests_;
  pending_.Build(begin, end, options_.array, body_);
  const std::string key = pending_.Key(begin, end);
  HttpPost post = {.body = body_,
                   .content_encoding = ContentEncoding(options_.compression),
                   .idempotency_key = key};
  if (options_.compression != BodyCompression::kNone) {
    PHOENIX_RETURN_IF_ERROR(
        CompressBody(options_.compression, body_, compressed_));
    post.body = compressed_;
  }
  return client_->Post(post);
}

uint64_t HttpSink::IdentityHash(const EventBatch& batch, uint32_t row) {
  const std::string_view source =
      batch.attribute(Attribute::kSource).Get(row, scratch_);
  const uint64_t seed = StableHash(source, 0);
  return StableHash(batch.attribute(Attribute::kId).Get(row, scratch_), seed);
}

size_t HttpSink::max_memory_bytes() const {
  // The pending lines, the body made of them, and that compressed.
  const size_t copies = options_.compression == BodyCompression::kNone ? 2 : 3;
  return copies * options_.max_batch_bytes;
}

std::vector<std::string> HttpSink::Report() const {
  return {absl::StrFormat("%d requests", requests_)};
}

}  // namespace phoenix
