#include "libs/kafka/kafka_error.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Case {
  rd_kafka_resp_err_t code;
  KafkaRemedy remedy;
  absl::StatusCode status;
};

constexpr Case kCases[] = {
    {RD_KAFKA_RESP_ERR__TRANSPORT, KafkaRemedy::kRetry,
     absl::StatusCode::kUnavailable},
    {RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, KafkaRemedy::kRetry,
     absl::StatusCode::kUnavailable},
    {RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, KafkaRemedy::kRetry,
     absl::StatusCode::kUnavailable},
    {RD_KAFKA_RESP_ERR__PURGE_QUEUE, KafkaRemedy::kRetry,
     absl::StatusCode::kUnavailable},
    {RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, KafkaRemedy::kRetry,
     absl::StatusCode::kUnavailable},
    {RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, KafkaRemedy::kRetry,
     absl::StatusCode::kUnavailable},
    {RD_KAFKA_RESP_ERR__QUEUE_FULL, KafkaRemedy::kRetry,
     absl::StatusCode::kResourceExhausted},
    {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, KafkaRemedy::kConfigure,
     absl::StatusCode::kNotFound},
    {RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, KafkaRemedy::kConfigure,
     absl::StatusCode::kUnauthenticated},
    {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, KafkaRemedy::kConfigure,
     absl::StatusCode::kPermissionDenied},
    {RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
     KafkaRemedy::kConfigure, absl::StatusCode::kPermissionDenied},
    {RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS, KafkaRemedy::kConfigure,
     absl::StatusCode::kAlreadyExists},
    {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, KafkaRemedy::kReject,
     absl::StatusCode::kInvalidArgument},
    {RD_KAFKA_RESP_ERR_INVALID_RECORD, KafkaRemedy::kReject,
     absl::StatusCode::kInvalidArgument},
    {RD_KAFKA_RESP_ERR_INVALID_TXN_STATE, KafkaRemedy::kAbort,
     absl::StatusCode::kAborted},
    {RD_KAFKA_RESP_ERR__FATAL, KafkaRemedy::kRestart,
     absl::StatusCode::kAborted},
    {RD_KAFKA_RESP_ERR_PRODUCER_FENCED, KafkaRemedy::kRestart,
     absl::StatusCode::kAborted},
};

TEST(KafkaErrorTest, HasARemedyAndAStatusForEachCode) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(rd_kafka_err2name(c.code));
    EXPECT_EQ(RemedyOf(c.code), c.remedy);
    EXPECT_EQ(KafkaStatus(c.code, "x").code(), c.status);
  }
}

TEST(KafkaErrorTest, TakesAnUnknownCodeForOneThatPasses) {
  const auto unknown = static_cast<rd_kafka_resp_err_t>(250);
  EXPECT_EQ(RemedyOf(unknown), KafkaRemedy::kRetry);
  EXPECT_EQ(KafkaStatus(unknown, "x").code(), absl::StatusCode::kUnavailable);
}

TEST(KafkaErrorTest, IsOkWithoutError) {
  EXPECT_TRUE(KafkaStatus(RD_KAFKA_RESP_ERR_NO_ERROR, "x").ok());
  EXPECT_TRUE(KafkaStatus(KafkaErrorPtr(), "x").ok());
}

TEST(KafkaErrorTest, SaysWhatWasTriedAndTheCode) {
  const absl::Status status =
      KafkaStatus(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, "write to topic 't'");
  EXPECT_THAT(std::string(status.message()),
              StartsWith("write to topic 't': Broker: "));
  EXPECT_THAT(status.message(), HasSubstr("(MSG_SIZE_TOO_LARGE)"));
}

TEST(KafkaErrorTest, PrefersTheTextOfTheErrorItself) {
  KafkaErrorPtr error(rd_kafka_error_new(RD_KAFKA_RESP_ERR__TIMED_OUT,
                                         "no answer for %d s", 5));
  EXPECT_EQ(RemedyOf(*error), KafkaRemedy::kRetry);
  EXPECT_THAT(KafkaStatus(error, "commit").message(),
              HasSubstr("commit: no answer for 5 s"));
}

}  // namespace
}  // namespace phoenix
