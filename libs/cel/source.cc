#include "libs/cel/source.h"

#include <algorithm>
#include <utility>

#include "libs/base/text.h"
#include "libs/cel/text.h"

namespace phoenix::cel {
namespace {

std::string PositionText(const Issue& issue) {
  return Cat(issue.position.line, ":", issue.position.column, ": ",
             issue.message);
}

}  // namespace

Source::Source(std::string text) : text_(std::move(text)), line_starts_({0}) {
  for (uint32_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') line_starts_.push_back(i + 1);
  }
}

SourcePosition Source::PositionAt(uint32_t offset) const {
  offset = std::min<uint32_t>(offset, text_.size());
  auto next =
      std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const uint32_t start = *(next - 1);
  SourcePosition position;
  position.offset = offset;
  position.line = static_cast<uint32_t>(next - line_starts_.begin());
  position.column = static_cast<uint32_t>(
      1 + CountCodePoints(text().substr(start, offset - start)));
  return position;
}

std::string_view Source::Line(uint32_t line) const {
  if (line == 0 || line > line_starts_.size()) return {};
  const uint32_t start = line_starts_[line - 1];
  std::string_view rest = text().substr(start);
  std::string_view result = rest.substr(0, rest.find('\n'));
  if (!result.empty() && result.back() == '\r') result.remove_suffix(1);
  return result;
}

absl::Status ToStatus(const std::vector<Issue>& issues) {
  if (issues.empty()) return absl::OkStatus();
  std::string text;
  for (const Issue& issue : issues) {
    CatTo(text, text.empty() ? "" : "\n", PositionText(issue));
  }
  return absl::InvalidArgumentError(text);
}

std::string Render(const Source& source, const std::vector<Issue>& issues) {
  std::string text;
  for (const Issue& issue : issues) {
    CatTo(text, PositionText(issue), "\n  ", source.Line(issue.position.line),
          "\n  ", std::string(issue.position.column - 1, ' '), "^\n");
  }
  return text;
}

}  // namespace phoenix::cel
