#include "libs/operators/stats/key_texts.h"

#include <charconv>
#include <cmath>
#include <iterator>
#include <utility>

namespace phoenix {
namespace {

// The longest decimal form of a double or a 64-bit number.
constexpr size_t kMaxNumberBytes = 32;

// Doubles below it have the integers that they equal.
constexpr double kTwoTo63 = 0x1p63;

template <typename Number>
std::string Shortest(Number number) {
  char text[kMaxNumberBytes];
  return std::string(text, std::to_chars(text, std::end(text), number).ptr);
}

}  // namespace

std::string NumberText(double number) { return Shortest(number); }
std::string NumberText(int64_t number) { return Shortest(number); }
std::string NumberText(uint64_t number) { return Shortest(number); }

std::optional<StatsKeyView> KeyTexts::at(uint32_t row) {
  switch (keys_.tag(row)) {
    case ValueTag::kString:
      if (keys_.AsText(row).size() > kMaxKeyBytes) return std::nullopt;
      return StatsKeyView{StatsKey::Kind::kText, keys_.AsText(row)};
    case ValueTag::kBool:
      return StatsKeyView{StatsKey::Kind::kBool,
                          keys_.AsBool(row) ? "true" : "false"};
    case ValueTag::kInt:
      return Number(NumberText(keys_.AsInt(row)));
    case ValueTag::kUint:
      return Number(NumberText(keys_.AsUint(row)));
    case ValueTag::kDouble:
      return Real(keys_.AsDouble(row));
    default:
      return std::nullopt;
  }
}

std::optional<StatsKeyView> KeyTexts::Real(double value) {
  if (!std::isfinite(value)) return std::nullopt;
  if (value == std::trunc(value) && std::abs(value) < kTwoTo63) {
    return Number(NumberText(static_cast<int64_t>(value)));
  }
  return Number(NumberText(value));
}

StatsKeyView KeyTexts::Number(std::string text) {
  return {StatsKey::Kind::kNumber, kept_.emplace_back(std::move(text))};
}

}  // namespace phoenix
