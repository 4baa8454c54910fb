#ifndef LIBS_JSON_JSON_FAULT_H_
#define LIBS_JSON_JSON_FAULT_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace phoenix {

// What keeps a text from being valid JSON, before words are made of it.
struct JsonFault {
  // What was expected where something else was found.
  enum class Expected : uint8_t {
    kValue,
    kValueOrArrayEnd,
    kKey,
    kKeyOrObjectEnd,
    kColon,
    kCommaOrObjectEnd,
    kCommaOrArrayEnd,
    kEndOfText,
    kNumber,
    kLiteral,
    kEscape,
    kSurrogatePair,
    kLessDepth,
    kClosingQuote,
    kNoControlCharacter,
    kUtf8,
  };

  Expected expected = Expected::kValue;
  // Bytes from the beginning of the text.
  uint32_t offset = 0;
};

// A lower-case fragment such as "expected ',' or '}' after a value, found 'x'".
std::string DescribeFault(std::string_view text, const JsonFault& fault);

// What is wrong with a text in which a StructuralScanner found no tokens.
JsonFault FindScanFault(std::string_view text);

}  // namespace phoenix

#endif  // LIBS_JSON_JSON_FAULT_H_
