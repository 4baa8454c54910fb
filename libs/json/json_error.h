#ifndef LIBS_JSON_JSON_ERROR_H_
#define LIBS_JSON_JSON_ERROR_H_

#include <cstdint>
#include <string>

namespace phoenix {

// Why a row of a batch is not one valid JSON text.
struct JsonError {
  uint32_t row = 0;
  // Bytes from the beginning of the row to what is wrong.
  uint32_t offset = 0;
  // A lower-case fragment that says what was found and what was expected.
  std::string message;
};

}  // namespace phoenix

#endif  // LIBS_JSON_JSON_ERROR_H_
