#include "libs/kafka/kafka_error.h"

#include "libs/base/text.h"

namespace phoenix {
namespace {

struct Meaning {
  rd_kafka_resp_err_t code;
  KafkaRemedy remedy;
  absl::StatusCode status;
};

constexpr auto kUnavailable = absl::StatusCode::kUnavailable;

// Codes that mean something else than "not now".
constexpr Meaning kMeanings[] = {
    {RD_KAFKA_RESP_ERR__QUEUE_FULL, KafkaRemedy::kRetry,
     absl::StatusCode::kResourceExhausted},
    {RD_KAFKA_RESP_ERR_THROTTLING_QUOTA_EXCEEDED, KafkaRemedy::kRetry,
     absl::StatusCode::kResourceExhausted},

    {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, KafkaRemedy::kConfigure,
     absl::StatusCode::kNotFound},
    {RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, KafkaRemedy::kConfigure,
     absl::StatusCode::kNotFound},
    {RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, KafkaRemedy::kConfigure,
     absl::StatusCode::kNotFound},
    {RD_KAFKA_RESP_ERR__AUTHENTICATION, KafkaRemedy::kConfigure,
     absl::StatusCode::kUnauthenticated},
    {RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, KafkaRemedy::kConfigure,
     absl::StatusCode::kUnauthenticated},
    {RD_KAFKA_RESP_ERR__SSL, KafkaRemedy::kConfigure,
     absl::StatusCode::kUnauthenticated},
    {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, KafkaRemedy::kConfigure,
     absl::StatusCode::kPermissionDenied},
    {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, KafkaRemedy::kConfigure,
     absl::StatusCode::kPermissionDenied},
    {RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, KafkaRemedy::kConfigure,
     absl::StatusCode::kPermissionDenied},
    {RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
     KafkaRemedy::kConfigure, absl::StatusCode::kPermissionDenied},
    {RD_KAFKA_RESP_ERR_POLICY_VIOLATION, KafkaRemedy::kConfigure,
     absl::StatusCode::kPermissionDenied},
    {RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS, KafkaRemedy::kConfigure,
     absl::StatusCode::kAlreadyExists},
    {RD_KAFKA_RESP_ERR__INVALID_ARG, KafkaRemedy::kConfigure,
     absl::StatusCode::kFailedPrecondition},
    {RD_KAFKA_RESP_ERR_INVALID_CONFIG, KafkaRemedy::kConfigure,
     absl::StatusCode::kFailedPrecondition},
    {RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, KafkaRemedy::kConfigure,
     absl::StatusCode::kFailedPrecondition},
    {RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR, KafkaRemedy::kConfigure,
     absl::StatusCode::kFailedPrecondition},
    {RD_KAFKA_RESP_ERR_INVALID_PARTITIONS, KafkaRemedy::kConfigure,
     absl::StatusCode::kFailedPrecondition},
    {RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION, KafkaRemedy::kConfigure,
     absl::StatusCode::kFailedPrecondition},
    {RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE, KafkaRemedy::kConfigure,
     absl::StatusCode::kFailedPrecondition},

    {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, KafkaRemedy::kReject,
     absl::StatusCode::kInvalidArgument},
    {RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE, KafkaRemedy::kReject,
     absl::StatusCode::kInvalidArgument},
    {RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE, KafkaRemedy::kReject,
     absl::StatusCode::kInvalidArgument},
    {RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP, KafkaRemedy::kReject,
     absl::StatusCode::kInvalidArgument},
    {RD_KAFKA_RESP_ERR_INVALID_RECORD, KafkaRemedy::kReject,
     absl::StatusCode::kInvalidArgument},

    {RD_KAFKA_RESP_ERR_INVALID_TXN_STATE, KafkaRemedy::kAbort,
     absl::StatusCode::kAborted},

    {RD_KAFKA_RESP_ERR__FATAL, KafkaRemedy::kRestart,
     absl::StatusCode::kAborted},
    {RD_KAFKA_RESP_ERR__FENCED, KafkaRemedy::kRestart,
     absl::StatusCode::kAborted},
    {RD_KAFKA_RESP_ERR_PRODUCER_FENCED, KafkaRemedy::kRestart,
     absl::StatusCode::kAborted},
    {RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, KafkaRemedy::kRestart,
     absl::StatusCode::kAborted},
    {RD_KAFKA_RESP_ERR_INVALID_PRODUCER_ID_MAPPING, KafkaRemedy::kRestart,
     absl::StatusCode::kAborted},
    {RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, KafkaRemedy::kRestart,
     absl::StatusCode::kAborted},
    {RD_KAFKA_RESP_ERR__GAPLESS_GUARANTEE, KafkaRemedy::kRestart,
     absl::StatusCode::kAborted},
    {RD_KAFKA_RESP_ERR__STATE, KafkaRemedy::kRestart,
     absl::StatusCode::kAborted},
};

Meaning MeaningOf(rd_kafka_resp_err_t code) {
  for (const Meaning& meaning : kMeanings) {
    if (meaning.code == code) return meaning;
  }
  return {code, KafkaRemedy::kRetry, kUnavailable};
}

}  // namespace

KafkaRemedy RemedyOf(rd_kafka_resp_err_t code) {
  return MeaningOf(code).remedy;
}

KafkaRemedy RemedyOf(const rd_kafka_error_t& error) {
  if (rd_kafka_error_is_fatal(&error)) return KafkaRemedy::kRestart;
  if (rd_kafka_error_txn_requires_abort(&error)) return KafkaRemedy::kAbort;
  if (rd_kafka_error_is_retriable(&error)) return KafkaRemedy::kRetry;
  return RemedyOf(rd_kafka_error_code(&error));
}

absl::Status KafkaStatus(rd_kafka_resp_err_t code, std::string_view context) {
  return KafkaStatus(code, context, rd_kafka_err2str(code));
}

absl::Status KafkaStatus(const KafkaErrorPtr& error, std::string_view context) {
  if (error == nullptr) return absl::OkStatus();
  return KafkaStatus(rd_kafka_error_code(error.get()), context,
                     rd_kafka_error_string(error.get()));
}

absl::Status KafkaStatus(rd_kafka_resp_err_t code, std::string_view context,
                         std::string_view detail) {
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  return absl::Status(
      MeaningOf(code).status,
      Cat(context, ": ", detail, " (", rd_kafka_err2name(code), ")"));
}

}  // namespace phoenix
