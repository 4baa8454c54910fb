// Rows that are indexed together are indexed as each of them alone, and what is
// valid is what another parser finds valid. Rows end at line breaks; the first
// byte says what stands between them.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "libs/json/json_testing.h"

namespace phoenix {
namespace {

constexpr const char* kGaps[] = {"\n", "", ",", " ", "\r\n", "\"", "\\"};

std::vector<std::string> Lines(std::string_view text) {
  std::vector<std::string> lines(1);
  for (char c : text) {
    if (c == '\n') {
      lines.emplace_back();
    } else {
      lines.back() += c;
    }
  }
  return lines;
}

void Check(bool holds) {
  if (!holds) std::abort();
}

void CompareWithAlone(const JsonRows& rows, size_t row, const JsonRows& alone) {
  const uint32_t first = rows.index.first[row];
  const uint32_t count = rows.index.first[row + 1] - first;
  Check(count == alone.index.tokens.size());
  for (uint32_t i = 0; i < count; ++i) {
    Check(rows.index.tokens[first + i] ==
          alone.index.tokens[i] + rows.rows[row].begin);
  }
}

}  // namespace
}  // namespace phoenix

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace phoenix;
  if (size == 0) return 0;
  const char* gap = kGaps[data[0] % std::size(kGaps)];
  const std::vector<std::string> texts =
      Lines({reinterpret_cast<const char*>(data) + 1, size - 1});
  const JsonRows rows(texts, gap);
  size_t error = 0;
  for (size_t i = 0; i < texts.size(); ++i) {
    const JsonRows alone({texts[i]});
    CompareWithAlone(rows, i, alone);
    const bool is_valid = alone.errors.empty();
    Check(is_valid == !alone.index.tokens.empty());
    // The other parser refuses numbers that it can't represent as well.
    const bool other = JsonTree::Parse(texts[i]).has_value();
    Check(is_valid || !other ||
          alone.errors[0].message.find("nesting") != std::string::npos);
    if (is_valid) continue;
    Check(rows.errors[error].row == i);
    Check(rows.errors[error].offset == alone.errors[0].offset);
    Check(rows.errors[error].message == alone.errors[0].message);
    ++error;
  }
  Check(error == rows.errors.size());
  return 0;
}
