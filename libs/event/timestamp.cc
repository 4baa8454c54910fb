#include "libs/event/timestamp.h"

#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"

namespace phoenix {
namespace {

constexpr int kNanosDigits = 9;
constexpr int kNanosPerSecond = 1'000'000'000;
constexpr int64_t kFirstSecond = -62'135'596'800;  // Of year 1.
constexpr int64_t kLastSecond = 253'402'300'799;   // Of year 9999.

// Reads the parts of a text one after the other; once one is not there, ok() is
// false for good.
class Parts {
 public:
  explicit Parts(std::string_view text) : rest_(text) {}

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  char next() const { return rest_.empty() ? '\0' : rest_.front(); }

  // A number of exactly `digits` digits within [least, most].
  int Number(size_t digits, int least, int most) {
    int value = 0;
    for (size_t i = 0; i < digits; ++i) value = value * 10 + Digit();
    ok_ = ok_ && value >= least && value <= most;
    return value;
  }

  // One of the characters of `allowed`.
  char OneOf(std::string_view allowed) {
    const char c = Take();
    ok_ = ok_ && allowed.find(c) != std::string_view::npos;
    return c;
  }

  // One digit at least, as nanoseconds.
  int Fraction() {
    int nanos = 0;
    int digits = 0;
    do {
      const int digit = Digit();
      if (digits < kNanosDigits) nanos = nanos * 10 + digit;
      ++digits;
    } while (absl::ascii_isdigit(static_cast<unsigned char>(next())));
    for (; digits < kNanosDigits; ++digits) nanos *= 10;
    return nanos;
  }

 private:
  int Digit() {
    const char c = Take();
    ok_ = ok_ && absl::ascii_isdigit(static_cast<unsigned char>(c));
    return ok_ ? c - '0' : 0;
  }

  char Take() {
    if (rest_.empty()) {
      ok_ = false;
      return '\0';
    }
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  std::string_view rest_;
  bool ok_ = true;
};

int OffsetSeconds(Parts& parts) {
  const char sign = parts.OneOf("Zz+-");
  if (sign == 'Z' || sign == 'z') return 0;
  const int hours = parts.Number(2, 0, 23);
  parts.OneOf(":");
  const int seconds = (hours * 60 + parts.Number(2, 0, 59)) * 60;
  return sign == '-' ? -seconds : seconds;
}

}  // namespace

std::optional<Timestamp> ParseRfc3339(std::string_view text) {
  Parts parts(text);
  const int year = parts.Number(4, 0, 9999);
  parts.OneOf("-");
  const int month = parts.Number(2, 1, 12);
  parts.OneOf("-");
  const int day = parts.Number(2, 1, 31);
  parts.OneOf("Tt");
  const int hour = parts.Number(2, 0, 23);
  parts.OneOf(":");
  const int minute = parts.Number(2, 0, 59);
  parts.OneOf(":");
  const int second = parts.Number(2, 0, 60);
  int nanos = 0;
  if (parts.next() == '.') {
    parts.OneOf(".");
    nanos = parts.Fraction();
  }
  const int offset = OffsetSeconds(parts);
  if (!parts.ok() || !parts.at_end()) return std::nullopt;
  const absl::CivilSecond civil(year, month, day, hour, minute, second);
  if (absl::CivilDay(year, month, day).day() != day) return std::nullopt;
  return Timestamp{civil - absl::CivilSecond(1970) - offset,
                   second < 60 ? nanos : 0};
}

bool IsWithinRange(Timestamp time) {
  return time.nanos >= 0 && time.nanos < kNanosPerSecond &&
         time.seconds >= kFirstSecond && time.seconds <= kLastSecond;
}

std::optional<std::string> FormatRfc3339(Timestamp time) {
  if (!IsWithinRange(time)) return std::nullopt;
  const absl::CivilSecond civil = absl::CivilSecond(1970) + time.seconds;
  std::string text = absl::StrFormat(
      "%04d-%02d-%02dT%02d:%02d:%02d", civil.year(), civil.month(), civil.day(),
      civil.hour(), civil.minute(), civil.second());
  if (time.nanos % 1'000 != 0) {
    absl::StrAppendFormat(&text, ".%09d", time.nanos);
  } else if (time.nanos % 1'000'000 != 0) {
    absl::StrAppendFormat(&text, ".%06d", time.nanos / 1'000);
  } else if (time.nanos != 0) {
    absl::StrAppendFormat(&text, ".%03d", time.nanos / 1'000'000);
  }
  return text + "Z";
}

}  // namespace phoenix
