#include "libs/operators/validate/value_check.h"

#include <cmath>
#include <utility>

#include "libs/base/text.h"
#include "libs/operators/validate/breach_text.h"

namespace phoenix {
namespace {

constexpr size_t kMaxLocalPart = 64;  // RFC 5321, 4.5.3.1.
constexpr size_t kMaxHost = 255;
constexpr size_t kMaxLabel = 63;  // RFC 1035.

bool IsLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9');
}

// The characters of a local part that is not quoted (RFC 5322, 3.2.3).
bool IsLocalCharacter(char c) {
  return IsLetterOrDigit(c) ||
         std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) !=
             std::string_view::npos;
}

bool IsLocalPart(std::string_view text) {
  if (text.empty() || text.size() > kMaxLocalPart) return false;
  if (text.front() == '.' || text.back() == '.') return false;
  if (text.find("..") != std::string_view::npos) return false;
  for (char c : text) {
    if (!IsLocalCharacter(c)) return false;
  }
  return true;
}

bool IsLabel(std::string_view text) {
  if (text.empty() || text.size() > kMaxLabel) return false;
  if (text.front() == '-' || text.back() == '-') return false;
  for (char c : text) {
    if (!IsLetterOrDigit(c) && c != '-') return false;
  }
  return true;
}

bool IsHost(std::string_view text) {
  if (text.size() > kMaxHost) return false;
  int labels = 0;
  for (;;) {
    const size_t dot = text.find('.');
    if (!IsLabel(text.substr(0, dot))) return false;
    ++labels;
    if (dot == std::string_view::npos) return labels > 1;
    text.remove_prefix(dot + 1);
  }
}

bool IsText(const ValueColumn& values, uint32_t row) {
  return values.tag(row) == ValueTag::kString;
}

}  // namespace

bool IsEmailAddress(std::string_view text) {
  const size_t at = text.rfind('@');
  return at != std::string_view::npos && IsLocalPart(text.substr(0, at)) &&
         IsHost(text.substr(at + 1));
}

bool NotNullCheck::Passes(const ValueColumn& values, uint32_t row) const {
  const ValueTag tag = values.tag(row);
  return tag != ValueTag::kMissing && tag != ValueTag::kNull &&
         tag != ValueTag::kError;
}

std::string NotNullCheck::Expected() const { return "a value"; }

bool RangeCheck::Passes(const ValueColumn& values, uint32_t row) const {
  if (!values.IsNumber(row)) return false;
  const double number = values.AsNumber(row);
  return number >= options_.min && number <= options_.max;
}

std::string RangeCheck::Expected() const {
  if (std::isinf(options_.min)) {
    return Cat("a number, at most ", ShortNumber(options_.max));
  }
  if (std::isinf(options_.max)) {
    return Cat("a number, at least ", ShortNumber(options_.min));
  }
  return Cat("a number from ", ShortNumber(options_.min), " to ",
             ShortNumber(options_.max));
}

bool EmailCheck::Passes(const ValueColumn& values, uint32_t row) const {
  return IsText(values, row) && IsEmailAddress(values.AsText(row));
}

std::string EmailCheck::Expected() const { return "an e-mail address"; }

RegexCheck::RegexCheck(std::unique_ptr<const RE2> pattern)
    : pattern_(std::move(pattern)) {}

bool RegexCheck::Passes(const ValueColumn& values, uint32_t row) const {
  if (!IsText(values, row)) return false;
  const std::string_view text = values.AsText(row);
  return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *pattern_);
}

std::string RegexCheck::Expected() const {
  return Cat("a text that matches '", Shorten(pattern_->pattern()), "'");
}

bool TrueCheck::Passes(const ValueColumn& values, uint32_t row) const {
  return values.tag(row) == ValueTag::kBool && values.AsBool(row);
}

std::string TrueCheck::Expected() const { return "true"; }

}  // namespace phoenix
