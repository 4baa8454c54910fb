#include "libs/base/failpoint.h"

#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "libs/base/mutex.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"

namespace phoenix {
namespace failpoint_internal {

std::atomic<bool> any_armed = false;

namespace {

struct Action {
  enum class Kind : uint8_t { kCount, kKill, kError, kErrorFull, kPause };
  Kind kind = Kind::kCount;
  uint64_t only_hit = 0;  // 0: every hit.
  absl::Duration pause;
};

struct State {
  uint64_t hits = 0;
  Action action;
};

class Registry {
 public:
  // Lives for ever: failpoints are reached until the very end.
  static Registry& Get() {
    static Registry& registry = *new Registry;
    return registry;
  }

  void Register(std::string_view name) {
    MutexLock lock(mutex_);
    states_.try_emplace(std::string(name));
  }

  bool Knows(std::string_view name) const {
    MutexLock lock(mutex_);
    return states_.find(name) != states_.end();
  }

  void Arm(const std::string& name, Action action) {
    MutexLock lock(mutex_);
    states_[name] = {0, action};
    any_armed = true;
  }

  void DisarmAll() {
    MutexLock lock(mutex_);
    for (auto& [name, state] : states_) state = {};
    any_armed = false;
  }

  // What this hit is to do.
  Action Hit(std::string_view name) {
    MutexLock lock(mutex_);
    State& state = states_.find(name)->second;
    ++state.hits;
    const uint64_t only = state.action.only_hit;
    return only == 0 || only == state.hits ? state.action : Action{};
  }

  uint64_t Hits(std::string_view name) const {
    MutexLock lock(mutex_);
    const auto found = states_.find(name);
    return found == states_.end() ? 0 : found->second.hits;
  }

  std::vector<std::string> Names() const {
    MutexLock lock(mutex_);
    std::vector<std::string> names;
    for (const auto& [name, state] : states_) names.push_back(name);
    return names;
  }

 private:
  mutable Mutex mutex_;
  std::map<std::string, State, std::less<>> states_ ABSL_GUARDED_BY(mutex_);
};

absl::Status NotUnderstood(std::string_view part) {
  return absl::InvalidArgumentError(
      Cat("failpoint '", part,
          "': expected name=action or name=action@n, with action kill, error, "
          "error:full, pause:TIME or count"));
}

bool ParseAction(std::string_view text, Action& action) {
  constexpr std::string_view kPause = "pause:";
  if (text == "count") {
    action.kind = Action::Kind::kCount;
  } else if (text == "kill") {
    action.kind = Action::Kind::kKill;
  } else if (text == "error") {
    action.kind = Action::Kind::kError;
  } else if (text == "error:full") {
    action.kind = Action::Kind::kErrorFull;
  } else if (text.substr(0, kPause.size()) == kPause) {
    action.kind = Action::Kind::kPause;
    return absl::ParseDuration(ToAbsl(text.substr(kPause.size())),
                               &action.pause);
  } else {
    return false;
  }
  return true;
}

absl::StatusOr<std::pair<std::string, Action>> ParsePart(
    std::string_view part) {
  const size_t equals = part.find('=');
  if (equals == std::string_view::npos) return NotUnderstood(part);
  const std::string name(part.substr(0, equals));
  std::string_view text = part.substr(equals + 1);
  Action action;
  if (const size_t at = text.find('@'); at != std::string_view::npos) {
    if (!absl::SimpleAtoi(ToAbsl(text.substr(at + 1)), &action.only_hit)) {
      return NotUnderstood(part);
    }
    text = text.substr(0, at);
  }
  if (!ParseAction(text, action)) return NotUnderstood(part);
  if (!Registry::Get().Knows(name)) {
    return absl::InvalidArgumentError(
        Cat("failpoint '", name, "': no such failpoint in this program"));
  }
  return std::make_pair(name, action);
}

}  // namespace

Point::Point(std::string_view name) : name_(name) {
  Registry::Get().Register(name);
}

absl::Status Point::Hit() {
  const Action action = Registry::Get().Hit(name_);
  switch (action.kind) {
    case Action::Kind::kCount:
      break;
    case Action::Kind::kKill:
      kill(getpid(), SIGKILL);
      break;
    case Action::Kind::kError:
      return absl::UnavailableError(Cat("failpoint '", name_, "'"));
    case Action::Kind::kErrorFull:
      return absl::ResourceExhaustedError(Cat("failpoint '", name_, "'"));
    case Action::Kind::kPause:
      absl::SleepFor(action.pause);
      break;
  }
  return absl::OkStatus();
}

}  // namespace failpoint_internal

using failpoint_internal::Registry;

absl::Status ArmFailpoints(std::string_view spec) {
  std::vector<std::pair<std::string, failpoint_internal::Action>> actions;
  for (const absl::string_view part :
       absl::StrSplit(ToAbsl(spec), ',', absl::SkipWhitespace())) {
    PHOENIX_ASSIGN_OR_RETURN(auto action,
                             failpoint_internal::ParsePart(
                                 FromAbsl(absl::StripAsciiWhitespace(part))));
    actions.push_back(std::move(action));
  }
  for (const auto& [name, action] : actions) Registry::Get().Arm(name, action);
  return absl::OkStatus();
}

absl::Status ArmFailpointsFromEnvironment() {
  const char* spec = std::getenv(kFailpointsVariable);
  return spec == nullptr ? absl::OkStatus() : ArmFailpoints(spec);
}

void DisarmFailpoints() { Registry::Get().DisarmAll(); }

std::vector<std::string> FailpointNames() { return Registry::Get().Names(); }

uint64_t FailpointHits(std::string_view name) {
  return Registry::Get().Hits(name);
}

ScopedFailpoints::ScopedFailpoints(std::string_view spec) {
  const absl::Status status = ArmFailpoints(spec);
  if (!status.ok()) {
    std::fprintf(stderr, "%s\n", status.ToString().c_str());
    std::abort();
  }
}

}  // namespace phoenix
