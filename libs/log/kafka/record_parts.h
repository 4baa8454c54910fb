#ifndef LIBS_LOG_KAFKA_RECORD_PARTS_H_
#define LIBS_LOG_KAFKA_RECORD_PARTS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/base/shared_bytes.h"
#include "libs/event/event_batch.h"

namespace phoenix {

// What a record has beside its value: key, headers and Kafka's own fields. Far
// more than that is.
inline constexpr size_t kRecordOverheadBytes = 512;

// How large the records of a log may be, in bytes with the overhead: as its
// topic says, or, where it does not, as brokers have refused them. What may be
// taken is then tried: a record of one event up to the smallest that was
// refused. Only falls. Thread-compatible.
class RecordLimits {
 public:
  explicit RecordLimits(size_t topic_bytes)
      : batch_bytes_(topic_bytes), event_bytes_(topic_bytes) {}

  // Of a record with so many events.
  size_t Of(uint32_t events) const {
    return events == 1 ? event_bytes_ : batch_bytes_;
  }

  // The topic takes so many.
  void Lower(size_t topic_bytes);

  // A record that was sent alone was too large.
  void Refused(size_t bytes, uint32_t events);

 private:
  size_t batch_bytes_;
  size_t event_bytes_;
};

// A batch as the values of records, in order.
struct RecordParts {
  std::vector<SharedBytes> values;
  std::vector<uint32_t> events;  // Of each.

  size_t bytes(size_t part) const {
    return values[part].size() + kRecordOverheadBytes;
  }
};

// Encodes a batch for `topic`, in as few halves as are small enough.
// INVALID_ARGUMENT, with size and limit, when one event alone is too large.
absl::StatusOr<RecordParts> EncodeInParts(const EventBatch& batch,
                                          const RecordLimits& limits,
                                          const std::string& topic);

}  // namespace phoenix

#endif  // LIBS_LOG_KAFKA_RECORD_PARTS_H_
