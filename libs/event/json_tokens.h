#ifndef LIBS_EVENT_JSON_TOKENS_H_
#define LIBS_EVENT_JSON_TOKENS_H_

#include <cstdint>
#include <string_view>

#include "libs/base/byte_range.h"
#include "libs/json/json_index.h"

namespace phoenix {

// Walks one indexed, and so valid, JSON text from value to value without
// looking at the bytes between the tokens. The blob and the index must outlive
// it. Thread-compatible.
class JsonTokens {
 public:
  // Row `row` of the index, which lies at `range` of `blob`.
  JsonTokens(std::string_view blob, ByteRange range, const JsonIndex& index,
             uint32_t row);

  // Index of the next token in JsonIndex::tokens.
  uint32_t position() const { return at_; }

  // The first character of the next token; '\0' at the end.
  char Peek() const { return at_ == end_ ? '\0' : blob_[tokens_[at_]]; }

  // Where the next token begins in the blob; at the end, where the text ends.
  uint32_t Offset() const { return at_ == end_ ? range_end_ : tokens_[at_]; }

  void Skip() { ++at_; }

  // Moves over the value that begins at the next token and returns its place,
  // without the whitespace around it.
  ByteRange TakeValue();

  // Iterates over the elements of an array, or the members of an object, whose
  // opening token is next at the first call: true while there is another
  // element (or key, which Skip-ping a colon divides from its value); the
  // caller takes it. Once false, the tokens stand behind the container.
  bool NextElement();

  // How many elements the array that is next has; nothing is taken.
  uint64_t CountElements() const;

 private:
  ByteRange TakeContainer();

  std::string_view blob_;
  const uint32_t* tokens_;
  uint32_t at_;
  uint32_t end_;
  uint32_t range_end_;
};

}  // namespace phoenix

#endif  // LIBS_EVENT_JSON_TOKENS_H_
