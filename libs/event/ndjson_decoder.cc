#include "libs/event/ndjson_decoder.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "libs/event/event_reason.h"
#include "libs/event/json_error_status.h"
#include "libs/event/status_text.h"

namespace phoenix {
namespace {

bool IsBlank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

// So that there always is room to read into.
constexpr size_t kMinBufferBytes = 64;

NdjsonOptions WithinBounds(NdjsonOptions options) {
  options.buffer_bytes = std::max(options.buffer_bytes, kMinBufferBytes);
  options.max_batch_events =
      std::clamp(options.max_batch_events, 1u, EventBatch::kMaxEvents);
  return options;
}

uint64_t CountNewlines(std::string_view text) {
  return std::count(text.begin(), text.end(), '\n');
}

bool IsBefore(const DecodeError& a, const DecodeError& b) {
  return a.position < b.position;
}

}  // namespace

NdjsonDecoder::NdjsonDecoder(NdjsonOptions options)
    : options_(WithinBounds(std::move(options))) {}

absl::Span<char> NdjsonDecoder::Buffer() {
  if (buffer_ == nullptr) MakeRoom();
  return absl::MakeSpan(buffer_.get() + end_, capacity_ - end_);
}

void NdjsonDecoder::set_buffer_bytes(size_t bytes) {
  options_.buffer_bytes = std::max(bytes, kMinBufferBytes);
}

void NdjsonDecoder::Decode(int64_t receive_time_nanos,
                           std::vector<DecodedBatch>& out) {
  const SharedBytes input(
      buffer_, std::string_view(buffer_.get() + begin_, end_ - begin_));
  begin_ += DecodeLines(input, false, receive_time_nanos, out);
  SkipUnfinishedLineIfTooLong(out);
  MakeRoom();
}

void NdjsonDecoder::Feed(std::string_view bytes, int64_t receive_time_nanos,
                         std::vector<DecodedBatch>& out) {
  while (!bytes.empty()) {
    const absl::Span<char> room = Buffer();
    const size_t size = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), size);
    Commit(size);
    bytes.remove_prefix(size);
    Decode(receive_time_nanos, out);
  }
}

void NdjsonDecoder::Finish(int64_t receive_time_nanos,
                           std::vector<DecodedBatch>& out) {
  const SharedBytes input(
      buffer_, std::string_view(buffer_.get() + begin_, end_ - begin_));
  DecodeLines(input, true, receive_time_nanos, out);
  buffer_ = nullptr;
  capacity_ = begin_ = end_ = 0;
  in_use_ = skipping_ = false;
  next_line_ = 1;
}

void NdjsonDecoder::DecodeWhole(const SharedBytes& input,
                                int64_t receive_time_nanos,
                                std::vector<DecodedBatch>& out) {
  DecodeLines(input, true, receive_time_nanos, out);
  in_use_ = false;
  next_line_ = 1;
}

// Returns how many bytes are done with.
size_t NdjsonDecoder::DecodeLines(const SharedBytes& input, bool ended,
                                  int64_t now, std::vector<DecodedBatch>& out) {
  size_t done = skipping_ ? SkipOverlongLine(input.view()) : 0;
  while (true) {
    first_line_ = next_line_;
    const size_t size = ScanBatch(input.view().substr(done), ended);
    if (size == 0) return done;
    MakeBatch(input.Part(done, done + size), now, out);
    done += size;
  }
}

// Finds the lines of the next batch; returns how many bytes they cover.
size_t NdjsonDecoder::ScanBatch(std::string_view input, bool ended) {
  rows_.clear();
  size_t at = 0;
  while (at < input.size() && at < options_.buffer_bytes &&
         rows_.size() < options_.max_batch_events) {
    const void* newline =
        std::memchr(input.data() + at, '\n', input.size() - at);
    if (newline == nullptr && !ended) break;
    const size_t end = newline == nullptr
                           ? input.size()
                           : static_cast<const char*>(newline) - input.data();
    TakeLine(input.substr(at, end - at), at);
    at = std::min(end + 1, input.size());
  }
  return at;
}

void NdjsonDecoder::TakeLine(std::string_view line, size_t begin) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  if (line.size() > options_.max_event_bytes) {
    ReportTooLong();
  } else if (!IsBlank(line)) {
    rows_.push_back({static_cast<uint32_t>(begin),
                     static_cast<uint32_t>(begin + line.size())});
  }
  ++next_line_;
}

