#include "libs/telemetry/health.h"

#include "absl/strings/str_join.h"
#include "libs/base/text.h"

namespace phoenix {

std::string HealthAnswer::Text() const {
  return ok ? "ok\n" : Cat(absl::StrJoin(reasons, "\n"), "\n");
}

void HealthRegistry::Add(std::string_view part) {
  Set(part, State::kStarting, "starting");
}

void HealthRegistry::SetReady(std::string_view part) {
  Set(part, State::kReady, "");
}

void HealthRegistry::SetUnready(std::string_view part,
                                std::string_view reason) {
  Set(part, State::kUnready, reason);
}

void HealthRegistry::SetFailed(std::string_view part, std::string_view reason) {
  Set(part, State::kFailed, reason);
}

void HealthRegistry::SetDraining() {
  MutexLock lock(mutex_);
  draining_ = true;
}

HealthAnswer HealthRegistry::Ready() const {
  MutexLock lock(mutex_);
  HealthAnswer answer;
  if (draining_) answer.reasons.push_back("draining");
  for (const auto& [name, part] : parts_) {
    if (part.state == State::kReady) continue;
    answer.reasons.push_back(Cat(name, ": ", part.reason));
  }
  answer.ok = answer.reasons.empty();
  return answer;
}

HealthAnswer HealthRegistry::Live() const {
  MutexLock lock(mutex_);
  HealthAnswer answer;
  for (const auto& [name, part] : parts_) {
    if (part.state != State::kFailed) continue;
    answer.reasons.push_back(Cat(name, ": ", part.reason));
  }
  answer.ok = answer.reasons.empty();
  return answer;
}

void HealthRegistry::Set(std::string_view part, State state,
                         std::string_view reason) {
  MutexLock lock(mutex_);
  parts_.insert_or_assign(std::string(part), Part{state, std::string(reason)});
}

}  // namespace phoenix
