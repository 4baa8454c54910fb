#include "libs/sinks/kafka/transactional_sink.h"

#include <utility>

#include "libs/base/failpoint.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/component/offset_pages.h"
#include "libs/component/sink_decorators/held_back.h"
#include "libs/kafka/kafka_error.h"
#include "libs/telemetry/log.h"

namespace phoenix {
namespace {

// How soon a wait notices that it was cancelled.
constexpr absl::Duration kSlice = absl::Milliseconds(500);

// How long the cluster's coordinator of transactions may take to answer. The
// first transaction of a cluster makes it load, which takes seconds.
constexpr int kMaxSlices = 60;

absl::Status Stopped() { return absl::CancelledError("sink was stopped"); }

}  // namespace

TransactionalKafkaSink::TransactionalKafkaSink(Options options)
    : options_(std::move(options)),
      encoder_(options_.sink.encoder),
      positions_topic_(options_.sink.producer.connection,
                       options_.positions_topic, options_.positions_name),
      positions_(options_.positions_name,
                 [this](LogPositions::Visit visit) {
                   return positions_topic_.Read(cancelled_, visit);
                 }),
      producer_(options_.sink.producer,
                [this](void* record, rd_kafka_resp_err_t error, size_t bytes) {
                  OnReport(record, error, bytes);
                }) {}

absl::Status TransactionalKafkaSink::Open() {
  const absl::Status opened = Initialise();
  if (!absl::IsUnavailable(opened)) return opened;
  Logger::Process().Warn(
      "Kafka does not answer; the sink will try again.",
      {{"component.name", options_.sink.name}, {"error", opened}});
  return absl::OkStatus();
}

// Ends what an earlier run with the same id has left open.
absl::Status TransactionalKafkaSink::Initialise() {
  if (producer_.is_open()) return absl::OkStatus();
  PHOENIX_RETURN_IF_ERROR(producer_.Open());
  const absl::Status prepared = positions_topic_.Prepare(*producer_.client());
  if (!prepared.ok()) {
    Restart();
    return prepared;
  }
  const KafkaErrorPtr error = Persist([this](int timeout_ms) {
    return KafkaErrorPtr(
        rd_kafka_init_transactions(producer_.client(), timeout_ms));
  });
  if (error == nullptr) return absl::OkStatus();
  const absl::Status status =
      KafkaStatus(error, Cat("initialise transactions of '",
                             options_.sink.producer.transactional_id, "'"));
  Restart();
  return status;
}

absl::StatusOr<int64_t> TransactionalKafkaSink::RecordedEnd(
    const BatchIdentity& log) {
  PHOENIX_RETURN_IF_ERROR(Initialise());
  PHOENIX_ASSIGN_OR_RETURN(const LogPositions::Partition* const written,
                           positions_.Of(log));
  return written->end();
}

KafkaErrorPtr TransactionalKafkaSink::Persist(
    absl::FunctionRef<KafkaErrorPtr(int)> request) {
  KafkaErrorPtr error;
  for (int slice = 0; slice < kMaxSlices; ++slice) {
    error = request(static_cast<int>(absl::ToInt64Milliseconds(kSlice)));
    if (error == nullptr || cancelled_ ||
        RemedyOf(*error) != KafkaRemedy::kRetry) {
      break;
    }
  }
  return error;
}

void TransactionalKafkaSink::Write(BatchView view, SettleCallback settle) {
  if (has_open_work() && MustFinishBefore(view)) FinishTransaction();
  PendingWrite* const write =
      pending_.Add(std::move(view), options_.sink.name, std::move(settle));
  if (write == nullptr) return;
  if (failure_.ok()) failure_ = Begin();
  Put(*write);
  if (!failure_.ok()) FinishTransaction();
}

// Positions that are to be read anew wait for open transactions: for this one
// too.
bool TransactionalKafkaSink::MustFinishBefore(const BatchView& view) const {
  const BatchIdentity& identity = view.batch->identity();
  return pending_.memory_bytes() + view.memory_bytes() >
             options_.sink.producer.max_buffer_bytes ||
         positions_.open_pages() >= LogPositions::kMaxOpenPages ||
         (identity.first_offset >= 0 && positions_.IsStale(identity));
}

absl::Status TransactionalKafkaSink::Begin() {
  if (cancelled_) return Stopped();
  PHOENIX_RETURN_IF_ERROR(Initialise());
  if (in_transaction_) return absl::OkStatus();
  const KafkaErrorPtr error(rd_kafka_begin_transaction(producer_.client()));
  if (error != nullptr) return KafkaStatus(error, "begin transaction");
  in_transaction_ = true;
  return absl::OkStatus();
}

// The write may be gone afterwards.
void TransactionalKafkaSink::Put(PendingWrite& write) {
  LogPositions::Partition* const written =
      PositionsOf(write.batch().identity());
  const size_t count = write.rows().size();
  for (size_t i = 0; i < count; ++i) PutRow(write, i, written);
}

// Null: rows have no identity, or the transaction has failed.
LogPositions::Partition* TransactionalKafkaSink::PositionsOf(
    const BatchIdentity& identity) {
  if (!failure_.ok() || identity.first_offset < 0) return nullptr;
  const auto found = positions_.Of(identity);
  if (found.ok()) return *found;
  failure_ = found.status();
  return nullptr;
}

void TransactionalKafkaSink::PutRow(PendingWrite& write, size_t index,
                                    LogPositions::Partition* written) {
  if (written == nullptr) {
    Enqueue(write, index);
    return;
  }
  const BatchIdentity& identity = write.batch().identity();
  const int64_t offset = identity.first_offset + write.rows()[index];
  switch (written->Find(offset)) {
    case LogPositions::Seen::kNo:
      if (failure_.ok()) failure_ = ClaimPositions();
      if (Enqueue(write, index)) written->Add(offset);
      return;
    case LogPositions::Seen::kInTransaction:
      // Sent twice while the transaction is open: has the same end.
      unsettled_.push_back(write.row(index));
      return;
    case LogPositions::Seen::kYes:
      ++repeated_;
      return pending_.Settle(write.row(index), Outcome::kDelivered);
    case LogPositions::Seen::kForgotten:
      return pending_.Settle(write.row(index), Outcome::kRejected,
                             ForgottenOffsetError(identity));
  }
}

// Whether the row is in the transaction.
bool TransactionalKafkaSink::Enqueue(PendingWrite& write, size_t index) {
  Row* const row = write.row(index);
  if (!failure_.ok()) {
    unsettled_.push_back(row);
    return false;
  }
  const KafkaRecord& record =
      encoder_.Encode(write.batch(), write.rows()[index]);
  const rd_kafka_resp_err_t error =
      Produce([&] { return producer_.Produce(record, row); });
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    unsettled_.push_back(row);
    return true;
  }
  if (RemedyOf(error) == KafkaRemedy::kReject) {
    pending_.Settle(row, Outcome::kRejected,
                    producer_.Refusal(error, RecordBytes(record)));
    return false;
  }
  if (failure_.ok()) failure_ = producer_.WhyNotDelivered(error);
  unsettled_.push_back(row);
  return false;
}

