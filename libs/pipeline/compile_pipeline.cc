#include "libs/pipeline/compile_pipeline.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "libs/base/text.h"
#include "libs/pipeline/check_pipeline.h"
#include "libs/pipeline/compile_log.h"
#include "libs/pipeline/component_config.h"
#include "libs/pipeline/exclusive_use.h"
#include "libs/pipeline/file_config_report.h"
#include "libs/pipeline/require_guarantee.h"
#include "libs/pipeline/revision.h"
#include "libs/pipeline/scalar_field.h"
#include "libs/pipeline/sink_queue.h"

namespace phoenix {
namespace {

using google::protobuf::Message;
using pipeline::v1::Pipeline;

// The kind whose config the message is; null when the registry has none.
template <typename Component>
const typename Registry<Component>::Kind* KindOf(
    const Registry<Component>& registry, const google::protobuf::Any& config) {
  for (const auto* kind : registry.kinds()) {
    const std::string type = Cat("/", kind->config->full_name());
    const std::string& url = config.type_url();
    if (url.size() >= type.size() &&
        url.compare(url.size() - type.size(), type.size(), type) == 0) {
      return kind;
    }
  }
  return nullptr;
}

OnError ToOnError(pipeline::v1::OnError on_error) {
  switch (on_error) {
    case pipeline::v1::ON_ERROR_DROP:
      return OnError::kDrop;
    case pipeline::v1::ON_ERROR_KEEP:
      return OnError::kKeep;
    default:
      return OnError::kDeadLetter;
  }
}

absl::Duration ToDuration(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) +
         absl::Nanoseconds(duration.nanos());
}

PipelineLimits ToLimits(const pipeline::v1::Limits& limits) {
  return {.buffer_bytes = limits.buffer_bytes(),
          .sink_queue_bytes = limits.sink_queue_bytes(),
          .lane_count = limits.lane_count(),
          .drain_timeout = ToDuration(limits.drain_timeout())};
}

// Builds one pipeline; used once.
class Compiler {
 public:
  Compiler(const LoadedPipeline& loaded, const ComponentRegistry& registry,
           Clock& clock, Diagnostics& diagnostics)
      : loaded_(loaded),
        message_(loaded.message),
        registry_(registry),
        clock_(clock),
        diagnostics_(diagnostics),
        result_(std::make_unique<CompiledPipeline>()) {}

  std::unique_ptr<CompiledPipeline> Run() {
    CheckPipeline(loaded_, diagnostics_);
    CheckExclusiveUse(loaded_, diagnostics_);
    result_->name = message_.name();
    result_->file = loaded_.file;
    BuildSources();
    BuildSteps();
    BuildSinks();
    BuildRoutes();
    result_->log = CompileLog(loaded_, diagnostics_);
    CheckRequiredGuarantees(loaded_, *result_, diagnostics_);
    if (!diagnostics_.empty()) return nullptr;
    FinishRules();
    result_->limits = ToLimits(message_.limits());
    if (message_.admin_address() != "off") {
      result_->admin_address = message_.admin_address();
    }
    result_->revision = RevisionOf(message_);
    result_->message = std::make_shared<const Pipeline>(message_);
    return diagnostics_.empty() ? std::move(result_) : nullptr;
  }

 private:
  FileConfigReport ReportAt(const std::string& path) {
    return FileConfigReport(path, loaded_.positions, loaded_.broken,
                            diagnostics_);
  }

  // Creates a component of `kind`; null, and reported, when its config is
  // wrong.
  template <typename Kind>
  auto Create(const Kind& kind, const std::string& name,
              const std::string& path, const Message& config) {
    FileConfigReport report = ReportAt(path);
    BuildContext context{
        name,         message_.name(),   report, rules_, clock_,
        loaded_.file, message_.has_log()};
    auto component = kind.create(config, context);
    if (component == nullptr && report.error_count() == 0) {
      report.Error("", 0, Cat("'", kind.name, "' can't be built as written"));
    }
    return component;
  }

