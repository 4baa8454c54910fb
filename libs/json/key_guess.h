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

  // Matches nothing.
  KeyGuess() = default;

  KeyGuess(std::string_view quoted_key, uint32_t child)
      : child_(child),
        is_long_(quoted_key.size() > kLoadBytes),
        key_(quoted_key) {
    char first[kLoadBytes] = {};
    char mask[kLoadBytes] = {};
    const size_t size = is_long_ ? kLoadBytes : key_.size();
    std::memcpy(first, key_.data(), size);
    std::memset(mask, 0xFF, size);
    std::memcpy(&low_, first, 8);
    std::memcpy(&high_, first + 8, 8);
    std::memcpy(&low_mask_, mask, 8);
    std::memcpy(&high_mask_, mask + 8, 8);
  }

  // Whether the key stands at `text`, of which `left` bytes may be read.
  bool Matches(const char* text, size_t left) const {
    if (left < kLoadBytes) return MatchesWhole(text, left);
    uint64_t low, high;
    std::memcpy(&low, text, 8);
    std::memcpy(&high, text + 8, 8);
    const uint64_t difference =
        ((low & low_mask_) ^ low_) | ((high & high_mask_) ^ high_);
    return difference == 0 && (!is_long_ || MatchesWhole(text, left));
  }

  uint32_t child() const { return child_; }

 private:
  static constexpr size_t kLoadBytes = 16;

  bool MatchesWhole(const char* text, size_t left) const {
    return !key_.empty() && left >= key_.size() &&
           std::memcmp(text, key_.data(), key_.size()) == 0;
  }

  // What is loaded for every key stands together. Ones that the mask does not
  // let through match nothing.
  uint64_t low_ = ~uint64_t{0};
  uint64_t high_ = 0;
  uint64_t low_mask_ = 0;
  uint64_t high_mask_ = 0;
  uint32_t child_ = kNoChild;
  bool is_long_ = false;
  std::string key_;
};

}  // namespace phoenix

#endif  // LIBS_JSON_KEY_GUESS_H_
