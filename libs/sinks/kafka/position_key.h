#ifndef LIBS_SINKS_KAFKA_POSITION_KEY_H_
#define LIBS_SINKS_KAFKA_POSITION_KEY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace phoenix {

// What a record of the topic of positions is about: a page of offsets of one
// partition of a log, as one sink has written them. The key is text, its parts
// parted by tabs: the sink, the log, the partition, the page.
//
// The value is the page (OffsetPages), up to its last byte that is not 0; none
// (a tombstone): the page was forgotten. In kFloorPage it is a decimal number:
// pages below that one were forgotten.
struct PositionKey {
  static constexpr int64_t kFloorPage = -1;

  std::string log;
  int32_t partition = 0;
  int64_t page = 0;
};

std::string EncodePositionKey(std::string_view sink, std::string_view log,
                              int32_t partition, int64_t page);

// The key of a record without a value that a transaction begins with: whoever
// reads positions waits until the transaction has ended.
std::string PositionsClaimKey(std::string_view sink);

// None when `key` is of another sink, or no key of a page.
std::optional<PositionKey> DecodePositionKey(std::string_view sink,
                                             std::string_view key);

}  // namespace phoenix

#endif  // LIBS_SINKS_KAFKA_POSITION_KEY_H_
