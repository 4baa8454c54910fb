#include "libs/pipeline/schema/pretty_json.h"
#include "tools/phoenix/past/explanation_text.h"

namespace phoenix {
namespace {

void WritePosition(SourcePosition position, PrettyJson& json) {
  json.Member("line", int64_t{position.line});
  json.Member("column", int64_t{position.column});
}

void WriteRule(const RuleTrace& rule, PrettyJson& json) {
  json.BeginObject();
  WritePosition(rule.position, json);
  json.Member("field", rule.field);
  json.Member("expression", rule.text);
  json.Key("reads");
  json.BeginArray();
  for (const ReadValue& read : rule.reads) {
    json.BeginObject();
    json.Member("path", read.path);
    json.Member("value", read.value);
    json.EndObject();
  }
  json.EndArray();
  json.Member("result", rule.result);
  json.EndObject();
}

const char* VerdictName(StepTrace::Verdict verdict) {
  switch (verdict) {
    case StepTrace::Verdict::kPassed:
      return "passed";
    case StepTrace::Verdict::kFiltered:
      return "filtered";
    case StepTrace::Verdict::kFailed:
      break;
  }
  return "failed";
}

void WriteStep(const StepTrace& step, PrettyJson& json) {
  json.BeginObject();
  json.Member("name", step.name);
  json.Member("kind", step.kind);
  WritePosition(step.position, json);
  json.Key("rules");
  json.BeginArray();
  for (const RuleTrace& rule : step.rules) WriteRule(rule, json);
  json.EndArray();
  json.Member("verdict", VerdictName(step.verdict));
  if (step.verdict == StepTrace::Verdict::kFailed) {
    json.Member("error", step.error);
    json.Member("on_error", step.on_error);
  }
  if (step.before != step.after) {
    json.Member("payload_before", step.before);
    json.Member("payload_after", step.after);
  }
  json.EndObject();
}

void WriteRoute(const RouteTrace& route, PrettyJson& json) {
  json.BeginObject();
  json.Member("name", route.name);
  if (route.position.line > 0) WritePosition(route.position, json);
  if (route.when.has_value()) {
    json.Key("when");
    WriteRule(*route.when, json);
  }
  json.Member("taken", route.taken);
  json.Member("sinks", route.sinks);
  json.EndObject();
}

void WritePlace(const LogPlace& place, PrettyJson& json) {
  json.Member("log", place.log);
  if (place.partition.has_value()) json.Member("partition", *place.partition);
  json.Member("offset", place.offset);
  json.Member("append_time",
              absl::FormatTime(absl::RFC3339_full, place.append_time,
                               absl::UTCTimeZone()));
  json.Member("revision", place.revision);
}

}  // namespace

std::string ExplanationToJson(const CompiledPipeline& pipeline,
                              const Explanation& explanation,
                              const std::optional<LogPlace>& place) {
  PrettyJson json;
  json.BeginObject();
  json.Member("file", pipeline.file);
  json.Member("explained_by_revision", pipeline.revision);
  json.Member("id", explanation.id);
  json.Member("source", explanation.source);
  json.Member("type", explanation.type);
  if (place.has_value()) WritePlace(*place, json);
  json.Key("steps");
  json.BeginArray();
  for (const StepTrace& step : explanation.steps) WriteStep(step, json);
  json.EndArray();
  json.Key("routes");
  json.BeginArray();
  for (const RouteTrace& route : explanation.routes) WriteRoute(route, json);
  json.EndArray();
  json.Member("outcome", explanation.outcome);
  json.EndObject();
  return std::move(json).Finish();
}

}  // namespace phoenix
