#include "tools/phoenix/past/explanation_text.h"

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "libs/base/text.h"
#include "tools/phoenix/cli/canonical_json.h"

namespace phoenix {
namespace {

class TextWriter {
 public:
  TextWriter(const CompiledPipeline& pipeline, const Explanation& explanation)
      : pipeline_(pipeline), explanation_(explanation) {}

  std::string Run(const std::optional<LogPlace>& place) {
    Line("event '", explanation_.id, "' of '", explanation_.source, "', type '",
         explanation_.type, "'");
    if (place.has_value()) Place(*place);
    for (const StepTrace& step : explanation_.steps) Step(step);
    for (const RouteTrace& route : explanation_.routes) Route(route);
    Line("\noutcome: ", explanation_.outcome);
    return std::move(text_);
  }

 private:
  template <typename... Parts>
  void Line(const Parts&... parts) {
    CatTo(text_, parts..., "\n");
  }

  std::string At(SourcePosition position) const {
    return Cat(pipeline_.file, ":", position.line);
  }

  void Place(const LogPlace& place) {
    const std::string partition =
        place.partition.has_value() ? Cat(*place.partition, "/") : "";
    Line("  offset ", partition, place.offset, " of log '", place.log,
         "', appended ",
         absl::FormatTime(absl::RFC3339_full, place.append_time,
                          absl::UTCTimeZone()));
    if (!place.revision.empty() && place.revision != pipeline_.revision) {
      Line("  taken by revision ", place.revision, "; explained by ",
           pipeline_.revision);
    }
  }

  void Rule(const RuleTrace& rule) {
    Line("  ", At(rule.position), ":", rule.position.column, " ", rule.field,
         ": ", rule.text);
    for (const ReadValue& read : rule.reads) {
      Line("      ", read.path, " = ", read.value);
    }
    if (!rule.result.empty()) Line("      => ", rule.result);
  }

  void Step(const StepTrace& step) {
    Line("\n", At(step.position), " step '", step.name, "' (", step.kind, ")");
    for (const RuleTrace& rule : step.rules) Rule(rule);
    switch (step.verdict) {
      case StepTrace::Verdict::kPassed:
        Line("  passes", step.before == step.after ? "" : ", changed");
        break;
      case StepTrace::Verdict::kFiltered:
        Line("  filtered");
        break;
      case StepTrace::Verdict::kFailed:
        Line("  fails (on_error: ", step.on_error, "): ", step.error);
        break;
    }
    if (step.before != step.after) Diff(step);
  }

  void Diff(const StepTrace& step) {
    const std::string diff = LineDiff(step.before, step.after);
    const std::vector<std::string> lines =
        absl::StrSplit(diff, '\n', absl::SkipEmpty());
    for (const std::string& line : lines) Line("    ", line);
  }

  void Route(const RouteTrace& route) {
    // One that stands in no file: the default.
    const bool is_written = route.position.line > 0;
    Line("\n", is_written ? Cat(At(route.position), " ") : "", "route '",
         route.name, "'");
    if (route.when.has_value()) {
      Rule(*route.when);
    } else {
      Line("  takes what no route before it took");
    }
    Line("  ", route.taken ? "taken, to " : "not taken, to ",
         absl::StrJoin(route.sinks, ", "));
  }

  const CompiledPipeline& pipeline_;
  const Explanation& explanation_;
  std::string text_;
};

}  // namespace

std::string ExplanationToText(const CompiledPipeline& pipeline,
                              const Explanation& explanation,
                              const std::optional<LogPlace>& place) {
  return TextWriter(pipeline, explanation).Run(place);
}

}  // namespace phoenix
