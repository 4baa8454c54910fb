#include "libs/sources/file/row_decoder.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/byte_range.h"
#include "libs/base/json_text.h"
#include "libs/base/shared_bytes.h"
#include "libs/base/text.h"
#include "libs/event/event_batch.h"
#include "libs/event/ndjson_decoder.h"
#include "libs/event/utf8.h"
#include "libs/sources/file/csv_reader.h"

namespace phoenix {
namespace {

std::string_view WithoutLineEnd(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

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

  // Takes the names from what the file begins with. What is wrong with it has
  // been reported when it was read first.
  void ReadHeader(std::string_view beginning) {
    while (!has_header_) {
      const size_t size = TakeNext(beginning, /*ended=*/true);
      if (size == 0) break;
      beginning.remove_prefix(size);
    }
    errors_.clear();
    skipping_ = false;
    line_ = 1;
  }

  void Feed(std::string_view bytes, int64_t now_nanos,
            std::vector<DecodedBatch>& out) override {
    pending_ += bytes;
    Decode(/*ended=*/false, now_nanos, out);
  }

  void Finish(int64_t now_nanos, std::vector<DecodedBatch>& out) override {
    Decode(/*ended=*/true, now_nanos, out);
    consumed_ += std::exchange(skipped_, 0) + pending_.size();
    pending_.clear();
  }

  uint64_t consumed() const override { return consumed_; }

 private:
  void Decode(bool ended, int64_t now_nanos, std::vector<DecodedBatch>& out) {
    const std::string_view input = pending_;
    size_t done = 0;
    while (const size_t size = TakeNext(input.substr(done), ended)) {
      done += size;
      if (rows_.size() == EventBatch::kMaxEvents) MakeBatch(now_nanos, out);
    }
    consumed_ += done;
    pending_.erase(0, done);
    if (skipping_) SkipPending();
    MakeBatch(now_nanos, out);
  }

  // Returns how many bytes are done with, 0 when more are needed. A record must
  // end within max_row_bytes, however much of the input is there.
  size_t TakeNext(std::string_view input, bool ended) {
    if (skipping_) return SkipRest(input);
    const bool overlong = input.size() > options_.max_row_bytes;
    const std::string_view held = input.substr(0, options_.max_row_bytes);
    if (ReadCsvRecord(held, ended && !overlong, record_) ==
        CsvResult::kRecord) {
      TakeRecord(held.substr(0, record_.size));
      return record_.size;
    }
    return overlong ? GiveUpLine(input) : 0;
  }

  void TakeRecord(std::string_view bytes) {
    const std::string_view text = WithoutLineEnd(bytes);
    const bool blank = record_.field_count == 1 && !record_.fields[0].quoted &&
                       record_.fields[0].text.empty();
    if (!blank && !has_header_) {
      TakeHeader(text);
    } else if (!blank) {
      TakeRow(text);
    }
    line_ += std::count(bytes.begin(), bytes.end(), '\n');
  }

  // The names of the fields, or why there are none: then no row can be read.
  void TakeHeader(std::string_view text) {
    has_header_ = true;
    header_error_ = NameFields(text);
    if (header_error_.empty()) return;
    CatTo(header_error_, " (header)");
    Refuse(header_error_, text);
  }

  void TakeRow(std::string_view text) {
    std::string fault = FaultOf(text);
    if (!header_error_.empty()) fault = header_error_;
    if (fault.empty() && record_.field_count != names_.size()) {
      fault = Cat("row has ", record_.field_count, " fields: expected ",
                  names_.size(), " as the header has");
    }
    if (!fault.empty()) return Refuse(fault, text);
    const auto begin = static_cast<uint32_t>(blob_.size());
    AppendCsvObject(names_, record_, blob_);
    rows_.push_back({begin, static_cast<uint32_t>(blob_.size())});
  }

  std::string NameFields(std::string_view text) {
    std::string fault = FaultOf(text);
    if (!fault.empty()) return fault;
    std::unordered_set<std::string_view> seen;
    for (size_t i = 0; i < record_.field_count; ++i) {
      const std::string& name = record_.fields[i].text;
      if (!seen.insert(name).second) {
        return Cat("name '", name, "' comes twice: expected each once");
      }
      names_.push_back(JsonText(name));
    }
    return "";
  }

  // Why the record can't be read; empty when it can.
  std::string FaultOf(std::string_view text) const {
    if (!record_.valid) {
      return "closing quote is missing or text follows it: expected ',' or "
             "the end of the line";
    }
    return IsUtf8(text) ? "" : "row is not UTF-8";
  }

  void Refuse(std::string_view why, std::string_view bytes) {
    errors_.push_back({line_, absl::InvalidArgumentError(ToAbsl(why)),
                       SharedBytes::FromString(std::string(bytes))});
  }

  // No record ends within bounds: a quote was never closed, or a line is too
  // long. Only one line is given up, for the next may be a row. Returns its
  // size, 0 when it goes on.
  size_t GiveUpLine(std::string_view input) {
    if (!has_header_) header_error_ = "row is too long to be read (header)";
    has_header_ = true;
    const size_t newline = input.find('\n');
    if (newline < options_.max_row_bytes) {
      Refuse(Cat("closing quote is missing: found none within ",
                 options_.max_row_bytes, " bytes (max_row_bytes)"),
             WithoutLineEnd(input.substr(0, newline + 1)));
      ++line_;
      return newline + 1;
    }
    RefuseAsTooLong();
    skipping_ = true;
    return SkipRest(input);
  }

  void RefuseAsTooLong() {
    errors_.push_back({line_,
                       absl::InvalidArgumentError(absl::StrCat(
                           "row is longer than ", options_.max_row_bytes,
                           " bytes (max_row_bytes)")),
                       SharedBytes()});
  }

  // Holds nothing of an overlong line. It counts as consumed at its end only,
  // so that nobody begins to read in its middle.
  void SkipPending() {
    skipped_ += pending_.size();
    pending_.clear();
  }

  // Returns how many bytes belong to the line that is skipped, 0 when it goes
  // on.
  size_t SkipRest(std::string_view input) {
    const size_t newline = input.find('\n');
    if (newline == std::string_view::npos) return 0;
    skipping_ = false;
    consumed_ += std::exchange(skipped_, 0);
    ++line_;
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
  bool has_header_ = false;
  std::vector<std::string> names_;  // As JSON strings.
  std::string header_error_;
  std::string pending_;  // An unfinished row, at most.
  CsvRecord record_;
  bool skipping_ = false;  // Within the rest of an overlong line,
  uint64_t skipped_ = 0;   // of which so much has come.
  uint64_t line_ = 1;      // Where the next record begins.
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
  rows->ReadHeader(header);
  return rows;
}

}  // namespace phoenix
