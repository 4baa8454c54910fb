#include "tools/phoenix/dlq/letter_source.h"

#include <utility>

#include "absl/time/time.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/component/dead_letter.h"
#include "libs/component/dead_letter_reader.h"
#include "libs/sources/unreadable_rows.h"

namespace phoenix {
namespace {

// Letters keep their order.
constexpr uint64_t kLane = 0;

// Whether nothing more is to be done about an event. One that a queue on disk
// has may still fail.
bool IsDone(Outcome outcome) {
  switch (outcome) {
    case Outcome::kFiltered:
    case Outcome::kDropped:
    case Outcome::kDeduplicated:
    case Outcome::kMerged:
    case Outcome::kDelivered:
      return true;
    default:
      return false;
  }
}

std::vector<DeadLetter> PartsOf(const std::vector<StoredDeadLetter>& letters) {
  std::vector<DeadLetter> parts;
  parts.reserve(letters.size());
  for (const StoredDeadLetter& stored : letters) parts.push_back(stored.letter);
  return parts;
}

}  // namespace

bool IsReplayable(const StoredDeadLetter& stored) {
  return stored.event_type != kUnreadableType &&
         stored.event_type != kDeadLetterType;
}

LetterSource::LetterSource(Options options, Clock& clock)
    : options_(std::move(options)), clock_(clock) {}

LetterSource::~LetterSource() {
  if (thread_.joinable()) Stop();
}

absl::Status LetterSource::Start(Outlet& outlet) {
  PHOENIX_ASSIGN_OR_RETURN(store_, options_.open(LetterAccess::kRemove));
  if (store_ == nullptr) {
    return absl::NotFoundError("there are no dead letters any more");
  }
  PHOENIX_ASSIGN_OR_RETURN(
      scan_, LetterScan::Create(*store_, options_.pipeline, options_.choice));
  outlet_.emplace(outlet);
  thread_ = std::thread([this] { Run(); });
  return absl::OkStatus();
}

void LetterSource::StopAccepting() {
  outlet_->Stop();
  MutexLock lock(state_->mutex);
  state_->stopping = true;
  state_->changed.NotifyAll();
}

void LetterSource::Stop() {
  if (!thread_.joinable()) return;
  StopAccepting();
  thread_.join();
  // What got its outcome while the thread ended.
  Fail(RemoveSettled());
  // Gone is gone, whether the room comes back now or later.
  if (result_.removed > 0) store_->Shrink();
  result_.without_value = scan_->without_value();
}

absl::Status LetterSource::Health() const {
  MutexLock lock(status_mutex_);
  return status_;
}

// Keeps the first failure.
void LetterSource::Fail(const absl::Status& status) {
  MutexLock lock(status_mutex_);
  status_.Update(status);
}

void LetterSource::Run() {
  absl::Status status = OfferAll();
  // Refused, for the pipeline is being stopped.
  if (outlet_->stopped()) status = absl::OkStatus();
  status.Update(WaitForOutcomes());
  Fail(status);
  finished_ = true;
}

absl::Status LetterSource::OfferAll() {
  while (!outlet_->stopped()) {
    PHOENIX_ASSIGN_OR_RETURN(auto letters, scan_->Next());
    if (letters.empty()) break;
    LeaveOut(letters);
    if (letters.empty()) continue;
    PHOENIX_RETURN_IF_ERROR(OfferPage(std::move(letters)));
    PHOENIX_RETURN_IF_ERROR(RemoveSettled());
  }
  return absl::OkStatus();
}

void LetterSource::LeaveOut(std::vector<StoredDeadLetter>& letters) {
  if (options_.filter != nullptr) {
    std::erase_if(letters, [this](const StoredDeadLetter& stored) {
      return !options_.filter(stored);
    });
  }
  result_.not_replayable += std::erase_if(
      letters,
      [](const StoredDeadLetter& stored) { return !IsReplayable(stored); });
}

absl::Status LetterSource::OfferPage(std::vector<StoredDeadLetter> letters) {
  PHOENIX_ASSIGN_OR_RETURN(
      const EventBatchPtr events,
      MakeFailedEvents(PartsOf(letters), absl::ToUnixNanos(clock_.Now())));
  for (StoredDeadLetter& stored : letters) {
    // What the removal needs is enough to be kept.
    stored.letter.payload = std::string();
    stored.letter.attributes = std::string();
  }
  {
    MutexLock lock(state_->mutex);
    ++state_->in_flight;
  }
  const size_t count = letters.size();
  const absl::Status taken = outlet_->Offer(events, kLane, [&] {
    return [state = state_, letters](const BatchOutcome& outcome) {
      MutexLock lock(state->mutex);
      --state->in_flight;
      state->settled.push_back({letters, outcome});
      state->changed.NotifyAll();
    };
  });
  if (taken.ok()) {
    result_.offered += count;
    return taken;
  }
  MutexLock lock(state_->mutex);
  --state_->in_flight;
  return taken;
}

absl::Status LetterSource::WaitForOutcomes() {
  while (true) {
    PHOENIX_RETURN_IF_ERROR(RemoveSettled());
    MutexLock lock(state_->mutex);
    while (state_->settled.empty() && state_->in_flight > 0 &&
           !state_->stopping) {
      state_->changed.Wait(state_->mutex);
    }
    if (state_->settled.empty()) return absl::OkStatus();
  }
}

absl::Status LetterSource::RemoveSettled() {
  std::vector<SettledBatch> batches;
  {
    MutexLock lock(state_->mutex);
    batches.swap(state_->settled);
  }
  for (const SettledBatch& batch : batches) {
    PHOENIX_RETURN_IF_ERROR(Remove(batch));
  }
  return absl::OkStatus();
}

absl::Status LetterSource::Remove(const SettledBatch& batch) {
  for (uint32_t row = 0; row < batch.outcome.size(); ++row) {
    ++result_.settled[static_cast<size_t>(batch.outcome.at(row))];
  }
  std::vector<StoredDeadLetter> done;
  for (uint32_t row = 0; row < batch.outcome.size(); ++row) {
    if (IsDone(batch.outcome.at(row))) done.push_back(batch.letters[row]);
  }
  if (done.empty()) return absl::OkStatus();
  PHOENIX_ASSIGN_OR_RETURN(const uint64_t removed, store_->Remove(done));
  result_.removed += removed;
  return absl::OkStatus();
}

}  // namespace phoenix
