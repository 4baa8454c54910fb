#ifndef LIBS_BASE_BYTE_PIECES_H_
#define LIBS_BASE_BYTE_PIECES_H_

#include <cstddef>
#include <utility>
#include <vector>

#include "libs/base/shared_bytes.h"

namespace phoenix {

// One sequence of bytes that lies in several places: a message around a part
// that is lent, not copied. Copying shares the bytes. Thread-compatible.
class BytePieces {
 public:
  BytePieces() = default;
  explicit BytePieces(SharedBytes whole) { Append(std::move(whole)); }

  // Adds `piece` at the end.
  void Append(SharedBytes piece);

  // In order; none is empty.
  const std::vector<SharedBytes>& pieces() const { return pieces_; }

  // Bytes of all pieces together.
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // Bytes [begin, end), sharing the owners. `end` is at most size().
  BytePieces Part(size_t begin, size_t end) const;

  // The bytes in one place: where they lie if that is one piece, else copied.
  SharedBytes Join() const;

 private:
  std::vector<SharedBytes> pieces_;
  size_t size_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_BASE_BYTE_PIECES_H_
