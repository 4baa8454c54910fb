#ifndef LIBS_SOURCES_PATIENT_OUTLET_H_
#define LIBS_SOURCES_PATIENT_OUTLET_H_

#include <chrono>
#include <cstdint>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "libs/base/mutex.h"
#include "libs/component/source.h"
#include "libs/event/event_batch.h"

namespace phoenix {

// The outlet for a source with a thread of its own, which may wait: for credit,
// and for time to pass. Offer and Sleep are for that thread; Stop, from any
// other, ends their waiting for good.
class PatientOutlet {
 public:
  // `outlet` outlives the source, and so this.
  explicit PatientOutlet(Outlet& outlet)
      : outlet_(outlet), state_(std::make_shared<State>()) {}

  // Offers until the batch is taken. `settle` makes the callback for each
  // attempt. CANCELLED: stopped; any other error: nothing more will be taken.
  absl::Status Offer(const EventBatchPtr& batch, uint64_t lane,
                     absl::FunctionRef<SettleCallback()> settle);

  // The same for what can't be read.
  absl::Status OfferUnreadable(const UnreadableInput& input,
                               absl::FunctionRef<SettleCallback()> settle);

  // Waits this long, or less; false when stopped.
  bool Sleep(std::chrono::milliseconds time);

  void Stop();
  bool stopped() const;

  void CountRejected(uint64_t events, const char* reason) {
    outlet_.CountRejected(events, reason);
  }

 private:
  // Shared with the callback that waits for credit, which may come late.
  struct State {
    mutable Mutex mutex;
    CondVar changed;
    bool ready ABSL_GUARDED_BY(mutex) = false;
    bool stopped ABSL_GUARDED_BY(mutex) = false;
  };

  absl::Status OfferUntilTaken(absl::FunctionRef<absl::Status()> offer);
  bool WaitForCredit();

  Outlet& outlet_;
  const std::shared_ptr<State> state_;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_PATIENT_OUTLET_H_
