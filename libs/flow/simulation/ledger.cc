#include "libs/flow/simulation/ledger.h"

#include "absl/strings/str_cat.h"
#include "libs/flow/simulation/event_numbers.h"

namespace phoenix::flow::simulation {
namespace {

// One violation explains a run; a broken one must not fill the memory.
constexpr size_t kMaxViolations = 20;

std::string Name(Outcome outcome) { return std::string(OutcomeName(outcome)); }

}  // namespace

void Ledger::Written(int64_t event) {
  if (!written_.insert(event).second || retried_.count(event) > 0) return;
  int64_t& last = last_of_key_[KeyOf(event)];
  if (event < last) {
    Violation(absl::StrCat("order: event ", event, " written after ", last,
                           " of the same key"));
  }
  last = event;
}

void Ledger::Acknowledged(int64_t event, Outcome outcome) {
  if (outcome == Outcome::kRetry) return;
  if (!outcomes_.emplace(event, outcome).second) {
    Violation(absl::StrCat("outcome of event ", event, " delivered twice"));
  }
  if (outcome != ExpectedOutcome(event)) {
    Violation(absl::StrCat("event ", event, " is ", Name(outcome),
                           ", expected ", Name(ExpectedOutcome(event))));
  }
  const bool lost =
      (outcome == Outcome::kDelivered && written_.count(event) == 0) ||
      (outcome == Outcome::kDeadLettered && dead_lettered_.count(event) == 0);
  if (lost) {
    Violation(absl::StrCat("event ", event, " acknowledged as ", Name(outcome),
                           " and not there"));
  }
  open_.erase(event);
}

void Ledger::Settled(int64_t attempt) {
  if (!attempts_.insert(attempt).second) {
    Violation(absl::StrCat("attempt ", attempt, " settled twice"));
  }
}

void Ledger::HandedOn(int64_t life, int64_t first_event, int64_t attempt) {
  if (!handed_on_.emplace(life, attempt).second) {
    Violation(absl::StrCat("the batch of event ", first_event,
                           " was handed on twice by one receiver"));
  }
}

void Ledger::CheckBound(const std::string& what, const Quota& used,
                        const Quota& quota) {
  if (used.count <= 1) return;
  if (used.count <= quota.count && used.bytes <= quota.bytes) return;
  Violation(absl::StrCat(what, " holds ", used.count, " batches of ",
                         used.bytes, " bytes, at most ", quota.count, " and ",
                         quota.bytes));
}

void Ledger::Violation(const std::string& what) {
  trace_.Add("VIOLATION ", what);
  if (violations_.size() < kMaxViolations) violations_.push_back(what);
}

}  // namespace phoenix::flow::simulation
