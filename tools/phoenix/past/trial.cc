#include "tools/phoenix/past/trial.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

bool Has(const Selection& rows, uint32_t row) {
  return std::binary_search(rows.begin(), rows.end(), row);
}

}  // namespace

Trial::Trial(const CompiledPipeline& pipeline, Clock& clock)
    : pipeline_(pipeline),
      chain_(pipeline.steps, /*observer=*/nullptr, clock),
      table_(pipeline.routes, pipeline.sinks.size()),
      frame_(pipeline.rules) {}

void Trial::Run(const EventBatchPtr& batch, const Selection& rows) {
  frame_.Reset(batch);
  fates_.assign(batch->size(), Fate::kRouted);
  steps_.rows = rows;
  chain_.Run(frame_, 0, steps_);
  table_.Run(frame_, steps_.rows, routes_);
  for (const Selection& filtered : steps_.filtered) {
    for (uint32_t row : filtered) fates_[row] = Fate::kFiltered;
  }
  for (uint32_t row : routes_.unrouted) fates_[row] = Fate::kFiltered;
  for (const auto* failures : {&steps_.dead, &steps_.dropped}) {
    for (const auto& failure : *failures) fates_[failure.row] = Fate::kFailed;
  }
  for (const auto& failure : routes_.failed) {
    fates_[failure.row] = Fate::kFailed;
  }
}

std::string Trial::Describe(uint32_t row) const {
  switch (fates_[row]) {
    case Fate::kRouted:
      return DescribeRouted(row);
    case Fate::kFiltered:
      return DescribeFiltered(row);
    case Fate::kFailed:
      break;
  }
  return DescribeFailed(row);
}

std::string Trial::DescribeRouted(uint32_t row) const {
  std::vector<std::string> names;
  for (size_t i = 0; i < pipeline_.sinks.size(); ++i) {
    if (Has(RowsOf(i), row)) names.push_back(pipeline_.sinks[i].name);
  }
  return Cat("delivered to ", absl::StrJoin(names, ", "));
}

std::string Trial::DescribeFiltered(uint32_t row) const {
  for (size_t i = 0; i < steps_.filtered.size(); ++i) {
    if (!Has(steps_.filtered[i], row)) continue;
    const CompiledStep& step = pipeline_.steps[i];
    return Cat("filtered by ", Place(step.name, step.position));
  }
  return "filtered: no route took it";
}

std::string Trial::DescribeFailed(uint32_t row) const {
  for (const auto* failures : {&steps_.dead, &steps_.dropped}) {
    for (const StepFailure& failure : *failures) {
      if (failure.row != row) continue;
      const CompiledStep& step = pipeline_.steps[failure.step];
      return Cat(failures == &steps_.dead ? "dead-lettered" : "dropped", " by ",
                 Place(step.name, step.position), ": ",
                 FromAbsl(failure.status.message()));
    }
  }
  for (const RouteFailure& failure : routes_.failed) {
    if (failure.row != row) continue;
    const CompiledRoute& route = pipeline_.routes[failure.route];
    return Cat("dead-lettered by ", Place(route.name, route.position), ": ",
               FromAbsl(failure.status.message()));
  }
  return "";
}

std::string Trial::Place(const std::string& name,
                         SourcePosition position) const {
  return Cat("'", name, "' (", pipeline_.file, ":", position.line, ")");
}

}  // namespace phoenix
