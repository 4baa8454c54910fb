#ifndef LIBS_EVENT_PAYLOAD_COLUMN_BUILDER_H_
#define LIBS_EVENT_PAYLOAD_COLUMN_BUILDER_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/byte_range.h"
#include "libs/base/shared_bytes.h"
#include "libs/event/event_batch.h"

namespace phoenix {

// Builds a PayloadColumn row by row. Payloads that are parts of an input buffer
// stay where they are; as soon as one is not, all are copied to a blob of the
// column's own. Thread-compatible.
class PayloadColumnBuilder {
 public:
  // Payloads that lie in `input` (smaller than 4 GiB) need not be copied from
  // now on. Without effect when payloads have been added already.
  void UseInput(SharedBytes input);

  void Append(std::string_view payload, PayloadKind kind);

  // Bytes of the payloads so far.
  size_t byte_size() const { return byte_size_; }

  // The column; the builder is empty then and has no input.
  PayloadColumn Build();

 private:
  bool IsInInput(std::string_view payload) const;
  ByteRange Copy(std::string_view payload);
  void LeaveInput();

  SharedBytes input_;  // Empty: payloads are copied to bytes_.
  std::string bytes_;
  std::vector<ByteRange> ranges_;
  std::vector<PayloadKind> kinds_;
  size_t byte_size_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_EVENT_PAYLOAD_COLUMN_BUILDER_H_
