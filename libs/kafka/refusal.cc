#include "libs/kafka/refusal.h"

#include <utility>

#include "libs/base/status_builder.h"
#include "libs/base/text.h"
#include "libs/kafka/handles.h"
#include "libs/kafka/kafka_error.h"

namespace phoenix {
namespace {

constexpr int kPollMs = 50;
constexpr int kMaxPolls = 100;  // Five seconds.

// What a client says of its connections while it is polled.
struct Attempt {
  absl::Status refusal;
  bool is_over = false;
};

void OnError(rd_kafka_t*, int code, const char* reason, void* opaque) {
  auto& attempt = *static_cast<Attempt*>(opaque);
  const auto error = static_cast<rd_kafka_resp_err_t>(code);
  const absl::Status status = KafkaStatus(error, "connect", reason);
  if (absl::IsUnauthenticated(status) && attempt.refusal.ok()) {
    attempt.refusal = status;
  }
  if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) attempt.is_over = true;
}

// Of a client that has been heard already.
void WriteNoLog(const rd_kafka_t*, int, const char*, const char*) {}

}  // namespace

absl::Status WhyUnavailable(absl::Status found,
                            const KafkaConnection& connection) {
  if (!absl::IsUnavailable(found)) return found;
  auto conf = MakeKafkaConf(connection, {});
  if (!conf.ok()) return found;
  Attempt attempt;
  rd_kafka_conf_set_opaque(conf->get(), &attempt);
  rd_kafka_conf_set_error_cb(conf->get(), &OnError);
  rd_kafka_conf_set_log_cb(conf->get(), &WriteNoLog);
  const auto client = MakeKafkaClient(RD_KAFKA_PRODUCER, *std::move(conf));
  if (!client.ok()) return found;
  for (int i = 0; i < kMaxPolls && attempt.refusal.ok() && !attempt.is_over;
       ++i) {
    rd_kafka_poll(client->get(), kPollMs);
  }
  return attempt.refusal.ok() ? found : attempt.refusal;
}

absl::Status WithBrokers(const absl::Status& status,
                         const KafkaConnection& connection) {
  if (!absl::IsUnavailable(status)) return status;
  return StatusBuilder(status)
      .Context(Cat("`brokers` '", connection.brokers, "'"))
      .Build();
}

}  // namespace phoenix
