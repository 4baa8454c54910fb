#ifndef LIBS_SINKS_POSTGRES_OFFSET_PAGES_H_
#define LIBS_SINKS_POSTGRES_OFFSET_PAGES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace phoenix {

// A set of offsets in pages of a bit each: what has been written of a partition
// of a log, exactly. A sink gets but the rows that were routed to it, from
// several lanes at once, so neither a highest offset nor ranges would do.
// Thread-compatible.
class OffsetPages {
 public:
  // Some batches' worth; 512 bytes, which a table keeps in its row.
  static constexpr int64_t kPageOffsets = 4096;
  static constexpr size_t kPageBytes = kPageOffsets / 8;

  using Bits = std::array<uint8_t, kPageBytes>;

  // Offsets are not negative.
  static int64_t PageOf(int64_t offset) { return offset / kPageOffsets; }

  // Makes the page of the offset, without offsets, unless it is there.
  void Touch(int64_t offset) { pages_[PageOf(offset)]; }

  bool Contains(int64_t offset) const;

  // One past the highest offset; 0 when there is none.
  int64_t end() const;
  void Add(int64_t offset);
  void Remove(int64_t offset);

  // A page as hexadecimal digits. False when `hex` is no page.
  static std::string Encode(const Bits& bits);
  bool Load(int64_t page, std::string_view hex);

  // All pages that were touched, ascending.
  const std::map<int64_t, Bits>& pages() const { return pages_; }

 private:
  std::map<int64_t, Bits> pages_;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_POSTGRES_OFFSET_PAGES_H_
