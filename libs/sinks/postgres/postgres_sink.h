#ifndef LIBS_SINKS_POSTGRES_POSTGRES_SINK_H_
#define LIBS_SINKS_POSTGRES_POSTGRES_SINK_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "libs/component/sink.h"
#include "libs/sinks/postgres/connection.h"
#include "libs/sinks/postgres/copy_encoder.h"
#include "libs/sinks/postgres/position_table.h"
#include "libs/sinks/postgres/staged_rows.h"
#include "libs/sinks/postgres/target_table.h"

namespace phoenix {

// Writes rows to a table of PostgreSQL, in transactions that take writes until
// a flush or `max_transaction_bytes`. A row that the server refuses for what it
// is (a value, a constraint) is rejected, and the others of its transaction are
// written without it. Any other failure undoes the transaction, and all its
// rows are to be tried again.
//
// With positions, which rows of a log have been written is recorded in the same
// transaction (PositionTable), and rows that come again settle as delivered
// without being written: exactly once. Rows without identity are written each
// time they come. Threads as Sink.
class PostgresSink : public Sink {
 public:
  struct Options {
    std::string name;  // Of the component.
    PostgresConnection::Options connection;
    TargetTable::Options table;
    std::optional<PositionTable::Options> positions = std::nullopt;
    size_t max_transaction_bytes = 8 << 20;  // Of tuples.
  };

  explicit PostgresSink(Options options);

  absl::Status Open() override;
  void Write(BatchView view, SettleCallback settle) override;
  void Flush() override;
  absl::Status Close() override;
  void Cancel() override { connection_.Cancel(); }

  DeliveryGuarantee guarantee() const override;
  absl::StatusOr<int64_t> RecordedEnd(const BatchIdentity& log) override;
  size_t max_memory_bytes() const override;
  std::vector<std::string> Report() const override;

 private:
  // What the transaction does about a staged row.
  enum class Fate : uint8_t {
    kWrite,
    kRepeated,   // It has been written before, or is here twice.
    kForgotten,  // Nobody knows whether it has been written.
    kRefused,    // The server doesn't take it.
  };

  absl::Status Connect();
  absl::Status PrepareSession();
  void Deliver();
  absl::Status RunTransaction();
  absl::Status ReadPositions();
  void DecideByPosition(size_t row, PositionTable::Partition& partition);
  absl::Status WriteRows();
  absl::Status WriteSome(const std::vector<size_t>& rows);
  void Refuse(size_t row, const absl::Status& why);
  absl::Status Commit();
  void SettleAll();
  void SettleOne(size_t row);

  const Options options_;
  CopyEncoder encoder_;
  TargetTable table_;
  std::optional<PositionTable> positions_;
  PostgresConnection connection_;
  StagedRows staged_;
  std::vector<Fate> fates_;                 // One a staged row.
  std::map<size_t, absl::Status> refused_;  // Why, by staged row.
  std::vector<std::string_view> tuples_;
  uint64_t written_ = 0;
  uint64_t repeated_ = 0;  // Rows that had been written before.
  uint64_t commits_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_POSTGRES_POSTGRES_SINK_H_
