#include "libs/sinks/kafka/kafka_sink.h"

#include <utility>

#include "libs/base/text.h"
#include "libs/kafka/kafka_error.h"
#include "libs/telemetry/log.h"

namespace phoenix {
namespace {

// How soon a wait notices that it was cancelled.
constexpr absl::Duration kPollInterval = absl::Milliseconds(100);

absl::Status Stopped() { return absl::CancelledError("sink was stopped"); }

}  // namespace

size_t RecordBytes(const KafkaRecord& record) {
  size_t bytes = record.key.value_or("").size();
  bytes += record.value.value_or("").size();
  for (const KafkaRecord::Header& header : record.headers) {
    bytes += header.name.size() + header.value.size();
  }
  return bytes;
}

KafkaSink::KafkaSink(Options options)
    : options_(std::move(options)),
      encoder_(options_.encoder),
      producer_(options_.producer,
                [this](void* record, rd_kafka_resp_err_t error, size_t bytes) {
                  OnReport(record, error, bytes);
                }) {}

absl::Status KafkaSink::Open() {
  const absl::Status opened = producer_.Open();
  if (!absl::IsUnavailable(opened)) return opened;
  Logger::Process().Warn(
      "Kafka does not answer; the sink will try again.",
      {{"component.name", options_.name}, {"error", opened}});
  return absl::OkStatus();
}

void KafkaSink::EnsureOpen() {
  if (!producer_.is_open() && !cancelled_) held_up_ = producer_.Open();
}

void KafkaSink::Write(BatchView view, SettleCallback settle) {
  EnsureOpen();
  WaitForRoom(view.memory_bytes());
  PendingWrite* const write =
      pending_.Add(std::move(view), options_.name, std::move(settle));
  if (write == nullptr) return;
  // The last row may settle, and end the write, within the loop.
  const size_t count = write->rows().size();
  for (size_t i = 0; i < count; ++i) Enqueue(*write, i);
  producer_.Poll(absl::ZeroDuration());
  if (!held_up_.ok() || producer_.failed()) TakeBack();
}

// One batch always has room, however large it is.
void KafkaSink::WaitForRoom(size_t bytes) {
  while (!pending_.empty() && !cancelled_ && held_up_.ok() &&
         pending_.memory_bytes() + bytes > options_.producer.max_buffer_bytes) {
    producer_.Poll(kPollInterval);
  }
  // Else what is under way, and may fail, would come after what is new.
  if (!pending_.empty() && (!held_up_.ok() || cancelled_)) TakeBack();
}

void KafkaSink::Enqueue(PendingWrite& write, size_t index) {
  const PendingWrite::Row* const place = write.row(index);
  if (cancelled_ && held_up_.ok()) held_up_ = Stopped();
  if (!held_up_.ok()) {
    pending_.Settle(place, Outcome::kRetry, held_up_);
    return;
  }
  const KafkaRecord& record =
      encoder_.Encode(write.batch(), write.rows()[index]);
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
  while ((error = producer_.Produce(record, write.row(index))) ==
             RD_KAFKA_RESP_ERR__QUEUE_FULL &&
         !cancelled_ && held_up_.ok()) {
    producer_.Poll(kPollInterval);
  }
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return;
  if (RemedyOf(error) == KafkaRemedy::kReject) {
    pending_.Settle(place, Outcome::kRejected,
                    producer_.Refusal(error, RecordBytes(record)));
    return;
  }
  if (held_up_.ok()) held_up_ = producer_.WhyNotDelivered(error);
  pending_.Settle(place, Outcome::kRetry, held_up_);
}

void KafkaSink::OnReport(void* record, rd_kafka_resp_err_t error,
                         size_t bytes) {
  const auto* row = static_cast<const PendingWrite::Row*>(record);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    ++delivered_;
    pending_.Settle(row, Outcome::kDelivered);
    return;
  }
  if (producer_.Refuses(error, bytes)) {
    pending_.Settle(row, Outcome::kRejected, producer_.Refusal(error, bytes));
    return;
  }
  if (held_up_.ok()) held_up_ = producer_.WhyNotDelivered(error);
  pending_.Settle(row, Outcome::kRetry, held_up_);
}

void KafkaSink::Flush() {
  Drain();
  if (!held_up_.ok() || producer_.failed()) TakeBack();
}

void KafkaSink::Drain() {
  while (!pending_.empty() && held_up_.ok() && !cancelled_) {
    producer_.Flush(kPollInterval);
  }
  if (cancelled_ && held_up_.ok() && !pending_.empty()) {
    held_up_ = Stopped();
  }
}

// Ends all that is under way: what has been sent is waited for, since it may
// have been written, unless there is no time for it.
void KafkaSink::TakeBack() {
  producer_.PurgeUnsent();
  while (!pending_.empty() && !cancelled_ && !producer_.failed()) {
    producer_.Poll(kPollInterval);
  }
  if (!pending_.empty()) {
    producer_.PurgeAll();
    while (!pending_.empty()) producer_.Poll(kPollInterval);
  }
  held_up_ = absl::OkStatus();
  if (producer_.failed()) producer_.Close();
}

absl::Status KafkaSink::Close() {
  Flush();
  const absl::Status deleted =
      cancelled_ ? absl::OkStatus() : producer_.DeleteTopicIfAsked();
  producer_.Close();
  return deleted;
}

size_t KafkaSink::max_memory_bytes() const {
  // Beside the batches, what librdkafka makes of them to be sent.
  return 2 * options_.producer.max_buffer_bytes;
}

std::vector<std::string> KafkaSink::Report() const {
  return {Cat(delivered_, " records written to topic '",
              options_.producer.topic, "'")};
}

}  // namespace phoenix
