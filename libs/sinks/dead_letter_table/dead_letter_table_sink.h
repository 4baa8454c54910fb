#ifndef LIBS_SINKS_DEAD_LETTER_TABLE_DEAD_LETTER_TABLE_SINK_H_
#define LIBS_SINKS_DEAD_LETTER_TABLE_DEAD_LETTER_TABLE_SINK_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/component/dead_letter_reader.h"
#include "libs/component/sink.h"
#include "libs/sinks/dead_letter_table/dead_letter_table.h"
#include "libs/telemetry/dead_letter_metrics.h"

namespace phoenix {

// Keeps dead letters in a table, with one synced transaction for the writes
// until a flush or kMaxTransactionBytes. A letter is delivered when that is
// committed; when it can't be, all of it is to be tried again. Events that are
// no dead letters are rejected. Threads as Sink.
class DeadLetterTableSink : public Sink {
 public:
  enum class FullPolicy {
    kBlock,       // New letters are to be tried again until there is room.
    kDropOldest,  // The oldest letters go.
  };

  struct Options {
    std::string name;      // Of the component.
    std::string pipeline;  // Its name.
    std::string path;
    int64_t max_rows = 1'000'000;
    int64_t max_bytes = int64_t{1} << 30;
    FullPolicy full_policy = FullPolicy::kBlock;
  };

  // Letters of one transaction. What a crash undoes is done again.
  static constexpr size_t kMaxTransactionBytes = 4 << 20;

  explicit DeadLetterTableSink(Options options);

  // Makes no file before the first letter comes, but the directory; opens and
  // checks one that is there.
  absl::Status Open() override;
  void Write(BatchView view, SettleCallback settle) override;
  void Flush() override;
  absl::Status Close() override;
  void PublishMetrics(MetricsRegistry& registry) override;

  DeliveryGuarantee guarantee() const override {
    return DeliveryGuarantee::kIdempotent;
  }
  // Beside what the queue holds until it settles: SQLite's pages.
  bool takes_only_dead_letters() const override { return true; }
  size_t max_memory_bytes() const override { return kMaxTransactionBytes; }
  std::vector<std::string> Report() const override;

  const Options& options() const { return options_; }

 private:
  // One call of Write that waits for the commit.
  struct HeldWrite {
    BatchView view;
    SettleCallback settle;
    BatchOutcome outcome;
  };

  absl::Status OpenTable();
  void Deliver();
  absl::Status RunTransaction();
  absl::Status PutAll(HeldWrite& write, DeadLetterTotals& totals);
  absl::StatusOr<bool> MakeRoom(const DeadLetter& letter,
                                DeadLetterTotals& totals);
  bool HasRoom(const DeadLetter& letter, const DeadLetterTotals& totals) const;
  absl::Status FullError(const DeadLetterTotals& totals) const;
  void SetOutcome(HeldWrite& write, uint32_t row, Outcome outcome,
                  const absl::Status& why) const;
  void TellOfDropped(const DeadLetterTotals& now);
  void Publish();

  const Options options_;
  std::unique_ptr<DeadLetterTable> table_;  // Null: there is none yet.
  // Its device and inode: one that was moved away takes no more letters.
  std::pair<dev_t, ino_t> file_;
  DeadLetterReader reader_;
  std::vector<HeldWrite> held_;
  size_t held_bytes_ = 0;
  std::optional<DeadLetterMetrics> metrics_;
  DeadLetterTotals totals_;  // As of the last look.
  uint64_t put_ = 0;
  uint64_t dropped_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_DEAD_LETTER_TABLE_DEAD_LETTER_TABLE_SINK_H_
