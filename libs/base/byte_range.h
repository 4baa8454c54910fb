#ifndef LIBS_BASE_BYTE_RANGE_H_
#define LIBS_BASE_BYTE_RANGE_H_

#include <cstdint>
#include <string_view>

namespace phoenix {

// Bytes [begin, end) of a blob that is known from the context. Blobs are
// smaller than 4 GiB.
struct ByteRange {
  uint32_t begin = 0;
  uint32_t end = 0;

  uint32_t size() const { return end - begin; }
  std::string_view In(std::string_view blob) const {
    return std::string_view(blob.data() + begin, end - begin);
  }
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

}  // namespace phoenix

#endif  // LIBS_BASE_BYTE_RANGE_H_
