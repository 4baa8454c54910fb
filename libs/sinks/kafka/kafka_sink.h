#ifndef LIBS_SINKS_KAFKA_KAFKA_SINK_H_
#define LIBS_SINKS_KAFKA_KAFKA_SINK_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/component/sink.h"
#include "libs/sinks/kafka/pending_writes.h"
#include "libs/sinks/kafka/record_encoder.h"
#include "libs/sinks/kafka/record_producer.h"

namespace phoenix {

// Writes each row as a record and settles it by the report of its delivery.
// Write returns while records are under way, and waits when they hold more than
// `max_buffer_bytes`. Payloads are not copied: batches live until their rows
// are delivered.
//
// When a record is not delivered for now, all that wait behind it are taken
// back and settled as kRetry too, so that what is written again stays in order.
// Threads as Sink.
class KafkaSink : public Sink {
 public:
  struct Options {
    std::string name;  // Of the component.
    RecordEncoder::Options encoder;
    RecordProducerOptions producer;
  };

  explicit KafkaSink(Options options);

  // OK also when no broker answers: one that is down is waited for.
  absl::Status Open() override;
  void Write(BatchView view, SettleCallback settle) override;
  void Flush() override;
  absl::Status Close() override;
  void Cancel() override { cancelled_ = true; }

  size_t max_memory_bytes() const override;
  std::vector<std::string> Report() const override;

  const Options& options() const { return options_; }

 private:
  void OnReport(void* record, rd_kafka_resp_err_t error, size_t bytes);
  void EnsureOpen();
  void WaitForRoom(size_t bytes);
  void Enqueue(PendingWrite& write, size_t index);
  void Drain();
  void TakeBack();

  const Options options_;
  RecordEncoder encoder_;
  PendingWrites pending_;
  RecordProducer producer_;  // After what its reports touch.
  std::atomic<bool> cancelled_ = false;
  // Why rows are to be tried again: what comes after them is so too, until
  // everything that was under way has settled.
  absl::Status held_up_;
  uint64_t delivered_ = 0;
};

// Of key, value and headers.
size_t RecordBytes(const KafkaRecord& record);

}  // namespace phoenix

#endif  // LIBS_SINKS_KAFKA_KAFKA_SINK_H_
