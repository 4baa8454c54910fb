#ifndef LIBS_SINKS_STDOUT_PRETTY_ROW_ENCODER_H_
#define LIBS_SINKS_STDOUT_PRETTY_ROW_ENCODER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "libs/sinks/rows/row_encoder.h"

namespace phoenix {

// Events for people to read: a line `type id source subject time`, then the
// payload: JSON indented, text as it is, control characters as `\xNN` so that
// no event speaks to the terminal. Thread-compatible.
class PrettyRowEncoder : public RowEncoder {
 public:
  void Encode(const BatchView& view, EncodedRows& out) override;

 private:
  void AppendAttributes(const EventBatch& batch, uint32_t row,
                        std::string& out);

  std::string scratch_;
  std::vector<size_t> ends_;
};

// Appends `json`, which is valid, with a line for every member and two spaces
// a level; of other text it may change the white space.
void AppendIndented(std::string_view json, std::string& out);

}  // namespace phoenix

#endif  // LIBS_SINKS_STDOUT_PRETTY_ROW_ENCODER_H_
