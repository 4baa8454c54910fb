#ifndef LIBS_COMPONENT_REGISTRY_H_
#define LIBS_COMPONENT_REGISTRY_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/internal/raw_logging.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "libs/base/clock.h"
#include "libs/component/config_report.h"
#include "libs/component/operator.h"
#include "libs/component/sink.h"
#include "libs/component/source.h"
#include "libs/rules/rule_set.h"

namespace phoenix {

// What a factory may use when it builds a component. All references outlive the
// component, except `report` and `rules`, which are there only while the
// factory runs. A factory opens nothing and starts nothing: a config that is
// only checked is built too.
struct BuildContext {
  std::string name;       // Of the component in the file.
  std::string pipeline;   // Name of the pipeline.
  ConfigReport& report;   // Where to report what is wrong.
  RuleSetBuilder& rules;  // Where operators and sinks add their rules.
  Clock& clock;
  std::string file = {};  // That the config stands in; empty: not a file.
  // A log gives every batch that comes from a door its identity.
  bool has_log = false;
};

// The kinds of one sort of component (source, operator or sink), by the key
// that selects them in a pipeline file, such as `http`. An object, not a
// global: tests build one that holds only what they need. Thread-compatible;
// built at start and only read afterwards.
template <typename Component>
class Registry {
 public:
  using Factory = std::function<std::unique_ptr<Component>(
      const google::protobuf::Message& config, BuildContext& context)>;

  struct Kind {
    std::string name;
    const google::protobuf::Descriptor* config;  // Of the config message.
    const google::protobuf::Message* prototype;  // New() makes a config.
    Factory create;  // Null result or a reported error: the config is wrong.
  };

  // Registers a kind with its config message and a factory
  // `unique_ptr<Component>(const Config&, BuildContext&)`. Registering a name
  // twice is a bug and ends the program.
  template <typename Config, typename F>
  void Register(std::string_view name, F create) {
    Kind kind;
    kind.name = std::string(name);
    kind.config = Config::descriptor();
    kind.prototype = &Config::default_instance();
    kind.create = [create](const google::protobuf::Message& config,
                           BuildContext& context) {
      return create(static_cast<const Config&>(config), context);
    };
    if (!kinds_.emplace(kind.name, kind).second) {
      ABSL_RAW_LOG(FATAL, "component kind registered twice: %s",
                   kind.name.c_str());
    }
  }

  // Null when there is none of that name.
  const Kind* Find(std::string_view name) const {
    auto it = kinds_.find(std::string(name));
    return it == kinds_.end() ? nullptr : &it->second;
  }

  // Sorted by name.
  std::vector<const Kind*> kinds() const {
    std::vector<const Kind*> all;
    for (const auto& [name, kind] : kinds_) all.push_back(&kind);
    return all;
  }

 private:
  std::map<std::string, Kind> kinds_;
};

using SourceRegistry = Registry<Source>;
using OperatorRegistry = Registry<Operator>;
using SinkRegistry = Registry<Sink>;

// The kinds that a program knows.
struct ComponentRegistry {
  SourceRegistry sources;
  OperatorRegistry operators;
  SinkRegistry sinks;
};

}  // namespace phoenix

#endif  // LIBS_COMPONENT_REGISTRY_H_
