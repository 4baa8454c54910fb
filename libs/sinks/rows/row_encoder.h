#ifndef LIBS_SINKS_ROWS_ROW_ENCODER_H_
#define LIBS_SINKS_ROWS_ROW_ENCODER_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "libs/event/selection.h"

namespace phoenix {

// Rows as lines of text. Reused for batch after batch, so that its memory is
// allocated once. Thread-compatible.
struct EncodedRows {
  struct Error {
    size_t index;
    absl::Status status;
  };

  // One line for each row of the view, without line end; empty where the row
  // has an error. A line is valid as long as the batch and this object.
  std::vector<std::string_view> lines;

  // Rows that have no such form, ascending by their index in the view.
  std::vector<Error> errors;

  // Lines that are not a part of the batch lie here.
  std::string text;
};

// How rows become lines: a file format. One virtual call a batch.
// Thread-compatible.
class RowEncoder {
 public:
  virtual ~RowEncoder() = default;

  // Overwrites `out` with the lines of the view's rows.
  virtual void Encode(const BatchView& view, EncodedRows& out) = 0;

  // A first line for every file, without line end; empty for none.
  virtual std::string_view header() const { return {}; }
};

// For encoders that write their lines to `out.text`, one after the other: turns
// the places where lines end into `out.lines`. A line between equal ends is
// empty.
void SetLinesByEnds(const std::vector<size_t>& ends, EncodedRows& out);

}  // namespace phoenix

#endif  // LIBS_SINKS_ROWS_ROW_ENCODER_H_
