#ifndef LIBS_COMPONENT_OFFSET_PAGES_H_
#define LIBS_COMPONENT_OFFSET_PAGES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>

#include "absl/status/status.h"
#include "libs/event/event_batch.h"

namespace phoenix {

// A set of offsets in pages of a bit each: what has been written of a partition
// of a log, exactly, as a transactional sink stores it page by page beside the
// data. A sink gets but the rows that were routed to it, from several lanes at
// once, so neither a highest offset nor ranges would do. References to pages
// are valid until they are dropped. Used by one thread.
class OffsetPages {
 public:
  // Some batches' worth; 512 bytes, which a table keeps in its row.
  static constexpr int64_t kPageOffsets = 4096;
  static constexpr size_t kPageBytes = kPageOffsets / 8;

  // Memory of one page, what the map adds among it.
  static constexpr size_t kPageMemory = kPageBytes + 64;

  // How many pages a sink stores of a partition: 100 million offsets of a log
  // that leaves none out, some 14 MB. A log in a Kafka topic begins each record
  // in a page of its own. The lowest are forgotten first, once there are so
  // many more that it is worth a request.
  static constexpr size_t kMaxPages = 24'415;
  static constexpr size_t kMaxNewPages = 1'000;

  using Bits = std::array<uint8_t, kPageBytes>;

  OffsetPages() = default;
  OffsetPages(const OffsetPages&) = delete;
  OffsetPages& operator=(const OffsetPages&) = delete;

  // Offsets are not negative.
  static int64_t PageOf(int64_t offset) { return offset / kPageOffsets; }

  // Makes the page of the offset, without offsets, unless it is there.
  void Touch(int64_t offset) { Make(PageOf(offset)); }

  bool Contains(int64_t offset);
  void Add(int64_t offset);
  void Remove(int64_t offset);

  // One past the highest offset; 0: there is none.
  int64_t end() const;

  // The page, or null when there is none.
  const Bits* Find(int64_t page);

  // Replaces a page by bytes that were stored. False, and nothing is changed,
  // when they are more than a page has; what is missing behind them is 0.
  bool Load(int64_t page, std::string_view bytes);

  // Adds the offsets of a page, or of all.
  void Merge(int64_t page, const Bits& bits);
  void Merge(const OffsetPages& other);

  // Drops all pages, one, or those below `page`.
  void Clear();
  void Drop(int64_t page);
  void DropBelow(int64_t page);

  // All pages, ascending.
  const std::map<int64_t, Bits>& pages() const { return pages_; }

 private:
  Bits& Make(int64_t page);
  void ForgetLast();

  std::map<int64_t, Bits> pages_;
  // The page that was used last, if it is there: mostly the next one too.
  int64_t last_ = -1;
  Bits* last_bits_ = nullptr;
};

// The bytes of a page up to the last one that is not 0: views of `bits`.
std::string_view TrimmedPage(const OffsetPages::Bits& bits);

// Why an event is rejected of which nobody knows any more whether it was
// written: its page was forgotten.
absl::Status ForgottenOffsetError(const BatchIdentity& identity);

}  // namespace phoenix

#endif  // LIBS_COMPONENT_OFFSET_PAGES_H_
