#ifndef LIBS_TELEMETRY_HEALTH_H_
#define LIBS_TELEMETRY_HEALTH_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/mutex.h"

namespace phoenix {

// The answer to a health question, and why.
struct HealthAnswer {
  bool ok = true;

  // One line a component that stands in the way: "sink 'orders': starting".
  std::vector<std::string> reasons;

  // "ok", or the reasons, a line each: the body of /healthz and /readyz.
  std::string Text() const;
};

// How the parts of a process are. Ready: every part is, and the process is not
// draining; so traffic may come. Live: no part is broken beyond repair; so
// there is no point in a restart. Thread-safe.
class HealthRegistry {
 public:
  // A part of this name is there; it is starting until it says otherwise.
  void Add(std::string_view part);

  // The part works.
  void SetReady(std::string_view part);

  // The part can't work for now (its peer is away): not ready, but live.
  // `reason` is a lower-case fragment.
  void SetUnready(std::string_view part, std::string_view reason);

  // The part will not work again without a restart: neither ready nor live.
  void SetFailed(std::string_view part, std::string_view reason);

  // The process takes no new work and finishes what it has.
  void SetDraining();

  HealthAnswer Ready() const;
  HealthAnswer Live() const;

 private:
  enum class State { kStarting, kReady, kUnready, kFailed };
  struct Part {
    State state = State::kStarting;
    std::string reason;
  };

  void Set(std::string_view part, State state, std::string_view reason);

  mutable Mutex mutex_;
  std::map<std::string, Part, std::less<>> parts_ ABSL_GUARDED_BY(mutex_);
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace phoenix

#endif  // LIBS_TELEMETRY_HEALTH_H_
