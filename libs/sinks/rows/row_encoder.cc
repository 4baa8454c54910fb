#include "libs/sinks/rows/row_encoder.h"

namespace phoenix {

void SetLinesByEnds(const std::vector<size_t>& ends, EncodedRows& out) {
  const std::string_view text = out.text;
  out.lines.clear();
  size_t begin = 0;
  for (size_t end : ends) {
    out.lines.push_back(text.substr(begin, end - begin));
    begin = end;
  }
}

}  // namespace phoenix
