#ifndef LIBS_LOG_KAFKA_LOG_RECORD_H_
#define LIBS_LOG_KAFKA_LOG_RECORD_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/event/event_batch.h"
#include "libs/log/log.h"

namespace phoenix {

// What the log keeps in a topic: one batch a record.
//
//   key        the lane, a decimal number
//   value      a serialized phoenix.event.v1.EventBatch, without identity
//   timestamp  when it was appended, of the producer's clock
//   header     `phoenix-log`: the version of this format, a decimal number
//   header     `phoenix-pipeline`: whose log it is
//
// Brokers keep a checksum of all that.
//
// Kafka counts records and a log counts events: the record at Kafka's offset k
// has the events from k * 65,536 on, of which a batch has at most as many. So
// offsets have gaps, and never change: which event one means is known from the
// topic alone.
inline constexpr int kLogRecordVersion = 1;
inline constexpr char kLogRecordHeader[] = "phoenix-log";
inline constexpr char kLogPipelineHeader[] = "phoenix-pipeline";

inline constexpr int64_t kEventsPerRecord = EventBatch::kMaxEvents;

// Of the first event of a record, and of the record that holds an event.
constexpr int64_t FirstEventOf(int64_t record) {
  return record * kEventsPerRecord;
}
constexpr int64_t RecordOf(int64_t event) { return event / kEventsPerRecord; }

// A record as it was fetched; views into it.
struct FetchedRecord {
  int64_t offset = 0;  // Kafka's.
  absl::Time time;
  std::string_view version;  // Empty: there is no such header.
  std::string_view key;
  std::string_view value;
  std::string_view pipeline = {};  // Empty as that.
};

// The entry of a record, with its identity, of which `tenure` is what
// BatchIdentity says; copies the value. DATA_LOSS when no
// version of this program has written it, FAILED_PRECONDITION when a newer one
// has: that must not be passed over.
absl::StatusOr<LogEntry> DecodeLogRecord(const FetchedRecord& record,
                                         const std::string& log_name,
                                         int32_t partition, int64_t tenure = 0);

// FAILED_PRECONDITION, naming both, when the record is of the log of another
// pipeline. One that says nothing is taken for ours, as is every one where
// `pipeline` is empty.
absl::Status CheckPipeline(const FetchedRecord& record,
                           std::string_view pipeline);

}  // namespace phoenix

#endif  // LIBS_LOG_KAFKA_LOG_RECORD_H_
