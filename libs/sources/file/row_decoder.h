#ifndef LIBS_SOURCES_FILE_ROW_DECODER_H_
#define LIBS_SOURCES_FILE_ROW_DECODER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "libs/event/batch_builder.h"
#include "libs/event/decode_error.h"

namespace phoenix {

// Makes batches of the bytes of one file. What it can't read it reports by its
// line, counted from 1 where feeding began, with its bytes; without them when
// that line is longer than max_row_bytes. Thread-compatible.
class RowDecoder {
 public:
  virtual ~RowDecoder() = default;

  // Takes the next bytes; batches of the rows that are complete are appended.
  // `now_nanos`: since 1970.
  virtual void Feed(std::string_view bytes, int64_t now_nanos,
                    std::vector<DecodedBatch>& out) = 0;

  // The file has ended: what is left is the last row.
  virtual void Finish(int64_t now_nanos, std::vector<DecodedBatch>& out) = 0;

  // How many of the bytes that were fed belong to rows that are done with:
  // where reading may begin again. Ends at a line's end until Finish.
  virtual uint64_t consumed() const = 0;
};

struct RowDecoderOptions {
  EventDefaults defaults;
  size_t max_row_bytes = BatchLimits::kDefaultMaxEventBytes;
};

std::unique_ptr<RowDecoder> MakeNdjsonRowDecoder(RowDecoderOptions options);

// `header`: what the file begins with, its first max_row_bytes, when feeding
// begins behind its first record; else empty.
// When the header can't be used (a name comes twice), it and every row are
// reported.
std::unique_ptr<RowDecoder> MakeCsvRowDecoder(RowDecoderOptions options,
                                              std::string_view header);

}  // namespace phoenix

#endif  // LIBS_SOURCES_FILE_ROW_DECODER_H_
