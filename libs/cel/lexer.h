#ifndef LIBS_CEL_LEXER_H_
#define LIBS_CEL_LEXER_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "libs/cel/source.h"

namespace phoenix::cel {

enum class TokenKind : uint8_t {
  kEnd,
  kIdentifier,
  kReserved,    // a word that is only a name after a dot: "for", "if"
  kQuotedName,  // `content-type`, text without the backticks
  kInt,         // decimal or hexadecimal, without sign
  kUint,        // with its suffix
  kDouble,
  kString,          // as written, with prefix and quotes
  kBytes,           // the same
  kLiteralKeyword,  // true, false, null
  kSymbol,          // operators, brackets, and "in"
  kInvalid,         // reported already
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  uint32_t begin = 0;  // bytes
  uint32_t end = 0;
  std::string_view text;  // borrows from the source

  bool Is(std::string_view symbol) const {
    return kind == TokenKind::kSymbol && text == symbol;
  }
};

// Splits `source` into tokens, ending with one of kEnd. What is no token is
// an issue and a token of kInvalid, after which it goes on.
std::vector<Token> Tokenize(const Source& source, std::vector<Issue>* issues);

}  // namespace phoenix::cel

#endif  // LIBS_CEL_LEXER_H_
