#include "libs/sinks/kafka/position_key.h"

#include "absl/strings/numbers.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

constexpr char kSeparator = '\t';

// Takes the number behind the last separator, and that, off `text`.
template <typename Number>
bool TakeLastNumber(std::string_view& text, Number& number) {
  const size_t at = text.rfind(kSeparator);
  if (at == text.npos) return false;
  const std::string_view digits = text.substr(at + 1);
  text = text.substr(0, at);
  return absl::SimpleAtoi(ToAbsl(digits), &number);
}

}  // namespace

std::string EncodePositionKey(std::string_view sink, std::string_view log,
                              int32_t partition, int64_t page) {
  return Cat(sink, "\t", log, "\t", partition, "\t", page);
}

std::string PositionsClaimKey(std::string_view sink) {
  return Cat(sink, "\topen");
}

std::optional<PositionKey> DecodePositionKey(std::string_view sink,
                                             std::string_view key) {
  if (!key.starts_with(sink)) return std::nullopt;
  key.remove_prefix(sink.size());
  if (!key.starts_with(kSeparator)) return std::nullopt;
  key.remove_prefix(1);
  PositionKey decoded;
  if (!TakeLastNumber(key, decoded.page) ||
      !TakeLastNumber(key, decoded.partition)) {
    return std::nullopt;
  }
  if (decoded.page < PositionKey::kFloorPage) return std::nullopt;
  decoded.log = key;
  return decoded;
}

}  // namespace phoenix
