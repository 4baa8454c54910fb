#include "libs/sinks/http/http_sink.h"

#include <utility>

#include "absl/strings/str_format.h"

namespace phoenix {

HttpSink::HttpSink(Options options, std::unique_ptr<RowEncoder> encoder,
                   std::unique_ptr<HttpClient> client, Clock& clock)
    : options_(std::move(options)),
      encoder_(std::move(encoder)),
      requests_(options_.requests, std::move(client), clock),
      pending_(options_.key.has_value() ? requests_.lane_count() : 1) {}

void HttpSink::Write(BatchView view, SettleCallback settle) {
  requests_.Resume();
  encoder_->Encode(view, rows_);
  auto write = std::make_shared<WriteInProgress>(
      view.batch->size(), view.rows, options_.name, std::move(settle));
  auto error = rows_.errors.begin();
  for (size_t i = 0; i < view.rows.size(); ++i) {
    if (error != rows_.errors.end() && error->index == i) {
      write->Settle(i, i + 1, Outcome::kRejected, error->status);
      ++error;
    } else {
      AddRow(write, view, i);
    }
  }
  if (!requests_.held_up().ok()) HoldBackPending();
}

void HttpSink::AddRow(const std::shared_ptr<WriteInProgress>& write,
                      const BatchView& view, size_t index) {
  const uint32_t row = view.rows[index];
  const std::string_view line = rows_.lines[index];
  const size_t to = PendingOf(*view.batch, row);
  if (IsFull(pending_[to], line)) SendPending(to, /*full=*/true);
  if (requests_.held_up().ok()) {
    pending_[to].Add(line, write, index, IdentityHash(*view.batch, row));
  } else {
    write->Settle(index, index + 1, Outcome::kRetry, requests_.held_up());
  }
}

bool HttpSink::IsFull(const PendingRequest& pending,
                      std::string_view line) const {
  return pending.size() >= options_.max_batch_events ||
         pending.bytes() + line.size() > options_.max_batch_bytes;
}

size_t HttpSink::PendingOf(const EventBatch& batch, uint32_t row) {
  if (pending_.size() == 1) return 0;
  scratch_.clear();
  reader_.SetRow(batch, row);
  reader_.Append(*options_.key, scratch_);
  return StableHash(scratch_, 0) % pending_.size();
}

void HttpSink::SendPending(size_t index, bool full) {
  PendingRequest& pending = pending_[index];
  if (pending.empty()) return;
  const size_t lane =
      options_.key.has_value() ? index : requests_.WaitForFreeLane();
  requests_.Send(lane, pending, full);
}

void HttpSink::Flush() {
  requests_.Resume();
  for (size_t i = 0; i < pending_.size(); ++i) SendPending(i, /*full=*/false);
  requests_.Drain();
  if (!requests_.held_up().ok()) HoldBackPending();
}

// What is to be tried again is written anew: nothing that came later may stand
// before it, and nothing may be under way.
void HttpSink::HoldBackPending() {
  requests_.Drain();
  for (PendingRequest& pending : pending_) {
    pending.Settle(0, pending.size(), Outcome::kRetry, requests_.held_up());
    pending.Clear();
  }
}

absl::Status HttpSink::Close() {
  Flush();
  return absl::OkStatus();
}

uint64_t HttpSink::IdentityHash(const EventBatch& batch, uint32_t row) {
  const std::string_view source =
      batch.attribute(Attribute::kSource).Get(row, scratch_);
  const uint64_t seed = StableHash(source, 0);
  return StableHash(batch.attribute(Attribute::kId).Get(row, scratch_), seed);
}

size_t HttpSink::max_memory_bytes() const {
  // Of a request under way the lines, the body made of them, and that
  // compressed.
  const bool compressed =
      options_.requests.compression != BodyCompression::kNone;
  const size_t copies = requests_.lane_count() * (compressed ? 3 : 2);
  return (copies + pending_.size()) * options_.max_batch_bytes;
}

void HttpSink::PublishMetrics(MetricsRegistry& registry) {
  requests_.PublishMetrics(registry, {{label::kComponentType, "http"},
                                      {label::kComponentName, options_.name}});
}

std::vector<std::string> HttpSink::Report() const {
  std::vector<std::string> lines = {
      absl::StrFormat("%d requests", requests_.requests())};
  if (requests_.circuit_state() == CircuitBreaker::State::kOpen) {
    lines.push_back("circuit is open: the server fails again and again");
  }
  return lines;
}

}  // namespace phoenix
