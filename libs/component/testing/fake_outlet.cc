#include "libs/component/testing/fake_outlet.h"

#include <chrono>
#include <optional>
#include <utility>

namespace phoenix {
namespace {

constexpr std::chrono::minutes kPatience{1};

}  // namespace

absl::Status FakeOutlet::Admit() {
  if (!refusal_.ok() || credit_ == 0) {
    ++refusals_;
    changed_.NotifyAll();
    return refusal_.ok() ? absl::ResourceExhaustedError("no credit: 'fake'")
                         : refusal_;
  }
  if (credit_ != kUnlimited) --credit_;
  return absl::OkStatus();
}

void FakeOutlet::Keep(const EventBatchPtr& batch, uint64_t lane) {
  for (uint32_t row = 0; row < batch->size(); ++row) {
    events_.push_back({lane, std::string(batch->payload(row))});
  }
  batches_.push_back(batch);
}

void FakeOutlet::Keep(const UnreadableInput& input) {
  for (uint32_t row = 0; row < input.rows->size(); ++row) {
    const UnreadableInput::Reason& reason = input.reasons[row];
    unreadable_.push_back(
        {std::string(input.rows->payload(row)),
         input.rows->attribute(Attribute::kSubject).ToString(row),
         input.rows->attribute(Attribute::kId).ToString(row),
         std::string(reason.status.message())});
    ++rejected_[reason.type];
  }
}

// Takes the callback over when it is to wait; else it stays with the caller.
void FakeOutlet::SettleLater(EventBatchPtr batch, SettleCallback& settle) {
  if (!auto_settle_) {
    unsettled_.push_back({std::move(batch), std::move(settle)});
    settle = nullptr;
  }
  changed_.NotifyAll();
}

absl::Status FakeOutlet::Offer(EventBatchPtr batch, uint64_t lane,
                               SettleCallback settle) {
  {
    MutexLock lock(mutex_);
    absl::Status admitted = Admit();
    if (!admitted.ok()) return admitted;
    Keep(batch, lane);
    SettleLater(batch, settle);
  }
  if (settle) settle(BatchOutcome(batch->size(), Outcome::kDelivered));
  return absl::OkStatus();
}

absl::Status FakeOutlet::OfferUnreadable(UnreadableInput input,
                                         SettleCallback settle) {
  {
    MutexLock lock(mutex_);
    absl::Status admitted = Admit();
    if (!admitted.ok()) return admitted;
    Keep(input);
    SettleLater(input.rows, settle);
  }
  if (settle) {
    settle(BatchOutcome(input.rows->size(), Outcome::kDeadLettered));
  }
  return absl::OkStatus();
}

void FakeOutlet::WhenReady(absl::AnyInvocable<void()> ready) {
  {
    MutexLock lock(mutex_);
    if (credit_ == 0) {
      waiters_.push_back(std::move(ready));
      changed_.NotifyAll();
      return;
    }
  }
  ready();
}

void FakeOutlet::CountRejected(uint64_t events, const char* reason) {
  MutexLock lock(mutex_);
  rejected_[reason] += events;
  changed_.NotifyAll();
}

void FakeOutlet::SetCredit(size_t batches) {
  std::vector<absl::AnyInvocable<void()>> ready;
  {
    MutexLock lock(mutex_);
    credit_ = batches;
    if (batches > 0) ready.swap(waiters_);
  }
  for (auto& call : ready) call();
}

void FakeOutlet::Refuse(absl::Status status) {
  MutexLock lock(mutex_);
  refusal_ = std::move(status);
}

void FakeOutlet::SetAutoSettle(bool on) {
  MutexLock lock(mutex_);
  auto_settle_ = on;
}

bool FakeOutlet::SettleWith(
    const std::function<BatchOutcome(const EventBatch&)>& decide) {
  std::optional<Taken> taken;
  {
    MutexLock lock(mutex_);
    if (unsettled_.empty()) return false;
    taken = std::move(unsettled_.front());
    unsettled_.pop_front();
    changed_.NotifyAll();
  }
  taken->settle(decide(*taken->batch));
  return true;
}

size_t FakeOutlet::Settle(Outcome outcome, size_t count) {
  size_t settled = 0;
  while (settled < count && SettleWith([&](const EventBatch& batch) {
           return BatchOutcome(batch.size(), outcome);
         })) {
    ++settled;
  }
  return settled;
}

bool FakeOutlet::WaitUntil(const std::function<bool()>& reached) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  MutexLock lock(mutex_);
  while (!reached()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    changed_.WaitFor(mutex_, kPatience);
  }
  return true;
}

bool FakeOutlet::WaitForEvents(size_t count) {
  return WaitUntil(
      [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return events_.size() >= count; });
}

bool FakeOutlet::WaitForRejected(uint64_t count) {
  return WaitUntil([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    uint64_t all = 0;
    for (const auto& [reason, events] : rejected_) all += events;
    return all >= count;
  });
}

bool FakeOutlet::WaitForUnreadable(size_t count) {
  return WaitUntil([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return unreadable_.size() >= count;
  });
}

bool FakeOutlet::WaitForRefusals(size_t count) {
  return WaitUntil(
      [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return refusals_ >= count; });
}

bool FakeOutlet::WaitForWaiters(size_t count) {
  return WaitUntil([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return waiters_.size() >= count;
  });
}

std::vector<FakeOutlet::Event> FakeOutlet::events() const {
  MutexLock lock(mutex_);
  return events_;
}

std::vector<std::string> FakeOutlet::payloads() const {
  MutexLock lock(mutex_);
  std::vector<std::string> all;
  for (const Event& event : events_) all.push_back(event.payload);
  return all;
}

std::vector<EventBatchPtr> FakeOutlet::batches() const {
  MutexLock lock(mutex_);
  return batches_;
}

std::vector<FakeOutlet::Unreadable> FakeOutlet::unreadable() const {
  MutexLock lock(mutex_);
  return unreadable_;
}

std::map<std::string, uint64_t> FakeOutlet::rejected() const {
  MutexLock lock(mutex_);
  return rejected_;
}

uint64_t FakeOutlet::rejected_count() const {
  MutexLock lock(mutex_);
  uint64_t all = 0;
  for (const auto& [reason, events] : rejected_) all += events;
  return all;
}

size_t FakeOutlet::event_count() const {
  MutexLock lock(mutex_);
  return events_.size();
}

size_t FakeOutlet::unsettled_count() const {
  MutexLock lock(mutex_);
  return unsettled_.size();
}

size_t FakeOutlet::refusal_count() const {
  MutexLock lock(mutex_);
  return refusals_;
}

size_t FakeOutlet::waiter_count() const {
  MutexLock lock(mutex_);
  return waiters_.size();
}

}  // namespace phoenix
