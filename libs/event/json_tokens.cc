#include "libs/event/json_tokens.h"

namespace phoenix {
namespace {

bool IsJsonSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool IsOpening(char c) { return c == '{' || c == '['; }
bool IsClosing(char c) { return c == '}' || c == ']'; }

}  // namespace

JsonTokens::JsonTokens(std::string_view blob, ByteRange range,
                       const JsonIndex& index, uint32_t row)
    : blob_(blob),
      tokens_(index.tokens.data()),
      at_(index.first[row]),
      end_(index.first[row + 1]),
      range_end_(range.end) {}

ByteRange JsonTokens::TakeValue() {
  if (IsOpening(Peek())) return TakeContainer();
  const uint32_t begin = tokens_[at_++];
  uint32_t end = Offset();
  while (IsJsonSpace(blob_[end - 1])) --end;
  return {begin, end};
}

ByteRange JsonTokens::TakeContainer() {
  const uint32_t begin = tokens_[at_];
  int depth = 0;
  do {
    const char c = blob_[tokens_[at_++]];
    depth += IsOpening(c);
    depth -= IsClosing(c);
  } while (depth > 0);
  return {begin, tokens_[at_ - 1] + 1};
}

bool JsonTokens::NextElement() {
  const char passed = Peek();  // An opening bracket, a comma or a closing one.
  ++at_;
  if (passed == ',') return true;
  if (IsClosing(passed)) return false;
  if (!IsClosing(Peek())) return true;
  ++at_;
  return false;
}

uint64_t JsonTokens::CountElements() const {
  JsonTokens elements = *this;
  uint64_t count = 0;
  for (; elements.NextElement(); ++count) elements.TakeValue();
  return count;
}

}  // namespace phoenix
