#ifndef LIBS_CEL_LITERALS_H_
#define LIBS_CEL_LITERALS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace phoenix::cel {

// What is wrong with a literal, and where in it.
struct LiteralError {
  size_t offset = 0;  // bytes from the literal's first byte
  std::string message;
};

// Decodes a string or bytes literal as written, with prefix and quotes: its
// escapes are resolved (not in a raw one). A string becomes valid UTF-8, \x
// and octal escapes naming code points; in bytes they name bytes. None on an
// invalid escape, with *error set.
std::optional<std::string> DecodeText(std::string_view literal,
                                      LiteralError* error);

// The value of a decimal or hexadecimal integer literal; none when it does
// not fit. A negative literal is given with `negative` and without its sign.
std::optional<int64_t> DecodeInt(std::string_view literal, bool negative);
// The same with the suffix u or U.
std::optional<uint64_t> DecodeUint(std::string_view literal);
// None when the literal is too large; a very small one is zero.
std::optional<double> DecodeDouble(std::string_view literal);

}  // namespace phoenix::cel

#endif  // LIBS_CEL_LITERALS_H_