rd_kafka_resp_err_t TransactionalKafkaSink::Produce(
    absl::FunctionRef<rd_kafka_resp_err_t()> produce) {
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
  while ((error = produce()) == RD_KAFKA_RESP_ERR__QUEUE_FULL && !cancelled_ &&
         failure_.ok()) {
    producer_.Poll(kSlice);
  }
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) ++unreported_;
  return error;
}

absl::Status TransactionalKafkaSink::ClaimPositions() {
  return positions_.Claim([this](const auto& key, const auto& value) {
    return SendPosition(key, value);
  });
}

absl::Status TransactionalKafkaSink::StorePositions() {
  return positions_.Store([this](const auto& key, const auto& value) {
    return SendPosition(key, value);
  });
}

absl::Status TransactionalKafkaSink::SendPosition(
    std::string_view key, std::optional<std::string_view> value) {
  const rd_kafka_resp_err_t error = Produce([&] {
    return positions_topic_.Produce(*producer_.client(), key, value);
  });
  return PositionStatus(error);
}

absl::Status TransactionalKafkaSink::PositionStatus(
    rd_kafka_resp_err_t error) const {
  return KafkaStatus(error,
                     Cat("write to topic '", options_.positions_topic, "'"));
}

// Records without a token are positions.
void TransactionalKafkaSink::OnReport(void* record, rd_kafka_resp_err_t error,
                                      size_t bytes) {
  --unreported_;
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return;
  if (record == nullptr) {
    failure_.Update(PositionStatus(error));
    return;
  }
  if (producer_.Refuses(error, bytes)) {
    const auto [refused, is_new] = refused_.emplace(
        static_cast<const Row*>(record), producer_.Refusal(error, bytes));
    // The others have only been in its transaction.
    if (failure_.ok()) failure_ = HeldBack(refused->second);
  } else if (failure_.ok()) {
    failure_ = producer_.WhyNotDelivered(error);
  }
}