  // Calls `take(kind, position, component)` with what the config describes,
  // unless it can't be built. A config that was not read as a whole is built
  // too, to find what else is wrong with it.
  template <typename Component, typename Taker>
  void Build(const Registry<Component>& registry, const std::string& path,
             const std::string& name, const google::protobuf::Any& any,
             Taker take) {
    const auto* kind = KindOf(registry, any);
    if (kind == nullptr) {
      if (loaded_.broken.Touches(path)) return;
      diagnostics_.Add(loaded_.positions.FindNearest(path),
                       Cat("unknown kind '", any.type_url(), "'"));
      return;
    }
    std::unique_ptr<Message> config(kind->prototype->New());
    config->ParseFromString(any.value());
    const std::string config_path = path + ".config";
    auto component = Create(*kind, name, config_path, *config);
    if (loaded_.broken.Touches(config_path)) {
      return CheckExpressions(config_path, *config);
    }
    if (component == nullptr) return;
    take(kind->name, loaded_.positions.FindNearest(config_path),
         std::move(component));
  }

  // What is wrong with the rules of a component that can't be built for other
  // reasons: it may have passed over some of them.
  void CheckExpressions(const std::string& path, const Message& config) {
    FileConfigReport report = ReportAt(path);
    for (const ConfigExpression& expression : ExpressionsOf(config)) {
      std::vector<RuleError> errors;
      rules_.AddExpression(expression.text, errors);
      for (RuleError& error : errors) {
        report.Error(expression.path, error.offset, std::move(error.message));
      }
    }
  }

  void BuildSources() {
    for (int i = 0; i < message_.sources_size(); ++i) {
      const auto& source = message_.sources(i);
      Build(registry_.sources, Cat("sources[", i, "]"), source.name(),
            source.config(), [&](auto& kind, auto position, auto component) {
              result_->sources.push_back(
                  {source.name(), kind, position, std::move(component)});
            });
    }
  }

  void BuildSteps() {
    for (int i = 0; i < message_.steps_size(); ++i) {
      const auto& step = message_.steps(i);
      Build(registry_.operators, Cat("steps[", i, "]"), step.name(),
            step.config(), [&](auto& kind, auto position, auto component) {
              result_->steps.push_back({step.name(), kind, position,
                                        ToOnError(step.on_error()),
                                        std::move(component)});
            });
    }
  }

  void BuildSinks() {
    for (int i = 0; i < message_.sinks_size(); ++i) {
      const auto& sink = message_.sinks(i);
      Build(registry_.sinks, Cat("sinks[", i, "]"), sink.name(), sink.config(),
            [&](auto& kind, auto position, auto component) {
              result_->sinks.push_back(
                  {sink.name(), kind, position, std::move(component),
                   CompileSinkQueue(sink.queue(), default_queue_bytes())});
            });
    }
    if (message_.dead_letter().empty()) {
      BuildDefaultDeadLetterSink();
    } else {
      result_->dead_letter = SinkIndex(message_.dead_letter());
    }
  }

  void BuildDefaultDeadLetterSink() {
    const SinkRegistry::Kind* kind =
        registry_.sinks.Find(kDefaultDeadLetterKind);
    if (kind == nullptr) {
      diagnostics_.Add(loaded_.positions.FindNearest(""),
                       Cat("missing key 'dead_letter': expected the name of a "
                           "sink, as there is no kind '",
                           kDefaultDeadLetterKind, "'"));
      return;
    }
    const std::string name = DefaultDeadLetterSink(message_.name());
    std::unique_ptr<Message> config(kind->prototype->New());
    FillDefaults(*config);
    SetScalarField(DefaultDeadLetterPath(message_.name()),
                   *kind->config->FindFieldByName("path"), *config);
    auto sink = Create(*kind, name, "dead_letter", *config);
    if (sink == nullptr) return;
    result_->dead_letter = result_->sinks.size();
    result_->sinks.push_back({name,
                              kind->name,
                              {},
                              std::move(sink),
                              CompileSinkQueue({}, default_queue_bytes())});
  }

