#ifndef LIBS_JSON_TEXT_ARENA_H_
#define LIBS_JSON_TEXT_ARENA_H_

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace phoenix {

// Memory for texts that are made while a batch is read. Texts never move; all
// are given up at once, and the memory is kept for the next batch.
// Thread-compatible.
class TextArena {
 public:
  // Asked from the heap at least: some batches' worth of short texts.
  static constexpr size_t kMinBlockBytes = 16 * 1024;

  // Room for `bytes`, not initialised.
  char* Allocate(size_t bytes) {
    if (left_ < bytes) AddBlock(bytes);
    char* text = next_;
    next_ += bytes;
    left_ -= bytes;
    return text;
  }

  // Gives the last `bytes` of the last Allocate() back.
  void GiveBack(size_t bytes) {
    next_ -= bytes;
    left_ += bytes;
  }

  std::string_view Copy(std::string_view text) {
    if (text.empty()) return {};
    char* copy = Allocate(text.size());
    std::memcpy(copy, text.data(), text.size());
    return {copy, text.size()};
  }

  // Invalidates every text. Keeps the largest block.
  void Reset() {
    if (blocks_.size() > 1) {
      std::swap(blocks_.front(), blocks_.back());
      blocks_.resize(1);
    }
    next_ = blocks_.empty() ? nullptr : blocks_.front().memory.get();
    left_ = blocks_.empty() ? 0 : blocks_.front().size;
  }

 private:
  struct Block {
    std::unique_ptr<char[]> memory;
    size_t size;
  };

  // Blocks double, so that the last one is the largest.
  void AddBlock(size_t bytes) {
    const size_t doubled = blocks_.empty() ? 0 : 2 * blocks_.back().size;
    const size_t size = std::max({bytes, doubled, kMinBlockBytes});
    blocks_.push_back({std::unique_ptr<char[]>(new char[size]), size});
    next_ = blocks_.back().memory.get();
    left_ = size;
  }

  std::vector<Block> blocks_;
  char* next_ = nullptr;
  size_t left_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_JSON_TEXT_ARENA_H_