void TransactionalKafkaSink::Flush() {
  if (has_open_work()) FinishTransaction();
}

void TransactionalKafkaSink::FinishTransaction() {
  if (failure_.ok()) failure_ = Commit();
  const absl::Status failure = std::exchange(failure_, absl::OkStatus());
  if (failure.ok()) {
    delivered_ += unsettled_.size();
    SettleAll(Outcome::kDelivered, absl::OkStatus());
  } else {
    Abort();
    SettleAll(Outcome::kRetry, failure);
  }
  // Reports of what was aborted are no failure of the next one.
  failure_ = absl::OkStatus();
}

absl::Status TransactionalKafkaSink::Commit() {
  PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("kafka.commit.before_positions"));
  PHOENIX_RETURN_IF_ERROR(StorePositions());
  PHOENIX_RETURN_IF_ERROR(AwaitReports());
  PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("kafka.commit.before_send"));
  PHOENIX_RETURN_IF_ERROR(AskForCommit());
  in_transaction_ = false;
  ++commits_;
  positions_.Commit();
  return absl::OkStatus();
}

absl::Status TransactionalKafkaSink::AskForCommit() {
  const KafkaErrorPtr error = Persist([this](int timeout_ms) {
    return KafkaErrorPtr(
        rd_kafka_commit_transaction(producer_.client(), timeout_ms));
  });
  if (error != nullptr && RemedyOf(*error) == KafkaRemedy::kAbort) {
    return KafkaStatus(error, "commit transaction");
  }
  const absl::Status answer =
      error != nullptr ? KafkaStatus(error, "commit transaction")
                       : PHOENIX_FAILPOINT("kafka.commit.before_answer");
  // Nobody knows whether it was committed.
  if (!answer.ok()) Restart();
  return answer;
}

absl::Status TransactionalKafkaSink::AwaitReports() {
  while (unreported_ > 0 && failure_.ok() && !cancelled_) {
    producer_.Flush(kSlice);
  }
  if (!failure_.ok()) return failure_;
  return unreported_ > 0 ? Stopped() : absl::OkStatus();
}

void TransactionalKafkaSink::Abort() {
  positions_.Discard();
  if (!producer_.is_open()) return;
  if (producer_.failed()) return Restart();
  if (!in_transaction_) return;
  const KafkaErrorPtr error = Persist([this](int timeout_ms) {
    return KafkaErrorPtr(
        rd_kafka_abort_transaction(producer_.client(), timeout_ms));
  });
  if (error != nullptr) return Restart();
  in_transaction_ = false;
  for (int slice = 0; slice < kMaxSlices && unreported_ > 0; ++slice) {
    producer_.Poll(kSlice);
  }
  if (unreported_ > 0) Restart();
}

// The next transaction makes a new producer, and the cluster end the old one's.
void TransactionalKafkaSink::Restart() {
  producer_.Close();
  positions_.Forget();
  in_transaction_ = false;
  unreported_ = 0;
}

void TransactionalKafkaSink::SettleAll(Outcome outcome,
                                       const absl::Status& why) {
  const auto refused = std::exchange(refused_, {});
  for (const Row* row : std::exchange(unsettled_, {})) {
    const auto refusal = refused.find(row);
    if (refusal == refused.end()) {
      pending_.Settle(row, outcome, why);
    } else {
      pending_.Settle(row, Outcome::kRejected, refusal->second);
    }
  }
}

absl::Status TransactionalKafkaSink::Close() {
  Flush();
  const absl::Status deleted =
      cancelled_ ? absl::OkStatus() : producer_.DeleteTopicIfAsked();
  producer_.Close();
  return deleted;
}

size_t TransactionalKafkaSink::max_memory_bytes() const {
  // Beside the batches, what librdkafka makes of them to be sent.
  return 2 * options_.sink.producer.max_buffer_bytes +
         LogPositions::kMaxMemoryBytes;
}

std::vector<std::string> TransactionalKafkaSink::Report() const {
  std::vector<std::string> lines = {
      Cat(delivered_, " records written to topic '",
          options_.sink.producer.topic, "' in ", commits_, " transactions")};
  if (repeated_ > 0) {
    lines.push_back(
        Cat(repeated_, " events came again and were not written again"));
  }
  return lines;
}

}  // namespace phoenix
