#include "libs/sources/patient_outlet.h"

namespace phoenix {

absl::Status PatientOutlet::Offer(const EventBatchPtr& batch, uint64_t lane,
                                  absl::FunctionRef<SettleCallback()> settle) {
  return OfferUntilTaken([&] { return outlet_.Offer(batch, lane, settle()); });
}

absl::Status PatientOutlet::OfferUnreadable(
    const UnreadableInput& input, absl::FunctionRef<SettleCallback()> settle) {
  return OfferUntilTaken(
      [&] { return outlet_.OfferUnreadable(input, settle()); });
}

absl::Status PatientOutlet::OfferUntilTaken(
    absl::FunctionRef<absl::Status()> offer) {
  while (!stopped()) {
    absl::Status offered = offer();
    if (!absl::IsResourceExhausted(offered)) return offered;
    if (!WaitForCredit()) break;
  }
  return absl::CancelledError("source has been stopped");
}

bool PatientOutlet::WaitForCredit() {
  {
    MutexLock lock(state_->mutex);
    state_->ready = false;
  }
  outlet_.WhenReady([state = state_] {
    MutexLock lock(state->mutex);
    state->ready = true;
    state->changed.NotifyAll();
  });
  MutexLock lock(state_->mutex);
  while (!state_->ready && !state_->stopped) {
    state_->changed.Wait(state_->mutex);
  }
  return !state_->stopped;
}

bool PatientOutlet::Sleep(std::chrono::milliseconds time) {
  MutexLock lock(state_->mutex);
  if (!state_->stopped) state_->changed.WaitFor(state_->mutex, time);
  return !state_->stopped;
}

void PatientOutlet::Stop() {
  MutexLock lock(state_->mutex);
  state_->stopped = true;
  state_->changed.NotifyAll();
}

bool PatientOutlet::stopped() const {
  MutexLock lock(state_->mutex);
  return state_->stopped;
}

}  // namespace phoenix
