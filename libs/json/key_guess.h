#ifndef LIBS_JSON_KEY_GUESS_H_
#define LIBS_JSON_KEY_GUESS_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace phoenix {

// A key that is expected in some place of an object, as it is written there
// with its quotes, and which child of a path it leads to. Comparing is two
// loads, for keys of up to 14 characters.
class KeyGuess {
 public:
  static constexpr uint32_t kNoChild = UINT32_MAX;

  // Reading so many bytes from where a key begins must be allowed.
  static constexpr size_t kReadBytes = 16;

  KeyGuess() = default;
  KeyGuess(std::string_view quoted_key, uint32_t child)
      : key_(quoted_key), child_(child) {
    char first[kReadBytes] = {};
    char mask[kReadBytes] = {};
    const size_t size = key_.size() < kReadBytes ? key_.size() : kReadBytes;
    std::memcpy(first, key_.data(), size);
    std::memset(mask, 0xFF, size);
    std::memcpy(&low_, first, 8);
    std::memcpy(&high_, first + 8, 8);
    std::memcpy(&low_mask_, mask, 8);
    std::memcpy(&high_mask_, mask + 8, 8);
  }

  // Whether the key stands at `text`, of which `left` bytes may be read.
  bool Matches(const char* text, size_t left) const {
    if (left < kReadBytes || key_.empty()) return MatchesSlowly(text, left);
    uint64_t low, high;
    std::memcpy(&low, text, 8);
    std::memcpy(&high, text + 8, 8);
    const uint64_t difference =
        ((low ^ low_) & low_mask_) | ((high ^ high_) & high_mask_);
    if (difference != 0) return false;
    return key_.size() <= kReadBytes || MatchesSlowly(text, left);
  }

  uint32_t child() const { return child_; }

 private:
  bool MatchesSlowly(const char* text, size_t left) const {
    return !key_.empty() && left >= key_.size() &&
           std::memcmp(text, key_.data(), key_.size()) == 0;
  }

  std::string key_;
  uint32_t child_ = kNoChild;
  uint64_t low_ = 0;
  uint64_t high_ = 0;
  uint64_t low_mask_ = 0;
  uint64_t high_mask_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_JSON_KEY_GUESS_H_
