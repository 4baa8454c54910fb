#ifndef LIBS_JSON_JSON_NUMBER_H_
#define LIBS_JSON_JSON_NUMBER_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace phoenix {

// A JSON number as rules see it: an integer when it is written without
// fraction and exponent, else the nearest double.
struct JsonNumber {
  // kTooLarge: an integer beyond 64 bits, or a magnitude beyond any double.
  enum class Kind : uint8_t { kInt, kDouble, kTooLarge };
  Kind kind = Kind::kInt;
  int64_t integer = 0;
  double real = 0;
};

// Reads a valid JSON number.
JsonNumber ReadNumber(std::string_view text);

// Appends a double such that it reads back as the same double: the shortest
// such text, with a fraction or an exponent. False, and nothing is appended,
// when it is not finite.
bool AppendDouble(std::string& out, double value);

}  // namespace phoenix

#endif  // LIBS_JSON_JSON_NUMBER_H_
