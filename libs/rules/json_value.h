#ifndef LIBS_RULES_JSON_VALUE_H_
#define LIBS_RULES_JSON_VALUE_H_

#include <cstdint>
#include <string_view>

#include "libs/cel/arena.h"
#include "libs/cel/value.h"

namespace phoenix {

// A valid JSON text and its tokens, as offsets in `blob`. All is borrowed and
// must outlive the values that are read of it.
struct JsonText {
  const char* blob = nullptr;
  const uint32_t* tokens = nullptr;
  const uint32_t* tokens_end = nullptr;
  uint32_t end = 0;  // Of the text.
};

// The text as a value of the expression language: objects and arrays are read
// when they are asked for. A key that stands twice in its object and a number
// that neither an int64 nor a double can hold are errors of kInvalidData when
// they are read, as with PathReader; that of a whole number knows the double
// next to it.
cel::Value JsonValue(const JsonText& text, cel::Arena& arena);

}  // namespace phoenix

#endif  // LIBS_RULES_JSON_VALUE_H_
