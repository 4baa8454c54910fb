#ifndef LIBS_FLOW_CREDIT_H_
#define LIBS_FLOW_CREDIT_H_

#include <cstdint>
#include <string>

namespace phoenix::flow {

// A bound on what is on the way: by bytes and by batches, whichever is reached
// first.
struct Quota {
  int64_t bytes = 0;
  int64_t count = 0;

  // Whether `size` more bytes, as one more batch, fit on top of `used`. A batch
  // that is larger than the whole quota fits when nothing is used, so that a
  // tiny quota slows the stream and never stops it; a zero quota takes nothing.
  bool Fits(const Quota& used, int64_t size) const {
    if (bytes <= 0 || count <= 0) return false;
    if (used.count == 0) return true;
    return used.count < count && used.bytes + size <= bytes;
  }

  void Add(int64_t size) {
    bytes += size;
    ++count;
  }
  void Subtract(int64_t size) {
    bytes -= size;
    --count;
  }

  friend bool operator==(const Quota&, const Quota&) = default;
};

// What a receiver lets its sender have unanswered. A level, not an increment.
struct Credit {
  Quota quota = {};

  // Who holds the receiver up; empty when nobody does.
  std::string limited_by = {};
};

}  // namespace phoenix::flow

#endif  // LIBS_FLOW_CREDIT_H_
