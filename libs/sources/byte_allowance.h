#ifndef LIBS_SOURCES_BYTE_ALLOWANCE_H_
#define LIBS_SOURCES_BYTE_ALLOWANCE_H_

#include <atomic>
#include <cstddef>

namespace phoenix {

// So many bytes of memory that the producers of a door share: each takes what
// it needs as its input grows, and gives it back when the input is handed on.
// The bound of a door then is one number, however many producers there are.
// Thread-safe.
class ByteAllowance {
 public:
  // What one producer has taken; given back at the end. The allowance outlives
  // every share that is larger than 0. Used by one thread at a time.
  class Share {
   public:
    explicit Share(ByteAllowance& allowance) : allowance_(allowance) {}
    ~Share() { Resize(0); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    // Makes the share `bytes` large. False when that is more than the allowance
    // has left: the share stays as it is. A smaller share can always be had.
    bool Resize(size_t bytes);

    size_t bytes() const { return bytes_; }

   private:
    ByteAllowance& allowance_;
    size_t bytes_ = 0;
  };

  explicit ByteAllowance(size_t max_bytes) : max_bytes_(max_bytes) {}
  ByteAllowance(const ByteAllowance&) = delete;
  ByteAllowance& operator=(const ByteAllowance&) = delete;

  size_t max_bytes() const { return max_bytes_; }

  // What all shares have at the moment.
  size_t used_bytes() const { return used_bytes_; }

 private:
  bool Take(size_t bytes);

  const size_t max_bytes_;
  std::atomic<size_t> used_bytes_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_BYTE_ALLOWANCE_H_
