#include "tools/phoenix/past/explanation.h"

#include <algorithm>
#include <map>
#include <utility>

#include "libs/base/text.h"
#include "libs/engine/route_table.h"
#include "libs/engine/step_chain.h"
#include "libs/pipeline/component_config.h"
#include "libs/rules/frame.h"
#include "tools/phoenix/cli/canonical_json.h"
#include "tools/phoenix/past/rule_reads.h"
#include "tools/phoenix/past/trial.h"

namespace phoenix {
namespace {

class Explainer {
 public:
  Explainer(const LoadedPipeline& loaded, const CompiledPipeline& compiled,
            const EventBatchPtr& batch, uint32_t row, Clock& clock)
      : loaded_(loaded),
        compiled_(compiled),
        batch_(batch),
        row_(row),
        clock_(clock),
        plans_(DescribeRules(*compiled.rules)),
        reads_(plans_),
        frame_(compiled.rules) {
    for (uint32_t i = 0; i < plans_.size(); ++i) {
      rules_.emplace(plans_[i].text, RuleId{i});
    }
  }

  Explanation Run() {
    explanation_.id = Text(Attribute::kId);
    explanation_.source = Text(Attribute::kSource);
    explanation_.type = Text(Attribute::kType);
    frame_.Reset(batch_);
    Selection rows = {row_};
    for (size_t i = 0; i < compiled_.steps.size() && !rows.empty(); ++i) {
      ExplainStep(i, rows);
    }
    if (!rows.empty()) ExplainRoutes(rows);
    Trial trial(compiled_, clock_);
    trial.Run(batch_, {row_});
    explanation_.outcome = trial.Describe(row_);
    return std::move(explanation_);
  }

 private:
  std::string Text(Attribute attribute) const {
    return batch_->attribute(attribute).ToString(row_);
  }

  // As the event stands now, before the step changes it.
  RuleTrace ExplainRule(const std::string& text, const std::string& path,
                        const std::string& field) {
    RuleTrace trace;
    trace.position = loaded_.positions.FindNearest(path);
    trace.field = field;
    trace.text = text;
    for (const std::string& name : reads_.PathsOf(text)) {
      trace.reads.push_back({name, reads_.Read(name, frame_.batch(), row_)});
    }
    const auto rule = rules_.find(text);
    if (rule == rules_.end()) return trace;
    RowErrors errors;
    const ValueColumn& values = frame_.Evaluate(rule->second, {row_}, errors);
    trace.result = ValueText(
        values, row_, errors.empty() ? absl::OkStatus() : errors[0].status);
    return trace;
  }

  void ExplainRules(size_t index, StepTrace& trace) {
    const auto config =
        UnpackConfig(loaded_.message.steps(static_cast<int>(index)).config());
    if (config == nullptr) return;
    for (const ConfigExpression& found : ExpressionsOf(*config)) {
      trace.rules.push_back(
          ExplainRule(found.text, Cat("steps[", index, "].config.", found.path),
                      found.path));
    }
  }

  void ExplainStep(size_t index, Selection& rows) {
    const CompiledStep& step = compiled_.steps[index];
    StepTrace trace;
    trace.name = step.name;
    trace.kind = step.kind;
    trace.position = step.position;
    ExplainRules(index, trace);
    const std::string before(frame_.batch()->payload(row_));
    RunStep(step, trace, rows);
    if (!rows.empty() && before != frame_.batch()->payload(row_)) {
      trace.before = CanonicalJson(before);
      trace.after = CanonicalJson(frame_.batch()->payload(row_));
    }
    explanation_.steps.push_back(std::move(trace));
  }

  void RunStep(const CompiledStep& step, StepTrace& trace, Selection& rows) {
    StepRun run(frame_, rows);
    step.op->Process(run);
    if (!run.filtered().empty()) trace.verdict = StepTrace::Verdict::kFiltered;
    if (run.failed().empty()) return;
    trace.verdict = StepTrace::Verdict::kFailed;
    trace.error = std::string(run.failed()[0].status.message());
    trace.on_error = std::string(OnErrorName(step.on_error));
    if (step.on_error == OnError::kKeep) rows = {row_};
  }

  void ExplainRoutes(const Selection& rows) {
    RoutesResult result;
    bool taken = false;
    for (size_t i = 0; i < compiled_.routes.size(); ++i) {
      const CompiledRoute& route = compiled_.routes[i];
      RouteTrace trace;
      trace.name = route.name;
      trace.position = route.position;
      for (size_t sink : route.sinks) {
        trace.sinks.push_back(compiled_.sinks[sink].name);
      }
      if (route.when.has_value()) {
        const std::string path = Cat("routes[", i, "].when");
        trace.when = ExplainRule(
            loaded_.message.routes(static_cast<int>(i)).when(), path, "when");
        trace.taken = Holds(*route.when, rows);
      } else {
        trace.taken = !taken;
      }
      taken = taken || trace.taken;
      explanation_.routes.push_back(std::move(trace));
    }
  }

  bool Holds(RuleId condition, const Selection& rows) {
    Selection matching;
    Selection others;
    RowErrors errors;
    frame_.Test(condition, rows, matching, others, errors);
    return !matching.empty();
  }

  const LoadedPipeline& loaded_;
  const CompiledPipeline& compiled_;
  const EventBatchPtr& batch_;
  const uint32_t row_;
  Clock& clock_;
  const std::vector<RulePlan> plans_;
  RuleReads reads_;
  Frame frame_;
  std::map<std::string, RuleId> rules_;  // By text: equal ones run alike.
  Explanation explanation_;
};

}  // namespace

Explanation ExplainEvent(const LoadedPipeline& loaded,
                         const CompiledPipeline& compiled,
                         const EventBatchPtr& batch, uint32_t row,
                         Clock& clock) {
  return Explainer(loaded, compiled, batch, row, clock).Run();
}

}  // namespace phoenix
