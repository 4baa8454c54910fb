#ifndef LIBS_ENGINE_ROUTE_TABLE_H_
#define LIBS_ENGINE_ROUTE_TABLE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/component/config_report.h"
#include "libs/event/selection.h"
#include "libs/rules/frame.h"
#include "libs/rules/rule_set.h"

namespace phoenix {

// A route, ready to run.
struct RouteRule {
  std::string name;
  SourcePosition position;     // In the pipeline file.
  std::optional<RuleId> when;  // None: takes what no route before it took.
  std::vector<uint32_t> sinks;
};

// A row for which a route's condition failed.
struct RouteFailure {
  uint32_t row = 0;
  uint32_t route = 0;
  absl::Status status;
};

// Where the rows of one batch go. Its memory is reused when it is filled again.
struct RoutesResult {
  // The rows for each sink, in order, each row once.
  std::vector<Selection> by_sink;

  // The rows that no route took.
  Selection unrouted;

  // The rows for which a condition failed: they go to no sink.
  std::vector<RouteFailure> failed;
};

// Picks the sinks of each row: those of every route whose condition holds; a
// route without condition takes what no route before it took. Immutable;
// thread-safe: every lane uses the same table with a frame and a result of its
// own.
class RouteTable {
 public:
  // Without any route, every row goes to all of `default_sinks`.
  RouteTable(std::vector<RouteRule> routes, uint32_t sink_count,
             std::vector<uint32_t> default_sinks);

  // Routes the rows `rows` of the frame's batch.
  void Run(Frame& frame, const Selection& rows, RoutesResult& result) const;

  const std::vector<RouteRule>& routes() const { return routes_; }

 private:
  void TakeRest(const Selection& rows, const std::vector<bool>& taken,
                Selection& rest) const;

  std::vector<RouteRule> routes_;
  uint32_t sink_count_;
};

}  // namespace phoenix

#endif  // LIBS_ENGINE_ROUTE_TABLE_H_
