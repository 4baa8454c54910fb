#include "libs/sinks/file/path_template.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"

namespace phoenix {
namespace {

constexpr std::string_view kTimeLetters = "YmdHMSjF";

// The longest template: PATH_MAX.
constexpr size_t kMaxTemplateBytes = 4096;

bool IsPlain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

}  // namespace

// Reads a template from left to right.
class PathTemplate::Parser {
 public:
  Parser(std::string_view text, PathTemplateError& error)
      : text_(text), error_(error) {}

  std::optional<PathTemplate> Parse() {
    if (text_.size() > kMaxTemplateBytes) {
      return Fail(0, absl::StrFormat("path is longer than %d bytes",
                                     kMaxTemplateBytes));
    }
    while (at_ < text_.size()) {
      if (!ParseNext()) return std::nullopt;
    }
    FinishLiteral();
    if (!SplitDirectory() || !CheckNames()) return std::nullopt;
    return std::move(result_);
  }

 private:
  std::nullopt_t Fail(size_t offset, std::string message) {
    error_ = {offset, std::move(message)};
    return std::nullopt;
  }
  bool FailFalse(size_t offset, std::string message) {
    Fail(offset, std::move(message));
    return false;
  }

  bool ParseNext() {
    const char c = text_[at_];
    if (c == '\0') return FailFalse(at_, "path has a NUL character");
    if (c == '%') return ParseTime();
    if (c == '{') return ParseField();
    if (c == '}' && text_.substr(at_, 2) != "}}") {
      return FailFalse(at_, "unmatched '}': write '}}' for the character");
    }
    literal_.push_back(c);
    at_ += c == '}' ? 2 : 1;
    return true;
  }

  bool ParseTime() {
    const char letter = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (letter == '%') {
      literal_.push_back('%');
    } else if (kTimeLetters.find(letter) != std::string_view::npos &&
               letter != '\0') {
      AddPart(Part::Kind::kTime, std::string(text_.substr(at_, 2)), 0);
    } else {
      return FailFalse(at_,
                       "unknown time placeholder: expected one of %Y %m %d "
                       "%H %M %S %j %F, or %% for the character");
    }
    at_ += 2;
    return true;
  }

  bool ParseField() {
    if (text_.substr(at_, 2) == "{{") {
      literal_.push_back('{');
      at_ += 2;
      return true;
    }
    const size_t end = text_.find('}', at_);
    if (end == std::string_view::npos) {
      return FailFalse(at_, "unclosed '{': write '{{' for the character");
    }
    const std::string_view name = text_.substr(at_ + 1, end - at_ - 1);
    auto field = ParseEventField(name);
    if (!field.has_value()) {
      return FailFalse(at_ + 1, absl::StrFormat("unknown field '%s': expected "
                                                "%s",
                                                name, kEventFieldForms));
    }
    if (result_.fields_.empty()) first_field_at_ = at_;
    AddPart(Part::Kind::kField, "", result_.fields_.size());
    result_.fields_.push_back(*std::move(field));
    at_ = end + 1;
    return true;
  }

  void AddPart(Part::Kind kind, std::string text, size_t field) {
    FinishLiteral();
    result_.parts_.push_back({kind, std::move(text), field});
  }

  void FinishLiteral() {
    if (literal_.empty()) return;
    result_.parts_.push_back(
        {Part::Kind::kLiteral, std::exchange(literal_, ""), 0});
  }

  // Takes the directory from the front of the first part.
  bool SplitDirectory() {
    auto& parts = result_.parts_;
    if (parts.empty()) return FailFalse(0, "path is empty");
    size_t slash = std::string::npos;
    if (parts[0].kind == Part::Kind::kLiteral) {
      slash = parts[0].text.rfind('/');
    }
    if (slash != std::string::npos) {
      result_.directory_ = parts[0].text.substr(0, std::max<size_t>(slash, 1));
      parts[0].text.erase(0, slash + 1);
      if (parts[0].text.empty()) parts.erase(parts.begin());
    }
    if (!result_.has_fields()) return true;
    if (slash == std::string::npos || result_.directory_ == "/") {
      return FailFalse(first_field_at_,
                       "no directory before the first field: expected one "
                       "such as 'archive/', which no event can leave");
    }
    return true;
  }

  // Every name below the directory must be one, whatever placeholders become.
  bool CheckNames() {
    std::string path;
    for (const Part& part : result_.parts_) {
      path += part.kind == Part::Kind::kLiteral ? part.text : "x";
    }
    for (size_t begin = 0; begin <= path.size();) {
      const size_t end = std::min(path.find('/', begin), path.size());
      const std::string name = path.substr(begin, end - begin);
      if (name.empty() && end == path.size()) {
        return FailFalse(text_.size(),
                         "path ends in '/': expected a file name");
      }
      if (name.empty() || name == "." || name == "..") {
        return FailFalse(0, absl::StrFormat("path has '%s' as a name", name));
      }
      begin = end + 1;
    }
    return true;
  }

  const std::string_view text_;
  PathTemplateError& error_;
  size_t at_ = 0;
  size_t first_field_at_ = 0;
  std::string literal_;
  PathTemplate result_;
};

std::optional<PathTemplate> PathTemplate::Parse(std::string_view text,
                                                PathTemplateError& error) {
  return Parser(text, error).Parse();
}

bool PathTemplate::has_time() const {
  return std::any_of(parts_.begin(), parts_.end(), [](const Part& part) {
    return part.kind == Part::Kind::kTime;
  });
}

bool AppendPathValue(std::string_view value, std::string& path) {
  const size_t begin = path.size();
  if (value.empty()) path.push_back('%');
  for (size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (IsPlain(c) && !(c == '.' && i == 0)) {
      path.push_back(c);
    } else {
      absl::StrAppendFormat(&path, "%%%02X", static_cast<unsigned char>(c));
    }
    if (path.size() - begin > kMaxPathValueBytes) {
      path.resize(begin);
      return false;
    }
  }
  return true;
}

}  // namespace phoenix
