#include "libs/sources/file/row_decoder.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/byte_range.h"
#include "libs/base/json_text.h"
#include "libs/base/shared_bytes.h"
#include "libs/event/event_batch.h"
#include "libs/event/ndjson_decoder.h"
#include "libs/sources/file/csv_reader.h"

namespace phoenix {
namespace {

class NdjsonRows : public RowDecoder {
 public:
  explicit NdjsonRows(RowDecoderOptions options)
      : decoder_(DecoderOptions(std::move(options))) {}

  void Feed(std::string_view bytes, int64_t now_nanos,
            std::vector<DecodedBatch>& out) override {
    const size_t newline = bytes.rfind('\n');
    if (newline != std::string_view::npos) consumed_ = fed_ + newline + 1;
    fed_ += bytes.size();
    decoder_.Feed(bytes, now_nanos, out);
  }

  void Finish(int64_t now_nanos, std::vector<DecodedBatch>& out) override {
    if (fed_ > 0) decoder_.Finish(now_nanos, out);
    consumed_ = fed_;
  }

  uint64_t consumed() const override { return consumed_; }

 private:
  static NdjsonOptions DecoderOptions(RowDecoderOptions options) {
    NdjsonOptions result;
    result.defaults = std::move(options.defaults);
    result.max_event_bytes = options.max_row_bytes;
    result.limit_name = "max_row_bytes";
    return result;
  }

  NdjsonDecoder decoder_;
  uint64_t fed_ = 0;
  uint64_t consumed_ = 0;
};

class CsvRows : public RowDecoder {
 public:
  explicit CsvRows(RowDecoderOptions options) : options_(std::move(options)) {}

  void TakeHeader(const CsvRecord& record) {
    for (size_t i = 0; i < record.field_count; ++i) {
      names_.push_back(JsonText(record.fields[i].text));
    }
  }

  void Feed(std::string_view bytes, int64_t now_nanos,
            std::vector<DecodedBatch>& out) override {
    pending_ += bytes;
    Decode(/*ended=*/false, now_nanos, out);
  }

  void Finish(int64_t now_nanos, std::vector<DecodedBatch>& out) override {
    Decode(/*ended=*/true, now_nanos, out);
    consumed_ += pending_.size();
    pending_.clear();
  }

  uint64_t consumed() const override { return consumed_; }

 private:
  void Decode(bool ended, int64_t now_nanos, std::vector<DecodedBatch>& out) {
    size_t done = skipping_ ? SkipRest() : 0;
    while (ReadCsvRecord(std::string_view(pending_).substr(done), ended,
                         record_) == CsvResult::kRecord) {
      TakeRecord();
      done += record_.size;
      if (rows_.size() == EventBatch::kMaxEvents) MakeBatch(now_nanos, out);
    }
    consumed_ += done;
    pending_.erase(0, done);
    if (pending_.size() > options_.max_row_bytes && !ended) StartSkipping();
    MakeBatch(now_nanos, out);
  }

  void TakeRecord() {
    ++position_;
    const bool blank = record_.field_count == 1 && !record_.fields[0].quoted &&
                       record_.fields[0].text.empty();
    if (record_.size > options_.max_row_bytes) return RefuseAsTooLong();
    if (!record_.valid) {
      return Refuse(
          "closing quote is missing or text follows it: expected ',' "
          "or the end of the line");
    }
    if (blank) return;
    if (names_.empty()) return TakeHeader(record_);
    if (record_.field_count != names_.size()) {
      return Refuse(absl::StrCat("row has ", record_.field_count,
                                 " fields: expected ", names_.size(),
                                 " as the header has"));
    }
    const auto begin = static_cast<uint32_t>(blob_.size());
    AppendCsvObject(names_, record_, blob_);
    rows_.push_back({begin, static_cast<uint32_t>(blob_.size())});
  }

  void Refuse(std::string why) {
    errors_.push_back({position_, absl::InvalidArgumentError(why),
                       SharedBytes::FromString("row")});
  }

  void RefuseAsTooLong() {
    errors_.push_back({position_,
                       absl::InvalidArgumentError(absl::StrCat(
                           "row is longer than ", options_.max_row_bytes,
                           " bytes (max_row_bytes)")),
                       SharedBytes()});
  }

  void StartSkipping() {
    ++position_;
    RefuseAsTooLong();
    skipping_ = true;
    consumed_ += pending_.size();
    pending_.clear();
  }

  // Returns how many bytes belong to the row that is skipped: to its line's
  // end, since its quotes can't be trusted.
  size_t SkipRest() {
    const size_t newline = pending_.find('\n');
    if (newline == std::string::npos) return pending_.size();
    skipping_ = false;
    return newline + 1;
  }

  void MakeBatch(int64_t now_nanos, std::vector<DecodedBatch>& out) {
    if (rows_.empty() && errors_.empty()) return;
    DecodedBatch decoded;
    decoded.errors = std::exchange(errors_, {});
    if (!rows_.empty()) {
      const uint64_t first_id = next_id_;
      next_id_ += rows_.size();
      PayloadColumn payload;
      payload.blob = SharedBytes::FromString(std::exchange(blob_, {}));
      payload.ranges = std::make_shared<const std::vector<ByteRange>>(
          std::exchange(rows_, {}));
      decoded.batch = MakePayloadBatch(std::move(payload), options_.defaults,
                                       first_id, now_nanos);
    }
    out.push_back(std::move(decoded));
  }

  const RowDecoderOptions options_;
  std::vector<std::string> names_;  // As JSON strings.
  std::string pending_;             // An unfinished row, at most.
  CsvRecord record_;
  bool skipping_ = false;
  uint64_t position_ = 0;
  uint64_t consumed_ = 0;
  uint64_t next_id_ = 0;

  // Of the batch that is being made.
  std::string blob_;
  std::vector<ByteRange> rows_;
  std::vector<DecodeError> errors_;
};

}  // namespace

std::unique_ptr<RowDecoder> MakeNdjsonRowDecoder(RowDecoderOptions options) {
  return std::make_unique<NdjsonRows>(std::move(options));
}

std::unique_ptr<RowDecoder> MakeCsvRowDecoder(RowDecoderOptions options,
                                              std::string_view header) {
  auto rows = std::make_unique<CsvRows>(std::move(options));
  CsvRecord record;
  if (ReadCsvRecord(header, /*ended=*/true, record) == CsvResult::kRecord) {
    rows->TakeHeader(record);
  }
  return rows;
}

}  // namespace phoenix
