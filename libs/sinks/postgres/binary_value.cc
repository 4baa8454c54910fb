#include "libs/sinks/postgres/binary_value.h"

#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>

#include "libs/event/timestamp.h"
#include "libs/event/utf8.h"
#include "libs/sinks/postgres/big_endian.h"
#include "libs/sinks/postgres/binary_numeric.h"

namespace phoenix {
namespace {

// The server's times count from the year 2000.
constexpr int64_t kServerEpochSeconds = 946'684'800;
constexpr char kJsonbVersion = 1;
constexpr size_t kUuidDigits = 32;

// All of `text` as a number.
template <typename T>
bool ReadNumber(std::string_view text, T& value) {
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  return read.ec == std::errc() && read.ptr == end;
}

template <typename T>
bool AppendInteger(std::string_view text, std::string& out) {
  T value;
  if (!ReadNumber(text, value)) return false;
  AppendBigEndian(value, out);
  return true;
}

bool AppendDouble(std::string_view text, std::string& out) {
  double value;
  if (!ReadNumber(text, value)) return false;
  AppendBigEndian(std::bit_cast<int64_t>(value), out);
  return true;
}

bool AppendBoolean(std::string_view text, std::string& out) {
  if (text != "true" && text != "false") return false;
  out.push_back(text == "true" ? 1 : 0);
  return true;
}

bool AppendTime(std::string_view text, std::string& out) {
  const std::optional<Timestamp> time = ParseRfc3339(text);
  if (!time.has_value()) return false;
  AppendBigEndian(
      (time->seconds - kServerEpochSeconds) * 1'000'000 + time->nanos / 1'000,
      out);
  return true;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = static_cast<char>(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Hyphens may stand behind every fourth digit, as the server reads it.
bool AppendUuid(std::string_view text, std::string& out) {
  size_t digits = 0;
  int high = 0;
  bool hyphen = true;
  for (char c : text) {
    if (c == '-') {
      if (hyphen || digits % 4 != 0 || digits == kUuidDigits) return false;
      hyphen = true;
      continue;
    }
    hyphen = false;
    const int digit = HexDigit(c);
    if (digit < 0 || digits == kUuidDigits) return false;
    if (digits++ % 2 == 0) {
      high = digit;
    } else {
      out.push_back(static_cast<char>(high << 4 | digit));
    }
  }
  return digits == kUuidDigits;
}

bool AppendText(std::string_view text, std::string& out) {
  if (std::memchr(text.data(), '\0', text.size()) != nullptr || !IsUtf8(text)) {
    return false;
  }
  out.append(text);
  return true;
}

bool AppendJsonb(std::string_view text, std::string& out) {
  out.push_back(kJsonbVersion);
  out.append(text);
  return true;
}

bool AppendBytes(ColumnType type, std::string_view text, std::string& out) {
  switch (type) {
    case ColumnType::kText:
      return AppendText(text, out);
    case ColumnType::kInteger:
      return AppendInteger<int32_t>(text, out);
    case ColumnType::kBigint:
      return AppendInteger<int64_t>(text, out);
    case ColumnType::kDouble:
      return AppendDouble(text, out);
    case ColumnType::kNumeric:
      return AppendBinaryNumeric(text, out);
    case ColumnType::kBoolean:
      return AppendBoolean(text, out);
    case ColumnType::kTimestamptz:
      return AppendTime(text, out);
    case ColumnType::kUuid:
      return AppendUuid(text, out);
    case ColumnType::kJsonb:
      return AppendJsonb(text, out);
    case ColumnType::kBytea:
      out.append(text);
      return true;
  }
  return false;
}

}  // namespace

bool AppendBinaryValue(ColumnType type, std::string_view text,
                       std::string& out) {
  const size_t begin = out.size();
  AppendBigEndian(int32_t{0}, out);
  const size_t value = out.size();
  if (!AppendBytes(type, text, out) ||
      out.size() - value > std::numeric_limits<int32_t>::max()) {
    out.resize(begin);
    return false;
  }
  PutBigEndian(static_cast<int32_t>(out.size() - value), begin, out);
  return true;
}

void AppendBinaryNull(std::string& out) { AppendBigEndian(int32_t{-1}, out); }

}  // namespace phoenix
