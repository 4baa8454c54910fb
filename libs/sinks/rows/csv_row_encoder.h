#ifndef LIBS_SINKS_ROWS_CSV_ROW_ENCODER_H_
#define LIBS_SINKS_ROWS_CSV_ROW_ENCODER_H_

#include <string>
#include <string_view>
#include <vector>

#include "libs/sinks/rows/event_field.h"
#include "libs/sinks/rows/event_field_reader.h"
#include "libs/sinks/rows/row_encoder.h"

namespace phoenix {

// CSV by RFC 4180 with one column a field and a header line of their names. A
// value with a comma, a quote or a line end is quoted; a field that is missing
// or null is empty, an empty text is `""`; objects and arrays are their JSON
// text. Lines end as the file's lines do. A payload that is not JSON is an
// error of its row. Thread-compatible.
class CsvRowEncoder : public RowEncoder {
 public:
  // The most columns: every one is searched for in every payload.
  static constexpr size_t kMaxColumns = 256;

  // At least one column.
  explicit CsvRowEncoder(std::vector<EventField> columns);

  void Encode(const BatchView& view, EncodedRows& out) override;
  std::string_view header() const override { return header_; }

 private:
  bool AppendRow(std::string& out);

  const std::vector<EventField> columns_;
  std::string header_;
  EventFieldReader reader_;
  std::string value_;
  std::vector<size_t> ends_;
};

// Appends one value, quoted where RFC 4180 demands it.
void AppendCsvValue(std::string_view value, std::string& out);

}  // namespace phoenix

#endif  // LIBS_SINKS_ROWS_CSV_ROW_ENCODER_H_
