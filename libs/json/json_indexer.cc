#include "libs/json/json_indexer.h"

#include <algorithm>
#include <cstring>

#include "libs/json/json_fault.h"
#include "libs/json/json_string.h"
#include "libs/json/row_validator.h"

namespace phoenix {
namespace {

// More than separates rows of NDJSON or of an array; what lies between rows
// that are further apart isn't worth scanning.
constexpr uint32_t kMaxGapBytes = 64;

bool IsLineWhitespace(char c) { return c == '\n' || c == '\r' || c == '\t'; }

bool IsStructural(char c) {
  return c == ',' || c == ':' || c == '{' || c == '}' || c == '[' || c == ']';
}

// The first backslash of text[from, end), or `end`.
uint32_t FindBackslash(std::string_view text, uint32_t from, uint32_t end) {
  const void* found = std::memchr(text.data() + from, '\\', end - from);
  if (found == nullptr) return end;
  return static_cast<uint32_t>(static_cast<const char*>(found) - text.data());
}

// Copies with `base` added.
void Rebase(absl::Span<const uint32_t> tokens, uint32_t base, uint32_t* out) {
  const uint32_t* in = tokens.data();
  const size_t size = tokens.size();
  for (size_t i = 0; i < size; ++i) out[i] = in[i] + base;
}

// Rows that were scanned together, visited in order. All offsets count from
// the chunk's first byte.
class Chunk {
 public:
  Chunk(std::string_view blob, ByteRange range,
        absl::Span<const uint32_t> tokens)
      : text_(range.In(blob)),
        base_(range.begin),
        tokens_(tokens),
        backslash_(FindBackslash(text_, 0, size())) {}

  // Whether the scan stood outside of any string or scalar where the row
  // begins and ends, so that its tokens are those that a scan of the row alone
  // would find. Moves to the row's first token.
  bool BeginRow(ByteRange row) {
    begin_ = row.begin - base_;
    end_ = row.end - base_;
    while (next_ < tokens_.size() && tokens_[next_] < begin_) ++next_;
    return IsCleanBegin() && (IsCleanEnd() || BeginsContainer());
  }

  // Appends the row's tokens to `index`, or says what is wrong with it.
  bool KeepRow(JsonIndex& index, JsonFault& fault) {
    const auto rest = tokens_.subspan(next_);
    const size_t count = ValidateTokens(text_.data(), rest, end_, fault);
    if (count == 0 || !ValidateRowEscapes(fault)) return false;
    Keep(rest.first(count), index);
    next_ += count;
    return true;
  }

 private:
  uint32_t size() const { return static_cast<uint32_t>(text_.size()); }

  // A raw line break is valid in no string, so after one the scan is outside.
  // (Except that simdjson's portable kernel lets it be escaped.)
  bool IsCleanBegin() const {
    if (begin_ == 0) return true;
    if (IsLineWhitespace(text_[begin_ - 1])) {
      return begin_ < 2 || text_[begin_ - 2] != '\\';
    }
    return next_ > 0 && IsStructural(text_[tokens_[next_ - 1]]);
  }

  bool IsCleanEnd() const {
    if (end_ == size() || end_ == 0) return end_ == size();
    return IsLineWhitespace(text_[end_]) && text_[end_ - 1] != '\\';
  }

  // An object or array that is valid ends outside of strings by itself.
  bool BeginsContainer() const {
    if (next_ == tokens_.size()) return false;
    const char c = text_[tokens_[next_]];
    return c == '{' || c == '[';
  }

  bool ValidateRowEscapes(JsonFault& fault) {
    if (backslash_ < begin_) backslash_ = FindBackslash(text_, begin_, size());
    if (backslash_ >= end_) return true;
    return ValidateEscapes(text_.substr(0, end_), backslash_, fault);
  }

  void Keep(absl::Span<const uint32_t> tokens, JsonIndex& index) const {
    const size_t before = index.tokens.size();
    index.tokens.resize(before + tokens.size());
    Rebase(tokens, base_, index.tokens.data() + before);
  }

  std::string_view text_;
  uint32_t base_;
  absl::Span<const uint32_t> tokens_;
  size_t next_ = 0;
  uint32_t backslash_;
  uint32_t begin_ = 0;
  uint32_t end_ = 0;
};

}  // namespace

struct JsonIndexer::Batch {
  std::string_view blob;
  absl::Span<const ByteRange> rows;
  JsonIndex& index;
  std::vector<JsonError>& errors;

  void Refuse(size_t row, JsonFault fault) const {
    const std::string_view text = rows[row].In(blob);
    errors.push_back(
        {static_cast<uint32_t>(row), fault.offset, DescribeFault(text, fault)});
  }
};

void JsonIndexer::Index(std::string_view blob, absl::Span<const ByteRange> rows,
                        JsonIndex& index, std::vector<JsonError>& errors) {
  index.tokens.clear();
  index.first.clear();
  index.first.reserve(rows.size() + 1);
  Batch batch{blob, rows, index, errors};
  for (size_t begin = 0; begin < rows.size();) {
    const size_t end = EndOfChunk(rows, begin);
    IndexChunk(batch, begin, end);
    begin = end;
  }
  index.first.push_back(static_cast<uint32_t>(index.tokens.size()));
}

size_t JsonIndexer::EndOfChunk(absl::Span<const ByteRange> rows, size_t begin) {
  size_t end = begin + 1;
  while (end < rows.size() && rows[end].begin >= rows[end - 1].end &&
         rows[end].begin - rows[end - 1].end <= kMaxGapBytes &&
         rows[end].end - rows[begin].begin <= kMaxChunkBytes) {
    ++end;
  }
  return end;
}

void JsonIndexer::IndexChunk(const Batch& batch, size_t begin, size_t end) {
  const ByteRange range{batch.rows[begin].begin, batch.rows[end - 1].end};
  const bool scanned =
      end - begin > 1 && chunk_scanner_.Scan(range.In(batch.blob));
  Chunk chunk(batch.blob, range, chunk_scanner_.tokens());
  for (size_t row = begin; row < end; ++row) {
    batch.index.first.push_back(
        static_cast<uint32_t>(batch.index.tokens.size()));
    // What is wrong with a row is said by itself, so that it is always the
    // same.
    JsonFault fault;
    if (!scanned || !chunk.BeginRow(batch.rows[row]) ||
        !chunk.KeepRow(batch.index, fault)) {
      IndexAlone(batch, row);
    }
  }
}

void JsonIndexer::IndexAlone(const Batch& batch, size_t row) {
  const ByteRange range = batch.rows[row];
  if (!row_scanner_.Scan(range.In(batch.blob))) {
    batch.Refuse(row, FindScanFault(range.In(batch.blob)));
    return;
  }
  Chunk chunk(batch.blob, range, row_scanner_.tokens());
  chunk.BeginRow(range);
  JsonFault fault;
  if (!chunk.KeepRow(batch.index, fault)) batch.Refuse(row, fault);
}

}  // namespace phoenix
