#ifndef LIBS_SINKS_KAFKA_TRANSACTIONAL_SINK_H_
#define LIBS_SINKS_KAFKA_TRANSACTIONAL_SINK_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "libs/component/sink.h"
#include "libs/event/event_batch.h"
#include "libs/kafka/handles.h"
#include "libs/sinks/kafka/kafka_sink.h"
#include "libs/sinks/kafka/log_positions.h"
#include "libs/sinks/kafka/pending_writes.h"
#include "libs/sinks/kafka/positions_topic.h"
#include "libs/sinks/kafka/record_encoder.h"
#include "libs/sinks/kafka/record_producer.h"

namespace phoenix {

// Writes rows in transactions that hold their offsets in the log too, so that
// an event of a log is written once, however often it is sent: rows whose
// offsets are held already settle as delivered without being written.
//
// A transaction takes writes until a flush, `max_buffer_bytes`,
// LogPositions::kMaxOpenPages, or a batch of a partition whose positions are to
// be read anew. All of it is committed or none: when one record can't be
// written for now, all rows are to be tried again, but for those that the topic
// will never take. After a commit whose end is unknown the producer is made
// anew, which makes the cluster decide it; rows are then tried again, and the
// offsets tell which of them have been written.
//
// Rows without identity are written in transactions too, and again when they
// are sent again. What is promised holds while one process at a time writes
// the events of a partition of a log. Threads as Sink.
class TransactionalKafkaSink : public Sink {
 public:
  struct Options {
    KafkaSink::Options sink;  // Its producer has a `transactional_id`.

    // Names the sink among all that write to the cluster, in every run and on
    // every host, as `pipeline/sink`.
    std::string positions_name;

    // The compacted topic that has the positions of such sinks; created when
    // there is none.
    std::string positions_topic = "phoenix-positions";
  };

  explicit TransactionalKafkaSink(Options options);

  absl::Status Open() override;
  void Write(BatchView view, SettleCallback settle) override;
  void Flush() override;
  absl::Status Close() override;
  void Cancel() override { cancelled_ = true; }

  DeliveryGuarantee guarantee() const override {
    return DeliveryGuarantee::kExactlyOnce;
  }
  absl::StatusOr<int64_t> RecordedEnd(const BatchIdentity& log) override;
  size_t max_memory_bytes() const override;
  std::vector<std::string> Report() const override;

  const Options& options() const { return options_; }

 private:
  using Row = PendingWrite::Row;

  void OnReport(void* record, rd_kafka_resp_err_t error, size_t bytes);
  bool MustFinishBefore(const BatchView& view) const;
  bool has_open_work() const {
    return !pending_.empty() || positions_.claimed();
  }
  absl::Status Begin();
  absl::Status Initialise();
  void Put(PendingWrite& write);
  LogPositions::Partition* PositionsOf(const BatchIdentity& identity);
  void PutRow(PendingWrite& write, size_t index,
              LogPositions::Partition* written);
  bool Enqueue(PendingWrite& write, size_t index);
  absl::Status SendPosition(std::string_view key,
                            std::optional<std::string_view> value);
  absl::Status PositionStatus(rd_kafka_resp_err_t error) const;
  absl::Status ClaimPositions();
  absl::Status StorePositions();
  void FinishTransaction();
  absl::Status Commit();
  absl::Status AskForCommit();
  absl::Status AwaitReports();
  void Abort();
  void Restart();
  void SettleAll(Outcome outcome, const absl::Status& why);

  // Hands a record to the producer, and waits while its queue is full.
  rd_kafka_resp_err_t Produce(absl::FunctionRef<rd_kafka_resp_err_t()> produce);

  // Repeats a request, in slices that notice a cancellation, while it may work
  // later and there is time.
  KafkaErrorPtr Persist(absl::FunctionRef<KafkaErrorPtr(int)> request);

  const Options options_;
  RecordEncoder encoder_;
  PendingWrites pending_;
  std::vector<const Row*> unsettled_;  // Wait for the transaction, in order.
  std::map<const Row*, absl::Status> refused_;  // Of them, for good.
  PositionsTopic positions_topic_;
  LogPositions positions_;
  RecordProducer producer_;  // After what its reports touch.
  std::atomic<bool> cancelled_ = false;
  bool in_transaction_ = false;
  absl::Status failure_;   // The transaction can't be committed.
  size_t unreported_ = 0;  // Records of the transaction.
  uint64_t delivered_ = 0;
  uint64_t repeated_ = 0;  // Rows that had been written before.
  uint64_t commits_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_KAFKA_TRANSACTIONAL_SINK_H_
