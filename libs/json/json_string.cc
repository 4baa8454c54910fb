#include "libs/json/json_string.h"

#include <cstring>

namespace phoenix {
namespace {

using Expected = JsonFault::Expected;

constexpr uint32_t kNotHex = ~0u;

uint32_t HexDigit(char c) {
  if (c >= '0' && c <= '9') return static_cast<uint32_t>(c - '0');
  const char lower = static_cast<char>(c | 0x20);
  if (lower >= 'a' && lower <= 'f')
    return static_cast<uint32_t>(lower - 'a') + 10;
  return kNotHex;
}

// The code unit of "\uXXXX" at `offset`, kNotHex when that is not one.
uint32_t CodeUnit(std::string_view text, size_t offset) {
  if (text.size() < offset + 6 || text[offset] != '\\' ||
      text[offset + 1] != 'u') {
    return kNotHex;
  }
  uint32_t unit = 0;
  for (size_t i = offset + 2; i < offset + 6; ++i) {
    const uint32_t digit = HexDigit(text[i]);
    if (digit == kNotHex) return kNotHex;
    unit = unit << 4 | digit;
  }
  return unit;
}

bool IsHighSurrogate(uint32_t unit) { return (unit & ~0x3FFu) == 0xD800; }
bool IsLowSurrogate(uint32_t unit) { return (unit & ~0x3FFu) == 0xDC00; }

// What a one-letter escape stands for, '\0' when JSON has no such escape.
char SimpleEscape(char letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/':
      return letter;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return '\0';
  }
}

// The size of the escape at `offset`, or 0 and what was expected.
size_t EscapeSize(std::string_view text, size_t offset, Expected& expected) {
  if (offset + 1 < text.size() && SimpleEscape(text[offset + 1]) != '\0') {
    return 2;
  }
  const uint32_t unit = CodeUnit(text, offset);
  expected = unit == kNotHex ? Expected::kEscape : Expected::kSurrogatePair;
  if (unit == kNotHex || IsLowSurrogate(unit)) return 0;
  if (!IsHighSurrogate(unit)) return 6;
  const uint32_t low = CodeUnit(text, offset + 6);
  return low != kNotHex && IsLowSurrogate(low) ? 12 : 0;
}

char* PutUtf8(char* out, uint32_t c) {
  const auto put = [&out](uint32_t byte) { *out++ = static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  }
  return out;
}

bool MustBeEscaped(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

void AppendEscape(std::string& out, char c) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '\\';
  switch (c) {
    case '"':
    case '\\':
      out += c;
      break;
    case '\n':
      out += 'n';
      break;
    case '\r':
      out += 'r';
      break;
    case '\t':
      out += 't';
      break;
    default:
      out += "u00";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[c & 15];
  }
}

bool IsContinuation(std::string_view text, size_t offset) {
  return offset < text.size() && (text[offset] & 0xC0) == 0x80;
}

}  // namespace

bool ValidateEscapes(std::string_view text, size_t begin, JsonFault& fault) {
  while (begin < text.size()) {
    const void* found =
        std::memchr(text.data() + begin, '\\', text.size() - begin);
    if (found == nullptr) return true;
    const size_t offset = static_cast<const char*>(found) - text.data();
    const size_t size = EscapeSize(text, offset, fault.expected);
    if (size == 0) {
      fault.offset = static_cast<uint32_t>(offset);
      return false;
    }
    begin = offset + size;
  }
  return true;
}

size_t Unescape(std::string_view raw, char* out) {
  char* const first = out;
  for (size_t i = 0; i < raw.size();) {
    if (raw[i] != '\\') {
      *out++ = raw[i++];
    } else if (raw[i + 1] != 'u') {
      *out++ = SimpleEscape(raw[i + 1]);
      i += 2;
    } else {
      uint32_t c = CodeUnit(raw, i);
      i += 6;
      if (IsHighSurrogate(c)) {
        c = 0x10000 + ((c & 0x3FF) << 10 | (CodeUnit(raw, i) & 0x3FF));
        i += 6;
      }
      out = PutUtf8(out, c);
    }
  }
  return static_cast<size_t>(out - first);
}

void AppendJsonString(std::string& out, std::string_view text) {
  out += '"';
  size_t plain = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!MustBeEscaped(text[i])) continue;
    out.append(text, plain, i - plain);
    AppendEscape(out, text[i]);
    plain = i + 1;
  }
  out.append(text, plain);
  out += '"';
}

size_t Utf8Length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return 1;
  const size_t length = lead < 0xC2   ? 0
                        : lead < 0xE0 ? 2
                        : lead < 0xF0 ? 3
                        : lead < 0xF5 ? 4
                                      : 0;
  for (size_t i = 1; i < length; ++i) {
    if (!IsContinuation(text, i)) return 0;
  }
  if (length < 3) return length;
  const auto second = static_cast<unsigned char>(text[1]);
  // Overlong forms, surrogates, and what lies beyond U+10FFFF.
  if (lead == 0xE0 && second < 0xA0) return 0;
  if (lead == 0xED && second >= 0xA0) return 0;
  if (lead == 0xF0 && second < 0x90) return 0;
  if (lead == 0xF4 && second >= 0x90) return 0;
  return length;
}

}  // namespace phoenix
