#include "libs/base/byte_size.h"

#include <array>
#include <cmath>
#include <cstddef>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

struct Unit {
  std::string_view name;
  int64_t bytes;
};

constexpr std::array<Unit, 10> kUnits = {{
    {"", 1},
    {"B", 1},
    {"KB", 1'000},
    {"MB", 1'000'000},
    {"GB", 1'000'000'000},
    {"TB", 1'000'000'000'000},
    {"KiB", 1 << 10},
    {"MiB", 1 << 20},
    {"GiB", 1 << 30},
    {"TiB", int64_t{1} << 40},
}};
constexpr size_t kFirstBinaryUnit = 6;

const Unit* FindUnit(std::string_view name) {
  for (const Unit& unit : kUnits) {
    if (absl::EqualsIgnoreCase(ToAbsl(unit.name), ToAbsl(name))) return &unit;
  }
  return nullptr;
}

absl::Status NotASize(std::string_view text) {
  return absl::InvalidArgumentError(
      Cat("'", text,
          "' is not a size: expected a number of bytes with a unit such as "
          "'64MiB'"));
}

}  // namespace

absl::StatusOr<int64_t> ParseByteSize(std::string_view text) {
  const size_t digits = text.find_first_not_of("0123456789.");
  const std::string_view number = text.substr(0, digits);
  std::string_view unit_name =
      digits == text.npos ? std::string_view() : text.substr(digits);
  if (!unit_name.empty() && unit_name[0] == ' ') unit_name.remove_prefix(1);
  const Unit* unit = FindUnit(unit_name);
  int64_t whole = 0;
  if (unit == nullptr) return NotASize(text);
  if (absl::SimpleAtoi(ToAbsl(number), &whole)) {
    if (whole > INT64_MAX / unit->bytes) return NotASize(text);
    return whole * unit->bytes;
  }
  double value = 0;
  if (!absl::SimpleAtod(ToAbsl(number), &value)) return NotASize(text);
  const double bytes = value * static_cast<double>(unit->bytes);
  if (bytes >= 0x1p63 || bytes != std::floor(bytes)) return NotASize(text);
  return static_cast<int64_t>(bytes);
}

std::string FormatByteSize(int64_t bytes) {
  size_t largest = kUnits.size();
  while (largest > kFirstBinaryUnit && bytes < kUnits[largest - 1].bytes) {
    --largest;
  }
  if (largest == kFirstBinaryUnit) return Cat(bytes, "B");
  const Unit& unit = kUnits[largest - 1];
  if (bytes % unit.bytes == 0) return Cat(bytes / unit.bytes, unit.name);
  return Cat(absl::StrFormat("%.1f", static_cast<double>(bytes) /
                                         static_cast<double>(unit.bytes)),
             unit.name);
}

}  // namespace phoenix
