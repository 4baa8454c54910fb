#ifndef LIBS_EVENT_OUTCOME_H_
#define LIBS_EVENT_OUTCOME_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"

namespace phoenix {

// What became of an event. All but kRetry and kLogged are final. Ordered by
// precedence: an event that went several ways (fan-out) has the greatest of
// their outcomes.
enum class Outcome : uint8_t {
  kPending = 0,  // Nothing said yet.
  kFiltered,     // A filter dropped it, as the pipeline demands.
  kDropped,      // A step failed on it, and drops what it fails on.
  kDeduplicated,
  kMerged,        // It lives on in another event.
  kDelivered,     // Every sink on its route has it.
  kQueued,        // Those that have not, have it in their queue on disk.
  kDeadLettered,  // It failed, and the dead-letter sink has it.
  kRejected,      // It can never be taken; its producer must hear of it.
  kRetry,         // Not taken for now: whoever holds it sends it again.

  // The log has it, and sends it on: what a producer hears instead of a final
  // outcome. Stands alone: it is merged with none and passes between no stages.
  kLogged,
};
inline constexpr int kOutcomeCount = 11;

// Lower-case words with underscores, such as "dead_lettered".
std::string_view OutcomeName(Outcome outcome);

// Why one row was not simply delivered or filtered.
struct OutcomeDetail {
  uint32_t row = 0;
  std::string component;  // The step or sink that said so.
  absl::Status status;
};

// The outcomes of all rows of a batch. Thread-compatible.
class BatchOutcome {
 public:
  // Every row pending, or as given.
  explicit BatchOutcome(uint32_t size, Outcome all = Outcome::kPending)
      : rows_(size, all) {}

  uint32_t size() const { return static_cast<uint32_t>(rows_.size()); }
  Outcome at(uint32_t row) const { return rows_[row]; }

  // Raises the row's outcome to `outcome` where that takes precedence.
  void Merge(uint32_t row, Outcome outcome) {
    if (rows_[row] < outcome) rows_[row] = outcome;
  }
  void Merge(const std::vector<uint32_t>& rows, Outcome outcome) {
    for (uint32_t row : rows) Merge(row, outcome);
  }
  void Merge(const BatchOutcome& other);

  void AddDetail(OutcomeDetail detail) {
    details_.push_back(std::move(detail));
  }
  const std::vector<OutcomeDetail>& details() const { return details_; }

  // How many rows have the outcome.
  uint32_t Count(Outcome outcome) const;

 private:
  std::vector<Outcome> rows_;
  std::vector<OutcomeDetail> details_;
};

// Called exactly once with the outcomes of a batch, on any thread; must not
// block.
using SettleCallback = absl::AnyInvocable<void(const BatchOutcome&)>;

}  // namespace phoenix

#endif  // LIBS_EVENT_OUTCOME_H_
