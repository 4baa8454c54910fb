#ifndef TOOLS_PHOENIX_DLQ_LETTER_SOURCE_H_
#define TOOLS_PHOENIX_DLQ_LETTER_SOURCE_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "libs/base/clock.h"
#include "libs/base/mutex.h"
#include "libs/component/source.h"
#include "libs/event/outcome.h"
#include "libs/sinks/dead_letter_table/dead_letter_table.h"
#include "libs/sources/patient_outlet.h"
#include "tools/phoenix/dlq/letter_scan.h"
#include "tools/phoenix/dlq/letter_store.h"

namespace phoenix {

// Whether the event of a letter can be replayed at all: a row that its source
// could not read never was an event.
bool IsReplayable(const StoredDeadLetter& stored);

// What became of the letters of a replay.
struct ReplayedLetters {
  uint64_t offered = 0;
  std::array<uint64_t, kOutcomeCount> settled{};  // By outcome.
  uint64_t removed = 0;
  uint64_t not_replayable = 0;  // Passed over.
  uint64_t without_value = 0;   // As of LetterScan.

  uint64_t count(Outcome outcome) const {
    return settled[static_cast<size_t>(outcome)];
  }
};

// The chosen dead letters of a pipeline as a source: offers the events that
// failed as they came, with their own ids, and removes a letter once its event
// has another final outcome than failing again. What fails again, the
// dead-letter sink adds to the letter that it has. A crash between an outcome
// and the removal leaves the letter: its event is then replayed once more.
class LetterSource : public Source {
 public:
  struct Options {
    LetterOpener open = {};
    std::string pipeline = {};  // Whose letters.
    LetterChoice choice = {};
    // Which of the chosen letters; null: all.
    std::function<bool(const StoredDeadLetter&)> filter = {};
  };

  // `clock` outlives the source.
  LetterSource(Options options, Clock& clock);
  ~LetterSource() override;

  absl::Status Start(Outlet& outlet) override;
  void StopAccepting() override;
  void Stop() override;

  // Every letter has its outcome.
  bool Finished() const override { return finished_; }

  // What kept letters from being read or removed.
  absl::Status Health() const override;

  // To be asked once the source has stopped.
  const ReplayedLetters& result() const { return result_; }

 private:
  // A batch that has its outcomes: its letters, without their events.
  struct SettledBatch {
    std::vector<StoredDeadLetter> letters;
    BatchOutcome outcome{0};
  };

  // Shared with callbacks.
  struct State {
    Mutex mutex;
    CondVar changed;
    uint64_t in_flight ABSL_GUARDED_BY(mutex) = 0;  // Batches.
    bool stopping ABSL_GUARDED_BY(mutex) = false;
    std::vector<SettledBatch> settled ABSL_GUARDED_BY(mutex);
  };

  void Run();
  absl::Status OfferAll();
  absl::Status OfferPage(std::vector<StoredDeadLetter> letters);
  void LeaveOut(std::vector<StoredDeadLetter>& letters);
  absl::Status WaitForOutcomes();
  absl::Status RemoveSettled();
  absl::Status Remove(const SettledBatch& batch);
  void Fail(const absl::Status& status);

  const Options options_;
  Clock& clock_;
  std::unique_ptr<LetterStore> store_;
  std::unique_ptr<LetterScan> scan_;
  std::optional<PatientOutlet> outlet_;
  const std::shared_ptr<State> state_ = std::make_shared<State>();
  std::thread thread_;
  std::atomic<bool> finished_ = false;
  ReplayedLetters result_;  // The thread's, then the owner's.
  mutable Mutex status_mutex_;
  absl::Status status_ ABSL_GUARDED_BY(status_mutex_);
};

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_DLQ_LETTER_SOURCE_H_