  int64_t default_queue_bytes() const {
    return message_.limits().sink_queue_bytes();
  }

  // A name that is not found has been reported; it is no sink's index.
  size_t SinkIndex(const std::string& name) const {
    for (size_t i = 0; i < result_->sinks.size(); ++i) {
      if (result_->sinks[i].name == name) return i;
    }
    return result_->sinks.size();
  }

  void BuildRoutes() {
    for (int i = 0; i < message_.routes_size(); ++i) BuildRoute(i);
    if (!message_.routes().empty()) return;
    CompiledRoute everything;
    everything.name = "everything";
    for (size_t i = 0; i < result_->sinks.size(); ++i) {
      if (i == result_->dead_letter) continue;
      everything.sinks.push_back(i);
      CheckTakesEvents(i, SinkPath(result_->sinks[i].name));
    }
    result_->routes.push_back(std::move(everything));
  }

  void BuildRoute(int index) {
    const auto& route = message_.routes(index);
    const std::string path = Cat("routes[", index, "]");
    const std::string when_path = path + ".when";
    CompiledRoute compiled;
    compiled.name = route.name();
    compiled.position = loaded_.positions.FindNearest(when_path);
    if (!route.when().empty()) {
      std::vector<RuleError> errors;
      compiled.when = rules_.AddCondition(route.when(), errors);
      FileConfigReport report = ReportAt(path);
      for (RuleError& error : errors) {
        report.Error("when", error.offset, std::move(error.message));
      }
    }
    for (int i = 0; i < route.to_size(); ++i) {
      compiled.sinks.push_back(SinkIndex(route.to(i)));
      CheckTakesEvents(compiled.sinks.back(), Cat(path, ".to[", i, "]"));
    }
    result_->routes.push_back(std::move(compiled));
  }

  void CheckTakesEvents(size_t index, const std::string& path) {
    if (index >= result_->sinks.size()) return;  // It has been reported.
    const CompiledSink& sink = result_->sinks[index];
    if (!sink.sink->takes_only_dead_letters()) return;
    diagnostics_.Add(loaded_.positions.FindNearest(path),
                     Cat("sink '", sink.name, "' is a '", sink.kind,
                         "', which takes dead letters only: expected another "
                         "sink here, and this one named by 'dead_letter'"));
  }

  // Of the sink with this name in the file.
  std::string SinkPath(const std::string& name) const {
    int i = 0;
    while (message_.sinks(i).name() != name) ++i;
    return Cat("sinks[", i, "].name");
  }

  void FinishRules() {
    absl::StatusOr<std::shared_ptr<const RuleSet>> rules = rules_.Build();
    if (rules.ok()) {
      result_->rules = *std::move(rules);
    } else {
      diagnostics_.Add({}, std::string(rules.status().message()));
    }
  }

  const LoadedPipeline& loaded_;
  const Pipeline& message_;
  const ComponentRegistry& registry_;
  Clock& clock_;
  Diagnostics& diagnostics_;
  RuleSetBuilder rules_;
  std::unique_ptr<CompiledPipeline> result_;
};

}  // namespace

std::unique_ptr<CompiledPipeline> CompilePipeline(
    const LoadedPipeline& loaded, const ComponentRegistry& registry,
    Clock& clock, Diagnostics& diagnostics) {
  if (!loaded.readable) return nullptr;
  return Compiler(loaded, registry, clock, diagnostics).Run();
}

std::unique_ptr<CompiledPipeline> CompilePipelineText(
    std::string_view text, const ComponentRegistry& registry,
    const Environment& environment, Clock& clock, Diagnostics& diagnostics) {
  const LoadedPipeline loaded =
      LoadPipeline(text, registry, environment, diagnostics);
  return CompilePipeline(loaded, registry, clock, diagnostics);
}

}  // namespace phoenix
