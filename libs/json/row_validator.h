#ifndef LIBS_JSON_ROW_VALIDATOR_H_
#define LIBS_JSON_ROW_VALIDATOR_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "libs/json/json_fault.h"

namespace phoenix {

// How deep objects and arrays of a JSON text may nest. Twice what events
// should ever need; it bounds everything that walks a text.
inline constexpr uint32_t kMaxJsonDepth = 128;

// Validates the grammar of the JSON text that ends at `end` in `text` and whose
// tokens, found by a StructuralScanner, begin with tokens[0]; tokens at or
// beyond `end` may follow. Returns how many tokens the text has, or 0 when it
// is not valid, and then sets `fault`, counting offsets from `text`; with
// tokens of other texts behind its own, it may blame what these lack.
//
// Trusts the scanner that strings are closed, and does not look into them:
// their escapes are ValidateEscapes' task (json_string.h).
size_t ValidateTokens(const char* text, absl::Span<const uint32_t> tokens,
                      uint32_t end, JsonFault& fault);

}  // namespace phoenix

#endif  // LIBS_JSON_ROW_VALIDATOR_H_
