#ifndef LIBS_JSON_JSON_INDEX_H_
#define LIBS_JSON_JSON_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace phoenix {

// Where the tokens of a batch of JSON texts begin, as one SIMD pass over their
// blob found them: what the path reader walks instead of the bytes. Holding one
// means that the rows it covers have been validated. Immutable once built;
// thread-safe then.
struct JsonIndex {
  // Offsets in the blob of every structural character ({ } [ ] : ,) and of the
  // first character of every scalar, ascending, all rows one after the other.
  std::vector<uint32_t> tokens;

  // The tokens of row i are [first[i], first[i + 1]); size is rows + 1.
  std::vector<uint32_t> first;

  size_t memory_bytes() const {
    return (tokens.capacity() + first.capacity()) * sizeof(uint32_t);
  }
};

}  // namespace phoenix

#endif  // LIBS_JSON_JSON_INDEX_H_
