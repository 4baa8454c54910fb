#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_join.h"
#include "libs/base/byte_size.h"
#include "libs/base/text.h"
#include "libs/pipeline/schema/pretty_json.h"
#include "tools/phoenix/cli/plan.h"

namespace phoenix {
namespace {

std::string Pad(std::string_view text, size_t width) {
  std::string padded(text);
  padded.resize(std::max(width, padded.size()), ' ');
  return padded;
}

// The width of a column that holds every name.
template <typename List>
size_t NameWidth(const List& list) {
  size_t width = 0;
  for (const auto& item : list) width = std::max(width, item.name.size());
  return width;
}

std::string At(SourcePosition position) {
  if (position.line == 0) return "default";
  return Cat(position.line, ":", position.column);
}

class TextWriter {
 public:
  TextWriter(const CompiledPipeline& compiled, const PipelinePlan& plan)
      : compiled_(compiled), plan_(plan) {
    width_ = std::max({NameWidth(compiled.sources), NameWidth(compiled.steps),
                       NameWidth(compiled.routes), NameWidth(compiled.sinks)});
  }

  std::string Run() {
    Line("pipeline '", compiled_.name, "' is valid, revision ",
         compiled_.revision);
    Components("sources", compiled_.sources);
    Components("steps", compiled_.steps);
    Routes();
    Components("sinks", compiled_.sinks);
    Line("  failed events go to ", compiled_.sinks[compiled_.dead_letter].name);
    Rules();
    Warnings();
    Payload();
    Delivery();
    Memory();
    return std::move(text_);
  }

 private:
  template <typename... Pieces>
  void Line(const Pieces&... pieces) {
    CatTo(text_, pieces..., "\n");
  }

  template <typename List>
  void Components(const char* title, const List& list) {
    if (list.empty()) return;
    Line("\n", title);
    for (const auto& item : list) {
      Line("  ", Pad(item.name, width_), "  ", Pad(item.kind, 10), "  ",
           At(item.position));
    }
  }

  void Routes() {
    Line("\nroutes");
    for (const CompiledRoute& route : compiled_.routes) {
      std::vector<std::string> names;
      for (size_t sink : route.sinks) {
        names.push_back(compiled_.sinks[sink].name);
      }
      Line("  ", Pad(route.name, width_), "  to ", absl::StrJoin(names, ", "),
           route.when.has_value() ? "" : "  (all that is left)");
    }
  }

  void Rules() {
    if (plan_.rules.empty()) return;
    Line("\nrules");
    for (const PlannedRule& rule : plan_.rules) {
      Line("  ", Pad(At(rule.position), 6), "  ", Pad(rule.owner, width_), "  ",
           rule.plan.text);
      Line("          ", Pad("", width_), "  ", How(rule));
    }
  }

  static std::string How(const PlannedRule& rule) {
    std::string how = rule.plan.vectorised
                          ? std::string("vectorised")
                          : Cat("row by row: ", rule.plan.fallback_reason);
    if (rule.on_error.empty()) return how + "; can't fail";
    return Cat(how, "; can fail: the event is ", FateOf(rule.on_error));
  }

  static std::string_view FateOf(std::string_view on_error) {
    if (on_error == OnErrorName(OnError::kDrop)) return "dropped";
    if (on_error == OnErrorName(OnError::kKeep)) return "kept as it was";
    return "dead-lettered";
  }

  void Warnings() {
    if (plan_.warnings.empty()) return;
    Line("\nwarnings");
    for (const PlannedWarning& warning : plan_.warnings) {
      Line("  ", compiled_.file, ":", At(warning.position), ": ",
           warning.message);
    }
  }

  void Payload() {
    if (plan_.payload_paths.empty()) {
      Line("\npayload\n  not read: no rule needs it");
      return;
    }
    Line("\npayload\n  one pass reads ",
         absl::StrJoin(plan_.payload_paths, ", "));
  }

