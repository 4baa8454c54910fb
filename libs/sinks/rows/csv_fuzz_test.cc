// What AppendCsvValue writes, a reader of RFC 4180 reads back.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/sinks/rows/csv_row_encoder.h"

namespace {

// Reads one record, strictly; nothing when it is none. Text without quotes has
// no comma, quote or line end; after a closing quote comes a comma or the end.
std::optional<std::vector<std::string>> ReadRecord(std::string_view text) {
  std::vector<std::string> values(1);
  size_t i = 0;
  while (true) {
    if (i < text.size() && text[i] == '"') {
      for (++i;; ++i) {
        if (i == text.size()) return std::nullopt;
        if (text[i] == '"' && (++i == text.size() || text[i] != '"')) break;
        values.back().push_back(text[i]);
      }
    } else {
      for (; i < text.size() && text[i] != ','; ++i) {
        if (text[i] == '"' || text[i] == '\n' || text[i] == '\r') {
          return std::nullopt;
        }
        values.back().push_back(text[i]);
      }
    }
    if (i == text.size()) return values;
    if (text[i++] != ',') return std::nullopt;
    values.emplace_back();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  // Values are divided by a byte that the fuzzer finds at once.
  std::vector<std::string> values(1);
  for (char c : input) {
    if (c == '\0') {
      values.emplace_back();
    } else {
      values.back().push_back(c);
    }
  }
  std::string record;
  for (const std::string& value : values) {
    if (&value != &values.front()) record.push_back(',');
    phoenix::AppendCsvValue(value, record);
  }
  if (ReadRecord(record) != values) abort();
  return 0;
}
