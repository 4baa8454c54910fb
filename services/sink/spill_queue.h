#ifndef SERVICES_SINK_SPILL_QUEUE_H_
#define SERVICES_SINK_SPILL_QUEUE_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/base/backoff.h"
#include "libs/base/clock.h"
#include "libs/base/mutex.h"
#include "libs/base/random.h"
#include "libs/base/settled_prefix.h"
#include "libs/component/config_report.h"
#include "libs/engine/dead_letters.h"
#include "libs/engine/sink_port.h"
#include "libs/event/outcome.h"
#include "libs/event/selection.h"
#include "libs/flow/executor.h"
#include "libs/log/log.h"
#include "libs/telemetry/log.h"
#include "services/sink/full_queue.h"
#include "services/sink/memory_queue.h"
#include "services/sink/spill_sequence.h"

namespace phoenix {

// A sink's queue that goes on on disk, so that a slow sink holds nobody up.
//
// While the queue in memory has room, views go straight to it. One that finds
// none is appended to a log, behind those in memory that have no outcome yet;
// from then on all are, and the log feeds the queue in memory, until the log
// has nothing more. A row that is durable there settles as kQueued; from then
// on the queue answers for it, and what the sink can never take becomes a dead
// letter, of the row as the sink was given it.
//
// A view that has been in memory for kMaxMemoryWait is put on disk as well: who
// offered it waits no longer for a sink that stands still.
//
// A disk that refuses what is appended keeps it, and all that is behind it,
// waiting: it is appended again, in order, or goes to the sink when that has
// all that is on disk. Who offers waits meanwhile, so that what the queue holds
// then is bounded by what the log takes at once.
//
// So at every moment what the log holds without an outcome is older than
// anything that has settled neither here nor at the sink: after a crash the log
// is delivered first, then what comes again from elsewhere, and order holds.
//
// Thread-safe. Life: Start; Offer any number of times; Stop; the queue in
// memory is closed, then the executor; Close.
class SpillQueue : public SinkPort {
 public:
  // More than a sink that keeps up takes, and little for who waits.
  static constexpr absl::Duration kMaxMemoryWait = absl::Seconds(1);

  struct Options {
    std::string name = {};         // Of the sink.
    SourcePosition position = {};  // Of the sink in the pipeline file.

    // Before rows that came back are offered again, before a log that could
    // not be read is read again; and before what it refused is appended again.
    Backoff::Options retry = {};
    Backoff::Options append_retry = {.max = absl::Seconds(5)};
  };

  // What the queue works with; all of it outlives the queue.
  struct Environment {
    MemoryQueue& memory;
    FullQueuePolicy& when_full;
    DeadLetters* dead_letters;  // Null: this is the dead-letter sink's queue.
    flow::Executor& executor;   // Runs one task at a time; may wait for a disk.
    Clock& clock;
    uint64_t random_seed;
  };

  // The books of the queue, in events: found + spilled = delivered +
  // dead_lettered + dropped + given_up + damaged + waiting.
  struct Stats {
    uint64_t found = 0;    // On disk at the start.
    uint64_t spilled = 0;  // Since the start, as all but `waiting`.
    uint64_t delivered = 0;
    uint64_t dead_lettered = 0;
    uint64_t dropped = 0;   // By the queue of the dead-letter sink.
    uint64_t given_up = 0;  // By drop_oldest, before they were final.
    uint64_t damaged = 0;   // They could not be read.
    uint64_t waiting = 0;   // Now, counted where they are.

    uint64_t bytes = 0;            // On disk, now.
    uint64_t corrupt_records = 0;  // Found damaged, ever.
    uint64_t corrupt_events = 0;   // In those, as far as it is known.

    // For how long the first of those has waited; 0 when none does.
    absl::Duration lag;

    // Somebody waits for room, now.
    bool holds_up = false;

    // Why the disk refuses what is put on it, now: see Log::Refuses.
    std::string refuses;

    // 0, or there is a bug, when nothing moves.
    int64_t unaccounted() const {
      return static_cast<int64_t>(found + spilled) -
             static_cast<int64_t>(delivered + dead_lettered + dropped +
                                  given_up + damaged + waiting);
    }
  };

  SpillQueue(Options options, Environment environment);
  ~SpillQueue() override;

  // Begins with what `log` holds, whose partition 0 it is alone to use, which
  // keeps identities, and which refuses what was appended behind something that
  // it refuses (see EmbeddedLog). Before the first Offer. An error when it
  // can't be read.
  absl::Status Start(std::unique_ptr<Log> log);

  const std::string& name() const override { return options_.name; }
  void Offer(BatchView view, SettleCallback settle) override;
  void OfferLater(BatchView view, SettleCallback settle) override;

  // Waits until nothing is on disk without an outcome; false when `timeout` has
  // passed first. Nothing is offered any more.
  bool Drain(absl::Duration timeout);

  // Hands nothing more to the sink: what is on disk stays there. What is
  // offered from now on, or waits for room, settles as kRetry. Idempotent.
  void Stop();

  // Closes the log, if it was started. The books are those of what is on disk
  // from then on.
  absl::Status Close();

  Stats stats() const;

 private:
  struct Item;
  using ItemPtr = std::shared_ptr<Item>;
  using ItemByTime = std::pair<absl::Time, ItemPtr>;