  void Delivery() {
    Line("\ndelivery\n  events are acknowledged ", plan_.acknowledged);
    for (const PlannedPath& path : plan_.paths) {
      Line("  ", Pad(path.source, width_), " -> ", Pad(path.sink, width_), "  ",
           path.guarantee, path.limits.empty() ? "" : ": ",
           absl::StrJoin(path.limits, "; "));
    }
  }

  void Memory() {
    Line("\nmemory of the process, at most ",
         FormatByteSize(plan_.memory_bound_bytes));
    const size_t width = NameWidth(plan_.memory);
    for (const MemoryPart& part : plan_.memory) {
      Line("  ", Pad(part.name, width), "  ", FormatByteSize(part.bytes));
    }
  }

  const CompiledPipeline& compiled_;
  const PipelinePlan& plan_;
  size_t width_;
  std::string text_;
};

void WriteRule(const PlannedRule& rule, PrettyJson& json) {
  json.BeginObject();
  json.Member("line", int64_t{rule.position.line});
  json.Member("column", int64_t{rule.position.column});
  json.Member("owner", rule.owner);
  json.Member("expression", rule.plan.text);
  json.Member("vectorised", rule.plan.vectorised);
  if (!rule.plan.vectorised) {
    json.Member("fallback_reason", rule.plan.fallback_reason);
  }
  json.Member("paths", rule.plan.paths);
  json.Member("can_fail", rule.plan.can_fail);
  if (!rule.on_error.empty()) json.Member("on_error", rule.on_error);
  json.EndObject();
}

void WriteWarnings(const PipelinePlan& plan, PrettyJson& json) {
  json.Key("warnings");
  json.BeginArray();
  for (const PlannedWarning& warning : plan.warnings) {
    json.BeginObject();
    json.Member("line", int64_t{warning.position.line});
    json.Member("column", int64_t{warning.position.column});
    json.Member("message", warning.message);
    json.EndObject();
  }
  json.EndArray();
}

template <typename List>
void WriteComponents(std::string_view key, const List& list, PrettyJson& json) {
  json.Key(key);
  json.BeginArray();
  for (const auto& item : list) {
    json.BeginObject();
    json.Member("name", item.name);
    json.Member("kind", item.kind);
    json.Member("line", int64_t{item.position.line});
    json.EndObject();
  }
  json.EndArray();
}

void WriteMemory(const PipelinePlan& plan, PrettyJson& json) {
  json.Member("memory_bound_bytes", plan.memory_bound_bytes);
  json.Key("buffers");
  json.BeginArray();
  for (const MemoryPart& part : plan.memory) {
    json.BeginObject();
    json.Member("name", part.name);
    json.Member("bytes", part.bytes);
    json.EndObject();
  }
  json.EndArray();
}

void WritePaths(const PipelinePlan& plan, PrettyJson& json) {
  json.Key("delivery");
  json.BeginArray();
  for (const PlannedPath& path : plan.paths) {
    json.BeginObject();
    json.Member("source", path.source);
    json.Member("sink", path.sink);
    json.Member("guarantee", path.guarantee);
    json.Member("limits", path.limits);
    json.EndObject();
  }
  json.EndArray();
}

}  // namespace

std::string PlanToText(const CompiledPipeline& compiled,
                       const PipelinePlan& plan) {
  return TextWriter(compiled, plan).Run();
}

std::string PlanToJson(const CompiledPipeline& compiled,
                       const PipelinePlan& plan) {
  PrettyJson json;
  json.BeginObject();
  json.Member("valid", true);
  json.Member("name", compiled.name);
  json.Member("revision", compiled.revision);
  WriteComponents("sources", compiled.sources, json);
  WriteComponents("steps", compiled.steps, json);
  WriteComponents("sinks", compiled.sinks, json);
  json.Member("dead_letter", compiled.sinks[compiled.dead_letter].name);
  json.Member("payload_paths", plan.payload_paths);
  json.Key("rules");
  json.BeginArray();
  for (const PlannedRule& rule : plan.rules) WriteRule(rule, json);
  json.EndArray();
  WriteWarnings(plan, json);
  WritePaths(plan, json);
  WriteMemory(plan, json);
  json.EndObject();
  return std::move(json).Finish();
}

}  // namespace phoenix
