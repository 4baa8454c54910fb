#include "libs/operators/validate/breach_text.h"

#include <charconv>

#include "libs/base/text.h"

namespace phoenix {
namespace {

// Whether the byte continues a character of UTF-8.
bool Continues(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

}  // namespace

std::string Shorten(std::string_view text) {
  if (text.size() <= kMaxShownBytes) return std::string(text);
  size_t end = kMaxShownBytes;
  while (end > 0 && Continues(text[end])) --end;
  return Cat(text.substr(0, end), "...");
}

std::string ShortNumber(double number) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof(text), number);
  return std::string(text, end);
}

std::string DescribeValue(const ValueColumn& values, uint32_t row,
                          const absl::Status& why) {
  switch (values.tag(row)) {
    case ValueTag::kMissing:
      return "is missing";
    case ValueTag::kNull:
      return "is null";
    case ValueTag::kBool:
      return values.AsBool(row) ? "is true" : "is false";
    case ValueTag::kInt:
      return Cat("is ", values.AsInt(row));
    case ValueTag::kUint:
      return Cat("is ", values.AsUint(row));
    case ValueTag::kDouble:
      return Cat("is ", ShortNumber(values.AsDouble(row)));
    case ValueTag::kString:
      return Cat("is '", Shorten(values.AsText(row)), "'");
    case ValueTag::kJson:
    case ValueTag::kOther:
      return Cat("is ", Shorten(values.AsText(row)));
    case ValueTag::kError:
      break;
  }
  return Cat("has no value: ", Shorten(FromAbsl(why.message())));
}

}  // namespace phoenix
