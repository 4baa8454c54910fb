#include "tools/phoenix/templates/source/sample_source.h"

#include <string>
#include <utility>

#include "absl/time/time.h"
#include "libs/base/mutex.h"
#include "libs/event/batch_builder.h"

namespace phoenix {

class SampleSource::State : public std::enable_shared_from_this<State> {
 public:
  void Offer(Outlet& outlet, EventBatchPtr batch) {
    if (TryOffer(outlet, batch)) return;
    // Not under the lock: it may call back at once.
    outlet.WhenReady([self = shared_from_this(), &outlet,
                      batch = std::move(batch)]() mutable {
      self->Offer(outlet, std::move(batch));
    });
  }

  void Stop() {
    MutexLock lock(mutex_);
    stopped_ = true;
  }

  bool finished() const {
    MutexLock lock(finished_mutex_);
    return finished_;
  }

 private:
  // False when it is to be tried again. The lock is held over the offer, so
  // that Stop returns when none is under way.
  bool TryOffer(Outlet& outlet, const EventBatchPtr& batch) {
    MutexLock lock(mutex_);
    if (stopped_) return true;
    const absl::Status status =
        outlet.Offer(batch, /*lane=*/0,
                     [self = shared_from_this()](const BatchOutcome& outcome) {
                       self->Settled(outcome);
                     });
    return !absl::IsResourceExhausted(status);
  }

  // Comes on any thread, perhaps within Offer: has a lock of its own.
  void Settled(const BatchOutcome& outcome) {
    MutexLock lock(finished_mutex_);
    finished_ = outcome.Count(Outcome::kRetry) == 0;
  }

  Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  mutable Mutex finished_mutex_;
  bool finished_ ABSL_GUARDED_BY(finished_mutex_) = false;
};

SampleSource::SampleSource(int count, Clock& clock)
    : count_(count), clock_(clock), state_(std::make_shared<State>()) {}

EventBatchPtr SampleSource::MakeEvents() const {
  BatchBuilder builder({.id_prefix = "sample-",
                        .source = "/sample",
                        .type = "phoenix.sample",
                        .data_content_type = "application/json"});
  EventFields fields;
  for (int i = 0; i < count_; ++i) {
    const std::string payload = "{\"n\":" + std::to_string(i) + "}";
    fields.payload = payload;
    if (!builder.AddEvent(fields).ok()) break;
  }
  return builder.Build(absl::ToUnixNanos(clock_.Now()));
}

absl::Status SampleSource::Start(Outlet& outlet) {
  state_->Offer(outlet, MakeEvents());
  return absl::OkStatus();
}

void SampleSource::Stop() { state_->Stop(); }

bool SampleSource::Finished() const { return state_->finished(); }

}  // namespace phoenix