  // Offering.
  ItemPtr StandInLine(BatchView view, SettleCallback settle);
  void Advance();
  ItemPtr FirstInLine() const;
  void LeaveLine();
  absl::Status Place(const ItemPtr& item)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(offer_mutex_);
  absl::Status trouble() const;
  bool MustSpill();
  bool SinkStands() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool TakeDirect(const ItemPtr& item)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(offer_mutex_);
  absl::Status RecordDirect() ABSL_EXCLUSIVE_LOCKS_REQUIRED(offer_mutex_);
  absl::Status Record(const ItemPtr& item)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(offer_mutex_);
  void LookLater() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void RecordWhatStands();
  void OnStored(const ItemPtr& item);
  void OnRefused(const ItemPtr& item, uint64_t sequence,
                 const absl::Status& why);
  void PutBackRefused() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void RideOutTrouble();
  void EndTrouble();
  bool MayWait(const absl::Status& refusal) const;
  void Refuse(const ItemPtr& item, const absl::Status& why);
  void AdvanceWhenItHelps(const absl::Status& refusal);
  void AdvanceWhenMemoryHasRoom();
  void TellRoom();

  // Of the executor.
  void Pump();
  bool PumpOne();
  bool ReadNext();
  ItemPtr Pass(const LogEntry& entry);
  bool HandOn();
  bool LogHasDropped() const;
  void LookForDropped();
  std::optional<uint64_t> FirstSequence(int64_t cursor) const;
  void GiveUpInMemory() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void OfferAgain(const ItemPtr& item);

  void PumpSoon();
  void RunSoon(absl::AnyInvocable<void()> task);
  SettleCallback SettleOf(const ItemPtr& item);
  void OnSettled(const ItemPtr& item, const BatchOutcome& outcome);
  void LogRefused(const BatchOutcome& outcome) const;
  void TakeLetters(uint64_t bytes);
  void GiveLetters(uint64_t bytes);
  bool TooManyLetters();
  void OnFinal(const ItemPtr& item, const BatchOutcome& outcome);
  void CountFinal(const ItemPtr& settled, const BatchOutcome& outcome)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SettleRecord(uint64_t chunk);
  absl::Status CountFound(int64_t cursor);
  absl::StatusOr<uint64_t> FindEnd(int64_t cursor) const;
  bool stopping() const;
  bool IsEmpty() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  const Environment environment_;
  const Logger logger_;
  std::unique_ptr<Log> log_;
  std::optional<SettledPrefix> settled_;  // Offsets of the log.

  // Only used on the executor.
  std::unique_ptr<LogReader> reader_;
  ItemPtr next_;  // Read, and waits for room in memory.

  // Held while views are given their place, so that all have one order.
  Mutex offer_mutex_ ABSL_ACQUIRED_BEFORE(mutex_);

  // Never held while anything outside is called.
  mutable Mutex mutex_;
  CondVar changed_;
  SpillSequence sequence_ ABSL_GUARDED_BY(mutex_);
  bool spilling_ ABSL_GUARDED_BY(mutex_) = false;
  bool next_waits_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t last_direct_ ABSL_GUARDED_BY(mutex_) = 0;

  // Taken, and without a place yet, in order: each as long as the first has to
  // wait for room, or for a disk that has refused.
  std::deque<ItemPtr> line_ ABSL_GUARDED_BY(mutex_);
  bool line_stands_ ABSL_GUARDED_BY(mutex_) = false;
  bool room_asked_ ABSL_GUARDED_BY(mutex_) = false;    // On disk.
  bool memory_asked_ ABSL_GUARDED_BY(mutex_) = false;  // For room.

  // Why the disk has refused, until it is tried again; and what it has, until
  // it has said so of all that was on its way.
  absl::Status trouble_ ABSL_GUARDED_BY(mutex_);
  std::optional<uint64_t> first_refused_ ABSL_GUARDED_BY(mutex_);
  std::vector<ItemPtr> refused_ ABSL_GUARDED_BY(mutex_);

  // In memory and without a record, in order; and those of them that have one
  // which was not read yet, by its sequence.
  std::map<uint64_t, ItemPtr> direct_ ABSL_GUARDED_BY(mutex_);
  std::map<uint64_t, ItemPtr> recorded_ ABSL_GUARDED_BY(mutex_);

  bool will_look_ ABSL_GUARDED_BY(mutex_) = false;  // For what stands there.
  uint64_t pending_records_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t pending_events_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t in_flight_ ABSL_GUARDED_BY(mutex_) = 0;  // Ours, and in memory.

  // Of the batches whose outcome the sink has said, and the dead letters not.
  uint64_t letter_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  bool letters_awaited_ ABSL_GUARDED_BY(mutex_) = false;
  std::set<ItemByTime> in_flight_items_ ABSL_GUARDED_BY(mutex_);

  // The log has dropped what comes before this, as far as anybody looked, when
  // its cursor stood there.
  uint64_t first_kept_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t looked_at_ ABSL_GUARDED_BY(mutex_) = 0;
  Stats stats_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;  // The log.
  Random random_ ABSL_GUARDED_BY(mutex_);
  Backoff backoff_ ABSL_GUARDED_BY(mutex_);
  Backoff append_backoff_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace phoenix

#endif  // SERVICES_SINK_SPILL_QUEUE_H_
