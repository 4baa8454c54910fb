#include "libs/base/byte_pieces.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>

namespace phoenix {

void BytePieces::Append(SharedBytes piece) {
  if (piece.empty()) return;
  size_ += piece.size();
  pieces_.push_back(std::move(piece));
}

BytePieces BytePieces::Part(size_t begin, size_t end) const {
  BytePieces part;
  size_t at = 0;  // Where the piece begins.
  for (const SharedBytes& piece : pieces_) {
    const size_t first = std::max(begin, at);
    const size_t last = std::min(end, at + piece.size());
    if (first < last) part.Append(piece.Part(first - at, last - at));
    at += piece.size();
  }
  return part;
}

SharedBytes BytePieces::Join() const {
  if (pieces_.empty()) return {};
  if (pieces_.size() == 1) return pieces_.front();
  auto bytes = std::make_shared_for_overwrite<char[]>(size_);
  char* at = bytes.get();
  for (const SharedBytes& piece : pieces_) {
    std::memcpy(at, piece.data(), piece.size());
    at += piece.size();
  }
  const std::string_view view(bytes.get(), size_);
  return SharedBytes(std::move(bytes), view);
}

}  // namespace phoenix
