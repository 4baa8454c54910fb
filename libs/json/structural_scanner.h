#ifndef LIBS_JSON_STRUCTURAL_SCANNER_H_
#define LIBS_JSON_STRUCTURAL_SCANNER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/types/span.h"

namespace phoenix {

// Finds where the tokens of JSON text begin, many bytes at a time: simdjson's
// first stage, by the fastest kernel that this processor has. One thread;
// reuses its memory.
class StructuralScanner {
 public:
  StructuralScanner();
  ~StructuralScanner();
  StructuralScanner(const StructuralScanner&) = delete;
  StructuralScanner& operator=(const StructuralScanner&) = delete;

  // Scans `text`, of which no byte beyond the end is read. False when a string
  // is not closed or holds a control character, when the text is not UTF-8, or
  // when it has no token: then there are no tokens().
  //
  // True promises nothing about grammar. Tokens are the characters { } [ ] : ,
  // (and some control characters outside strings), the opening quotes of
  // strings, and the first characters of all else between them.
  bool Scan(std::string_view text);

  // The tokens' offsets in the text of the last Scan(), ascending. Valid until
  // the next one.
  absl::Span<const uint32_t> tokens() const { return tokens_; }

 private:
  class Kernel;

  std::unique_ptr<Kernel> kernel_;
  absl::Span<const uint32_t> tokens_;
};

}  // namespace phoenix

#endif  // LIBS_JSON_STRUCTURAL_SCANNER_H_
