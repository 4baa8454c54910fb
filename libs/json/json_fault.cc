#include "libs/json/json_fault.h"

#include <array>
#include <cstddef>

#include "libs/json/json_string.h"

namespace phoenix {
namespace {

using Expected = JsonFault::Expected;

// By value of Expected.
constexpr std::array<std::string_view, 16> kExpectedTexts = {
    "expected a value",
    "expected a value or ']'",
    "expected a key in quotes",
    "expected a key in quotes or '}'",
    "expected ':' after a key",
    "expected ',' or '}' after a value",
    "expected ',' or ']' after a value",
    "expected nothing after the value",
    "expected a number",
    "expected 'true', 'false' or 'null'",
    "expected an escape that JSON has",
    "expected a pair of surrogates",
    "expected at most 128 levels of nesting",
    "expected a closing quote",
    "expected a control character in a string to be escaped",
    "expected UTF-8",
};

constexpr size_t kMaxQuotedBytes = 24;

constexpr char kHexDigits[] = "0123456789ABCDEF";

void AppendPrintable(std::string& out, char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0x20 && byte < 0x7F) {
    out += c;
    return;
  }
  out += "\\x";
  out += kHexDigits[byte >> 4];
  out += kHexDigits[byte & 15];
}

bool IsWordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '+' ||
         c == '.' || c == '\\';
}

// What stands at `offset`, as much of it as one needs to recognise it.
std::string Found(std::string_view text, size_t offset) {
  if (offset >= text.size()) return "the end of the text";
  size_t end = offset + 1;
  if (IsWordByte(text[offset])) {
    while (end < text.size() && IsWordByte(text[end])) ++end;
  }
  const bool cut = end - offset > kMaxQuotedBytes;
  if (cut) end = offset + kMaxQuotedBytes;
  std::string found = "'";
  for (size_t i = offset; i < end; ++i) AppendPrintable(found, text[i]);
  return found + (cut ? "...'" : "'");
}

}  // namespace

std::string DescribeFault(std::string_view text, const JsonFault& fault) {
  std::string out(kExpectedTexts[static_cast<size_t>(fault.expected)]);
  return out + ", found " + Found(text, fault.offset);
}

JsonFault FindScanFault(std::string_view text) {
  bool in_string = false;
  size_t open = 0;
  for (size_t i = 0; i < text.size();) {
    const char c = text[i];
    const size_t length = Utf8Length(text.substr(i));
    if (length == 0) return {Expected::kUtf8, static_cast<uint32_t>(i)};
    if (in_string && static_cast<unsigned char>(c) < 0x20) {
      return {Expected::kNoControlCharacter, static_cast<uint32_t>(i)};
    }
    if (c == '"') {
      in_string = !in_string;
      open = i;
    }
    // What a backslash escapes is looked at for control characters only.
    const bool escapes_quote = in_string && c == '\\' && i + 1 < text.size() &&
                               (text[i + 1] == '"' || text[i + 1] == '\\');
    i += escapes_quote ? 2 : length;
  }
  if (in_string) return {Expected::kClosingQuote, static_cast<uint32_t>(open)};
  return {Expected::kValue, static_cast<uint32_t>(text.size())};
}

}  // namespace phoenix