void NdjsonDecoder::MakeBatch(const SharedBytes& input, int64_t now,
                              std::vector<DecodedBatch>& out) {
  auto index = std::make_shared<JsonIndex>();
  json_errors_.clear();
  if (!rows_.empty()) IndexRows(input.view(), *index);
  DecodedBatch decoded;
  decoded.errors = TakeErrors(input);
  decoded.last_line = next_line_ - 1;
  if (!json_errors_.empty()) DropInvalidRows(*index);
  if (!rows_.empty()) {
    PayloadColumn payload;
    payload.blob = input;
    payload.ranges = std::make_shared<const std::vector<ByteRange>>(rows_);
    payload.json_index = std::move(index);
    decoded.batch =
        MakePayloadBatch(std::move(payload), options_.defaults, next_id_, now);
    next_id_ += rows_.size();
  }
  if (decoded.batch == nullptr && decoded.errors.empty()) return;
  in_use_ = true;
  out.push_back(std::move(decoded));
}

// Batches of one input are much alike: what the last one needed saves this one
// from growing, which would copy.
void NdjsonDecoder::IndexRows(std::string_view input, JsonIndex& index) {
  constexpr double kReserve = 1.1;
  index.tokens.reserve(
      static_cast<size_t>(kReserve * tokens_per_byte_ * input.size()));
  index.first.reserve(rows_.size() + 1);
  indexer_.Index(input, rows_, index, json_errors_);
  tokens_per_byte_ = static_cast<double>(index.tokens.size()) / input.size();
}

// The errors of the batch, those of JSON among them.
std::vector<DecodeError> NdjsonDecoder::TakeErrors(const SharedBytes& input) {
  std::vector<DecodeError> errors = std::exchange(errors_, {});
  const size_t overlong = errors.size();
  uint64_t line = first_line_;
  uint32_t counted = 0;
  for (const JsonError& error : json_errors_) {
    const ByteRange row = rows_[error.row];
    line += CountNewlines(ByteRange{counted, row.begin}.In(input.view()));
    counted = row.begin;
    errors.push_back(
        {line, JsonErrorStatus(error), input.Part(row.begin, row.end)});
  }
  std::inplace_merge(errors.begin(), errors.begin() + overlong, errors.end(),
                     IsBefore);
  return errors;
}

// The tokens of an invalid row are empty: only its place in `first` is to go.
void NdjsonDecoder::DropInvalidRows(JsonIndex& index) {
  size_t kept = 0;
  auto error = json_errors_.begin();
  for (uint32_t row = 0; row < rows_.size(); ++row) {
    if (error != json_errors_.end() && error->row == row) {
      ++error;
      continue;
    }
    rows_[kept] = rows_[row];
    index.first[kept] = index.first[row];
    ++kept;
  }
  index.first[kept] = index.first[rows_.size()];
  index.first.resize(kept + 1);
  rows_.resize(kept);
}

void NdjsonDecoder::ReportTooLong() {
  errors_.push_back({next_line_,
                     EventTooLarge(InvalidArgument(
                         "line is longer than '", options_.max_event_bytes,
                         "' bytes (", options_.limit_name, ")")),
                     SharedBytes()});
}

// A carriage return at the end may belong to the line's end.
bool NdjsonDecoder::IsTooLong(std::string_view unfinished_line) const {
  if (!unfinished_line.empty() && unfinished_line.back() == '\r') {
    unfinished_line.remove_suffix(1);
  }
  return unfinished_line.size() > options_.max_event_bytes;
}

// Returns how many bytes of the input belong to the line that is skipped.
size_t NdjsonDecoder::SkipOverlongLine(std::string_view input) {
  const size_t newline = input.find('\n');
  if (newline == std::string_view::npos) return input.size();
  skipping_ = false;
  ++next_line_;
  return newline + 1;
}

void NdjsonDecoder::SkipUnfinishedLineIfTooLong(
    std::vector<DecodedBatch>& out) {
  const std::string_view line(buffer_.get() + begin_, end_ - begin_);
  if (skipping_ || !IsTooLong(line)) return;
  ReportTooLong();
  out.push_back({nullptr, std::exchange(errors_, {}), next_line_ - 1});
  skipping_ = true;
  begin_ = end_;
}

// Moves the unfinished line to where there is room behind it: nowhere, as long
// as a quarter of the buffer is free.
void NdjsonDecoder::MakeRoom() {
  const size_t unfinished = end_ - begin_;
  if (capacity_ - end_ > 0 && capacity_ - end_ >= capacity_ / 4) return;
  const size_t capacity = std::max(options_.buffer_bytes, 2 * unfinished);
  auto buffer = buffer_;
  if (in_use_ || capacity > capacity_) {
    buffer = std::make_shared_for_overwrite<char[]>(capacity);
    capacity_ = capacity;
    in_use_ = false;
  }
  if (unfinished > 0) {
    std::memmove(buffer.get(), buffer_.get() + begin_, unfinished);
  }
  buffer_ = std::move(buffer);
  begin_ = 0;
  end_ = unfinished;
}

}  // namespace phoenix
