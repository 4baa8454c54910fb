#ifndef LIBS_LOG_KAFKA_FETCHED_RECORD_H_
#define LIBS_LOG_KAFKA_FETCHED_RECORD_H_

#include <librdkafka/rdkafka.h>

#include "libs/kafka/record_view.h"
#include "libs/log/kafka/log_record.h"

namespace phoenix {

// A record of a log as librdkafka gives it: views that are valid as long as
// `message` is.
inline FetchedRecord FetchedRecordOf(const rd_kafka_message_t& message) {
  return {.offset = message.offset,
          .time = RecordTime(message),
          .version = RecordHeader(message, kLogRecordHeader),
          .key = RecordKey(message),
          .value = RecordValue(message),
          .pipeline = RecordHeader(message, kLogPipelineHeader)};
}

}  // namespace phoenix

#endif  // LIBS_LOG_KAFKA_FETCHED_RECORD_H_
