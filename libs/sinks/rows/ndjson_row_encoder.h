#ifndef LIBS_SINKS_ROWS_NDJSON_ROW_ENCODER_H_
#define LIBS_SINKS_ROWS_NDJSON_ROW_ENCODER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "libs/sinks/rows/row_encoder.h"

namespace phoenix {

// NDJSON of payloads: a line is the JSON payload as it is, without a copy; line
// ends within it, which JSON allows between tokens only, become blanks. Text
// that is not JSON by its `datacontenttype`, or has none and is not JSON,
// becomes a JSON string, bytes a JSON string of base64, an event without
// payload `null`. Thread-compatible.
class NdjsonRowEncoder : public RowEncoder {
 public:
  void Encode(const BatchView& view, EncodedRows& out) override;

 private:
  // A line that was copied, to be pointed to once the copies have stopped
  // moving.
  struct Copy {
    size_t index;
    size_t begin;
    size_t end;
  };

  bool IsJson(const EventBatch& batch, uint32_t row);
  void EncodeJson(std::string_view payload, size_t index, EncodedRows& out);
  void EncodeOther(const EventBatch& batch, uint32_t row, size_t index,
                   EncodedRows& out);

  std::vector<Copy> copies_;
  std::string scratch_;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_ROWS_NDJSON_ROW_ENCODER_H_
