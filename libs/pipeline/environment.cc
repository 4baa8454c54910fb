#include "libs/pipeline/environment.h"

#include <cstdlib>

#include "absl/strings/ascii.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

bool IsVariableName(std::string_view name) {
  if (name.empty() || absl::ascii_isdigit(name[0])) return false;
  for (char c : name) {
    if (!absl::ascii_isalnum(c) && c != '_') return false;
  }
  return true;
}

// Rewrites a text from left to right.
class Substitutor {
 public:
  Substitutor(std::string_view text, const Environment& environment)
      : text_(text), environment_(environment) {}

  SubstitutedText Run() {
    while (at_ < text_.size()) {
      if (Rest().substr(0, 3) == "$${") {
        Replace(3, "${");
      } else if (Rest().substr(0, 2) == "${") {
        Variable();
      } else {
        result_.text.push_back(text_[at_++]);
      }
    }
    return std::move(result_);
  }

 private:
  std::string_view Rest() const { return text_.substr(at_); }

  void Replace(size_t written_size, std::string_view value) {
    result_.substitutions.push_back(
        {at_, written_size, result_.text.size(), value.size()});
    result_.text.append(value);
    at_ += written_size;
  }

  void Fail(size_t written_size, std::string message) {
    result_.errors.push_back({at_, std::move(message)});
    Replace(written_size, "");
  }

  void Variable() {
    const size_t end = Rest().find('}');
    if (end == std::string_view::npos) {
      return Fail(Rest().size(),
                  "variable is not closed: expected '}' after '${'");
    }
    const std::string_view inside = Rest().substr(2, end - 2);
    const size_t colon = inside.find(":-");
    const std::string name(inside.substr(0, colon));
    if (!IsVariableName(name)) {
      return Fail(end + 1, Cat("'${", inside,
                               "}' names no variable: expected "
                               "'${NAME}' or '${NAME:-default}'"));
    }
    result_.has_variable = true;
    const std::optional<std::string> value = environment_(name);
    const bool has_default = colon != std::string_view::npos;
    if (value.has_value() && !(value->empty() && has_default)) {
      Replace(end + 1, *value);
    } else if (has_default) {
      Replace(end + 1, inside.substr(colon + 2));
    } else {
      Fail(end + 1, Cat("variable '", name,
                        "' is not set: expected it in the environment, or a "
                        "default as in '${",
                        name, ":-default}'"));
    }
  }

  std::string_view text_;
  const Environment& environment_;
  size_t at_ = 0;
  SubstitutedText result_;
};

}  // namespace

Environment ProcessEnvironment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

size_t SubstitutedText::WrittenOffset(size_t offset) const {
  size_t written = offset;
  for (const Substitution& s : substitutions) {
    if (offset < s.offset) break;
    if (offset < s.offset + s.size) return s.written_offset;
    written = s.written_offset + s.written_size + (offset - s.offset - s.size);
  }
  return written;
}

SubstitutedText SubstituteVariables(std::string_view text,
                                    const Environment& environment) {
  return Substitutor(text, environment).Run();
}

}  // namespace phoenix
