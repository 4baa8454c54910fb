#include "libs/cel/arena.h"

#include <cstring>

namespace phoenix::cel {

void* Arena::Allocate(size_t bytes) {
  constexpr size_t kAlign = alignof(std::max_align_t);
  bytes = (bytes + kAlign - 1) / kAlign * kAlign;
  bytes_used_ += bytes;
  if (bytes > kBlockBytes) {
    // Kept in front, so that the last block stays the one that is filled.
    auto block = std::make_unique<char[]>(bytes);
    char* memory = block.get();
    blocks_.insert(blocks_.begin(), std::move(block));
    return memory;
  }
  if (bytes > left_) {
    blocks_.push_back(std::make_unique<char[]>(kBlockBytes));
    next_ = blocks_.back().get();
    left_ = kBlockBytes;
  }
  char* memory = next_;
  next_ += bytes;
  left_ -= bytes;
  return memory;
}

std::string_view Arena::Copy(std::string_view text) {
  if (text.empty()) return {};
  char* copy = static_cast<char*>(Allocate(text.size()));
  std::memcpy(copy, text.data(), text.size());
  return {copy, text.size()};
}

void Arena::Reset() {
  DestroyObjects();
  bytes_used_ = 0;
  // A block of its own may be huge: only a standard block is kept.
  if (next_ == nullptr) {
    blocks_.clear();
    return;
  }
  std::unique_ptr<char[]> kept = std::move(blocks_.back());
  blocks_.clear();
  next_ = kept.get();
  left_ = kBlockBytes;
  blocks_.push_back(std::move(kept));
}

void Arena::DestroyObjects() {
  for (auto it = cleanups_.rbegin(); it != cleanups_.rend(); ++it) {
    it->destroy(it->object);
  }
  cleanups_.clear();
}

}  // namespace phoenix::cel
