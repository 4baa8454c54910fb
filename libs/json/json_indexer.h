#ifndef LIBS_JSON_JSON_INDEXER_H_
#define LIBS_JSON_JSON_INDEXER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "libs/base/byte_range.h"
#include "libs/json/json_error.h"
#include "libs/json/json_index.h"
#include "libs/json/structural_scanner.h"

namespace phoenix {

// Indexes and validates a batch of JSON texts. One thread; reuses its memory,
// so keep one for many batches.
class JsonIndexer {
 public:
  // Rows are scanned together in chunks of about this size, which with their
  // tokens fit the second-level cache; what spoils a chunk costs only that one
  // the time to scan its rows one by one.
  static constexpr uint32_t kMaxChunkBytes = 64 * 1024;

  // Finds the tokens of each row of `blob` and validates that the row is
  // exactly one JSON text: RFC 8259, in UTF-8, without lone surrogates, nested
  // at most kMaxJsonDepth deep (row_validator.h). `index` is overwritten; an
  // invalid row has no tokens in it and one error, appended to `errors` in the
  // order of rows. What a row holds never changes what is said of another.
  void Index(std::string_view blob, absl::Span<const ByteRange> rows,
             JsonIndex& index, std::vector<JsonError>& errors);

 private:
  struct Batch;

  static size_t EndOfChunk(absl::Span<const ByteRange> rows, size_t begin);
  void IndexChunk(const Batch& batch, size_t begin, size_t end);
  void IndexAlone(const Batch& batch, size_t row);

  StructuralScanner chunk_scanner_;
  StructuralScanner row_scanner_;
};

}  // namespace phoenix

#endif  // LIBS_JSON_JSON_INDEXER_H_
