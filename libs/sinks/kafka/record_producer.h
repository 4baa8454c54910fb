#ifndef LIBS_SINKS_KAFKA_RECORD_PRODUCER_H_
#define LIBS_SINKS_KAFKA_RECORD_PRODUCER_H_

#include <librdkafka/rdkafka.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/handles.h"
#include "libs/kafka/topic_admin.h"
#include "libs/kafka/topic_keeper.h"
#include "libs/sinks/kafka/record_encoder.h"

namespace phoenix {

// What a transaction needs beside the delivery of its records.
inline constexpr absl::Duration kTransactionSlack = absl::Seconds(60);

struct RecordProducerOptions {
  KafkaConnection connection;
  std::string topic;
  // None: it must be there.
  std::optional<TopicWish> create_topic = {};
  std::string partitioner = "murmur2_random";  // As librdkafka names them.
  std::string compression = "none";
  std::string transactional_id = {};  // Empty: no transactions.
  absl::Duration linger = absl::Milliseconds(5);
  absl::Duration delivery_timeout = absl::Seconds(30);
  // Not less than `delivery_timeout`, else brokers abort what still goes on.
  // None: longer by kTransactionSlack.
  std::optional<absl::Duration> transaction_timeout = {};
  size_t max_buffer_bytes = 64 << 20;

  // The largest record that the topic takes. None: the cluster is asked, or
  // its default holds where it does not say.
  std::optional<size_t> max_record_bytes = {};
};

// A producer of one topic: idempotent, acknowledged by all in-sync replicas. A
// record of a partition is not written before another that was taken earlier
// and may still be.
// Reports of delivery come only within Poll, on its caller's thread.
// Thread-compatible.
class RecordProducer {
 public:
  // Called once for each record that was taken, with what became of it; `bytes`
  // are those of key, value and headers when a batch with it was too large.
  // Must not call the producer, but for Refuses, Refusal and WhyNotDelivered.
  using Report = std::function<void(void* record, rd_kafka_resp_err_t error,
                                    size_t bytes)>;

  RecordProducer(RecordProducerOptions options, Report report);
  ~RecordProducer();

  // Connects and looks at the topic, or creates it. NOT_FOUND when there is
  // none, INVALID_ARGUMENT for properties, UNAVAILABLE when no broker answers
  // in time. Again after Close: a new producer, which sends smaller batches if
  // the last one's were too large.
  absl::Status Open();

  // Lets go of the producer and what it holds: everything is reported first,
  // undelivered records as purged. The next Open makes a new one.
  void Close();

  // Deletes the topic if that is asked for, as the last thing before Close.
  absl::Status DeleteTopicIfAsked();

  bool is_open() const { return client_ != nullptr; }

  // Takes a record over without waiting, `token` goes to the report. Views must
  // stay valid: the value until the report if `value_in_batch`, all else during
  // the call. QUEUE_FULL: poll, and try again.
  rd_kafka_resp_err_t Produce(const KafkaRecord& record, void* token);

  // Makes reports, waits up to `timeout` for the first.
  void Poll(absl::Duration timeout);

  // Sends what waits for more, and waits up to `timeout` for its reports.
  void Flush(absl::Duration timeout);

  // Gives records up: those that have not been sent, or all. They are reported
  // by the next polls.
  void PurgeUnsent();
  void PurgeAll();

  // Whether the producer can't go on, because its batches are too large for the
  // topic or, without transactions, because anything was refused, which keeps
  // the order of what came after it: Close, then Open.
  bool failed() const;

  // Whether a record that was not taken or delivered, as `error` says, never
  // will be. One of `bytes` in a batch that was too large never will if it was
  // alone there; otherwise smaller batches may have it.
  bool Refuses(rd_kafka_resp_err_t error, size_t bytes) const;

  // Why such a record of `bytes` is refused: INVALID_ARGUMENT, with its size
  // and the topic's limit, as far as that is known, when it is too large.
  absl::Status Refusal(rd_kafka_resp_err_t error, size_t bytes) const;

  // Why records were not taken or delivered, as `error` says; or NOT_FOUND,
  // when that may come of it, and the topic is not there any more: which
  // brokers are asked, for a second at most.
  absl::Status WhyNotDelivered(rd_kafka_resp_err_t error) const;

  rd_kafka_t* client() { return client_.get(); }

 private:
  static void OnReport(rd_kafka_t* client, const rd_kafka_message_t* message,
                       void* self);
  absl::Status PrepareTopic();
  absl::Status AdjustTopic(TopicAdmin& admin);
  absl::Status LearnLimits(TopicAdmin& admin);
  KafkaProperties Properties() const;

  const RecordProducerOptions options_;
  const Report report_;
  std::optional<size_t> topic_says_;  // What it takes at once.
  size_t max_record_bytes_;           // Larger ones are not sent.
  size_t batch_bytes_;                // Larger batches are not sent.
  size_t too_large_bytes_ = 0;        // Of batches that were all the same.
  bool prepared_ = false;
  KafkaClientPtr client_;
  KafkaTopicPtr topic_;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_KAFKA_RECORD_PRODUCER_H_
