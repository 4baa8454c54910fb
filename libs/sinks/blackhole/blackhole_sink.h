#ifndef LIBS_SINKS_BLACKHOLE_BLACKHOLE_SINK_H_
#define LIBS_SINKS_BLACKHOLE_BLACKHOLE_SINK_H_

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/component/sink.h"

namespace phoenix {

// Says of every row that it is delivered and forgets it, at a rate if wanted.
// Threads as Sink.
class BlackholeSink : public Sink {
 public:
  struct Options {
    std::string name = {};  // Of the component.

    // Rows a second; 0: no limit.
    int64_t rate = 0;
  };

  // Returns after that time, or sooner.
  using Sleep = absl::AnyInvocable<void(absl::Duration)>;

  // `clock` outlives the sink.
  BlackholeSink(const Options& options, Clock& clock, Sleep sleep);

  absl::Status Open() override;
  // Takes the time of its rows before it settles them, so that whoever waits
  // for outcomes feels the rate. Those whose time has not come when it is
  // cancelled are kRetry.
  void Write(BatchView view, SettleCallback settle) override;
  void Flush() override {}
  absl::Status Close() override { return absl::OkStatus(); }
  // With a rate, nothing more is taken.
  void Cancel() override { cancelled_ = true; }

  DeliveryGuarantee guarantee() const override {
    return DeliveryGuarantee::kAtMostOnce;
  }
  std::vector<std::string> Report() const override;

 private:
  // Sleeps until the time of that many rows is over, and returns how many of
  // them had theirs: all, unless it was cancelled.
  size_t Pace(size_t rows);

  const Options options_;
  Clock& clock_;
  Sleep sleep_;
  std::atomic<bool> cancelled_ = false;
  int64_t next_nanos_ = 0;  // When these rows are through; monotonic.
  uint64_t rows_ = 0;
  uint64_t bytes_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_BLACKHOLE_BLACKHOLE_SINK_H_
