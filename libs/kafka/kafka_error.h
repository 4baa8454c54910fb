#ifndef LIBS_KAFKA_KAFKA_ERROR_H_
#define LIBS_KAFKA_KAFKA_ERROR_H_

#include <librdkafka/rdkafka.h>

#include <string_view>

#include "absl/status/status.h"
#include "libs/kafka/handles.h"

namespace phoenix {

// What can be done about a failure of Kafka.
enum class KafkaRemedy {
  kRetry,      // The same may work later, by itself.
  kConfigure,  // The same may work once somebody has changed something: a topic
               // that is missing, credentials, permissions.
  kReject,     // This record never will; its neighbours may.
  kAbort,      // Abort the transaction, then write all of it again.
  kRestart,    // The client can't go on: make a new one.
};

// What a code that a broker or librdkafka reported asks for. A code that is
// not known is kRetry: what is not known to be hopeless is not given up here.
KafkaRemedy RemedyOf(rd_kafka_resp_err_t code);

// As RemedyOf(code), after what the error itself says about transactions.
KafkaRemedy RemedyOf(const rd_kafka_error_t& error);

// The error as a status, `context` before it: OK for no error.
//   UNAVAILABLE        the broker can't be reached, or is not ready,
//   RESOURCE_EXHAUSTED a queue or quota is full,
//   NOT_FOUND          the topic or partition does not exist,
//   UNAUTHENTICATED    user or certificate was refused,
//   PERMISSION_DENIED  the user may not do this,
//   INVALID_ARGUMENT   the record is refused: too large, or malformed,
//   ABORTED            the transaction, or the client, can't go on,
//   FAILED_PRECONDITION the configuration is wrong.
absl::Status KafkaStatus(rd_kafka_resp_err_t code, std::string_view context);

// The same with the text of an error object; OK for null.
absl::Status KafkaStatus(const KafkaErrorPtr& error, std::string_view context);

// The same with a text that is more exact than the code's.
absl::Status KafkaStatus(rd_kafka_resp_err_t code, std::string_view context,
                         std::string_view detail);

}  // namespace phoenix

#endif  // LIBS_KAFKA_KAFKA_ERROR_H_
