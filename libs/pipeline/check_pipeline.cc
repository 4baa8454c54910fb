#include "libs/pipeline/check_pipeline.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "libs/base/text.h"
#include "libs/net/listen_address.h"

namespace phoenix {
namespace {

using pipeline::v1::Pipeline;
using pipeline::v1::Route;
using pipeline::v1::SinkComponent;

// A label of metrics and a part of file names.
constexpr size_t kMaxNameBytes = 63;

bool IsNameByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes && name[0] != '-' &&
         name[0] != '_' && std::all_of(name.begin(), name.end(), IsNameByte);
}

class Checker {
 public:
  Checker(const LoadedPipeline& loaded, Diagnostics& diagnostics)
      : loaded_(loaded), pipeline_(loaded.message), diagnostics_(diagnostics) {
    for (const auto& sink : pipeline_.sinks()) sinks_.push_back(sink.name());
  }

  void Run() {
    CheckName("name", pipeline_.name());
    CheckComponentNames();
    CheckRoutes();
    CheckDeadLetter();
    CheckSinksAreReached();
    CheckQueues();
    CheckAdminAddress();
  }

 private:
  using Places = std::map<std::string, std::string>;

  void Error(const std::string& path, std::string message) {
    diagnostics_.Add(loaded_.positions.FindNearest(path), std::move(message));
  }

  void CheckName(const std::string& path, const std::string& name) {
    // An empty name has been reported as missing.
    if (name.empty() || IsName(name)) return;
    Error(path, Cat("name '", name,
                    "' is not allowed: expected lower-case letters, digits, "
                    "'-' and '_', at most ",
                    kMaxNameBytes, ", the first a letter or digit"));
  }

  void CheckUnique(const std::string& path, const std::string& name,
                   Places& seen) {
    if (name.empty()) return;
    auto [first, added] = seen.emplace(name, path);
    if (added) return;
    const SourcePosition at = loaded_.positions.FindNearest(first->second);
    Error(path,
          Cat("duplicate name '", name,
              "': expected a name of its own: first used at line ", at.line));
  }

  template <typename List>
  void CheckNames(const List& list, const char* list_name, Places& seen) {
    for (int i = 0; i < list.size(); ++i) {
      const std::string path = Cat(list_name, "[", i, "].name");
      CheckName(path, list[i].name());
      CheckUnique(path, list[i].name(), seen);
    }
  }

  void CheckComponentNames() {
    Places components;
    CheckNames(pipeline_.sources(), "sources", components);
    CheckNames(pipeline_.steps(), "steps", components);
    CheckNames(pipeline_.sinks(), "sinks", components);
    Places routes;
    CheckNames(pipeline_.routes(), "routes", routes);
  }

  void CheckSinkName(const std::string& path, const std::string& name) {
    if (name.empty()) return;
    if (std::find(sinks_.begin(), sinks_.end(), name) != sinks_.end()) {
      reached_.insert(name);
      return;
    }
    const std::string expected = sinks_.empty() ? "a sink" : OneOf(sinks_);
    Error(path, Cat("unknown sink '", name, "': expected ", expected,
                    DidYouMean(name, sinks_)));
  }

  void CheckRoutes() {
    const Route* rest = nullptr;
    for (int i = 0; i < pipeline_.routes_size(); ++i) {
      const Route& route = pipeline_.routes(i);
      const std::string path = Cat("routes[", i, "]");
      if (rest != nullptr) {
        Error(path,
              Cat("route '", route.name(), "' stands behind '", rest->name(),
                  "', which takes all that is left: expected the route "
                  "without 'when' to be the last"));
      }
      if (route.when().empty()) rest = &route;
      CheckTargets(route, path);
    }
  }

  void CheckTargets(const Route& route, const std::string& path) {
    std::set<std::string> seen;
    for (int i = 0; i < route.to_size(); ++i) {
      const std::string target_path = Cat(path, ".to[", i, "]");
      CheckSinkName(target_path, route.to(i));
      if (!route.to(i).empty() && !seen.insert(route.to(i)).second) {
        Error(target_path,
              Cat("sink '", route.to(i), "' is named twice: expected once"));
      }
    }
  }

  void CheckDeadLetter() {
    const std::string& name = pipeline_.dead_letter();
    CheckSinkName("dead_letter", name);
    const bool alone = sinks_.size() == 1 && sinks_[0] == name;
    if (pipeline_.routes().empty() && alone) {
      Error("dead_letter",
            Cat("sink '", name,
                "' is the only one and takes only events that failed: "
                "expected another sink, or a route to it"));
    }
  }

  // Without routes every sink is reached.
  void CheckSinksAreReached() {
    if (pipeline_.routes().empty()) return;
    for (size_t i = 0; i < sinks_.size(); ++i) {
      if (sinks_[i].empty() || reached_.contains(sinks_[i])) continue;
      Error(Cat("sinks[", i, "].name"),
            Cat("sink '", sinks_[i],
                "' is never reached: expected a route or 'dead_letter' that "
                "names it"));
    }
  }

  void CheckQueues() {
    for (int i = 0; i < pipeline_.sinks_size(); ++i) {
      CheckWhenFull(pipeline_.sinks(i), Cat("sinks[", i, "].queue.when_full"));
    }
  }

  void CheckWhenFull(const SinkComponent& sink, const std::string& path) {
    const auto when_full = sink.queue().when_full();
    if (when_full == pipeline::v1::QUEUE_FULL_DROP_OLDEST &&
        !sink.queue().has_spill()) {
      Error(path,
            "'drop_oldest' without 'spill': expected 'spill', as what is in "
            "memory is the sink's already, or 'drop_newest'");
    }
    if (when_full == pipeline::v1::QUEUE_FULL_DEAD_LETTER &&
        sink.name() == pipeline_.dead_letter()) {
      Error(path,
            "'dead_letter' at the dead-letter sink itself: expected 'block', "
            "'drop_newest' or 'drop_oldest'");
    }
  }

  void CheckAdminAddress() {
    const std::string& address = pipeline_.admin_address();
    if (address.empty() || address == "off") return;
    const absl::Status status = ParseListenAddress(address).status();
    if (status.ok()) return;
    Error("admin_address", Cat(FromAbsl(status.message()), ", or 'off'"));
  }

  const LoadedPipeline& loaded_;
  const Pipeline& pipeline_;
  Diagnostics& diagnostics_;
  std::vector<std::string> sinks_;
  std::set<std::string> reached_;
};

}  // namespace

void CheckPipeline(const LoadedPipeline& loaded, Diagnostics& diagnostics) {
  Checker(loaded, diagnostics).Run();
}

}  // namespace phoenix
