#include "libs/sinks/rows/cloudevents_row_encoder.h"

namespace phoenix {

void CloudEventsRowEncoder::Encode(const BatchView& view, EncodedRows& out) {
  out.errors.clear();
  out.text.clear();
  ends_.clear();
  for (uint32_t row : view.rows) {
    encoder_.Append(*view.batch, row, out.text);
    ends_.push_back(out.text.size());
  }
  SetLinesByEnds(ends_, out);
}

}  // namespace phoenix
