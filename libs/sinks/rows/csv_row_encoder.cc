#include "libs/sinks/rows/csv_row_encoder.h"

#include <utility>

namespace phoenix {

using Result = EventFieldReader::Result;

CsvRowEncoder::CsvRowEncoder(std::vector<EventField> columns)
    : columns_(std::move(columns)) {
  for (const EventField& column : columns_) {
    if (&column != &columns_.front()) header_.push_back(',');
    AppendCsvValue(column.name, header_);
  }
}

void CsvRowEncoder::Encode(const BatchView& view, EncodedRows& out) {
  out.errors.clear();
  out.text.clear();
  ends_.clear();
  for (size_t i = 0; i < view.rows.size(); ++i) {
    const size_t begin = out.text.size();
    reader_.SetRow(*view.batch, view.rows[i]);
    if (!AppendRow(out.text)) {
      out.text.resize(begin);
      out.errors.push_back(
          {i, absl::InvalidArgumentError("payload is not valid JSON")});
    }
    ends_.push_back(out.text.size());
  }
  SetLinesByEnds(ends_, out);
}

bool CsvRowEncoder::AppendRow(std::string& out) {
  for (const EventField& column : columns_) {
    if (&column != &columns_.front()) out.push_back(',');
    value_.clear();
    const Result result = reader_.Append(column, value_);
    if (result == Result::kMalformed) return false;
    if (result == Result::kScalar || result == Result::kJson) {
      AppendCsvValue(value_, out);
    }
  }
  // A row of one empty column would be an empty line, which readers skip.
  if (columns_.size() == 1 && value_.empty()) out.append("\"\"");
  return true;
}

void AppendCsvValue(std::string_view value, std::string& out) {
  if (!value.empty() &&
      value.find_first_of(",\"\r\n") == std::string_view::npos) {
    out.append(value);
    return;
  }
  out.push_back('"');
  for (char c : value) {
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  out.push_back('"');
}

}  // namespace phoenix
