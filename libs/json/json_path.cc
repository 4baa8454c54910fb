#include "libs/json/json_path.h"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "absl/status/status.h"
#include "libs/json/json_string.h"

namespace phoenix {
namespace {

bool IsNameStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool IsNameByte(char c) { return IsNameStart(c) || (c >= '0' && c <= '9'); }

bool IsName(std::string_view text) {
  return !text.empty() && IsNameStart(text[0]) &&
         std::all_of(text.begin(), text.end(), IsNameByte);
}

// Reads one path from left to right.
class PathParser {
 public:
  explicit PathParser(std::string_view text) : text_(text) {}

  absl::StatusOr<JsonPath> Parse() {
    while (at_ < text_.size()) {
      const bool read = text_[at_] == '[' ? ReadBracket() : ReadName();
      if (!read) return Error("expected a field, '[\"key\"]' or '[index]'");
      if (path_.size() > kMaxPathSteps) return Error("expected fewer steps");
    }
    return path_;
  }

 private:
  bool ReadName() {
    size_t begin = at_;
    if (!path_.empty() && text_[begin++] != '.') return false;
    size_t end = begin;
    while (end < text_.size() && IsNameByte(text_[end])) ++end;
    const std::string_view name = text_.substr(begin, end - begin);
    if (!IsName(name)) return false;
    path_.push_back({std::string(name)});
    at_ = end;
    return true;
  }

  bool ReadBracket() {
    if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') return ReadKey();
    uint32_t index = 0;
    const char* end = text_.data() + text_.size();
    const auto result = std::from_chars(text_.data() + at_ + 1, end, index);
    if (result.ec != std::errc() || result.ptr == end || *result.ptr != ']' ||
        index == PathStep::kNoIndex) {
      return false;
    }
    path_.push_back({"", index});
    at_ = static_cast<size_t>(result.ptr - text_.data()) + 1;
    return true;
  }

  bool ReadKey() {
    const size_t begin = at_ + 2;
    size_t end = begin;
    while (end < text_.size() && text_[end] != '"') {
      end += text_[end] == '\\' ? 2 : 1;
    }
    if (end + 1 >= text_.size() || text_[end + 1] != ']') return false;
    const std::string_view raw = text_.substr(begin, end - begin);
    JsonFault fault;
    if (!ValidateEscapes(raw, 0, fault)) return false;
    std::string key(raw.size(), '\0');
    key.resize(Unescape(raw, key.data()));
    path_.push_back({std::move(key)});
    at_ = end + 2;
    return true;
  }

  absl::Status Error(std::string message) const {
    message += " at byte " + std::to_string(at_) + " of path '";
    message.append(text_).append("'");
    return absl::InvalidArgumentError(message);
  }

  std::string_view text_;
  size_t at_ = 0;
  JsonPath path_;
};

}  // namespace

absl::StatusOr<JsonPath> ParsePath(std::string_view text) {
  return PathParser(text).Parse();
}

std::string PathText(const JsonPath& path) {
  std::string out;
  for (const PathStep& step : path) {
    if (step.is_index()) {
      out += "[" + std::to_string(step.index) + "]";
    } else if (IsName(step.key)) {
      out += (out.empty() ? "" : ".") + step.key;
    } else {
      out += '[';
      AppendJsonString(out, step.key);
      out += ']';
    }
  }
  return out;
}

bool HasPrefix(const JsonPath& path, const JsonPath& prefix) {
  return path.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), path.begin());
}

}  // namespace phoenix
