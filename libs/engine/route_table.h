#ifndef LIBS_ENGINE_ROUTE_TABLE_H_
#define LIBS_ENGINE_ROUTE_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "libs/component/config_report.h"
#include "libs/event/selection.h"
#include "libs/pipeline/compiled_pipeline.h"
#include "libs/rules/frame.h"

namespace phoenix {

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

// Hears of which routes the condition failed: for metrics. Called on the lane's
// thread; thread-safe.
class RouteObserver {
 public:
  virtual ~RouteObserver() = default;

  // For `events` of a batch the condition of `route` was the first that failed.
  virtual void OnFailed(size_t route, size_t events) = 0;
};

// Picks the sinks of each row: those of every route whose condition holds; a
// route without condition takes what no route before it took. Immutable;
// thread-safe: every lane uses the same table with a frame and a result of its
// own.
class RouteTable {
 public:
  // The routes and the observer, which may be null, outlive the table; the
  // routes' sinks are numbers below `sink_count`.
  RouteTable(absl::Span<const CompiledRoute> routes, size_t sink_count,
             RouteObserver* observer = nullptr);

  // Routes the rows `rows` of the frame's batch.
  void Run(Frame& frame, const Selection& rows, RoutesResult& result) const;

  const std::string& name(size_t route) const { return routes_[route].name; }
  SourcePosition position(size_t route) const {
    return routes_[route].position;
  }

 private:
  void TellFailed(const std::vector<RouteFailure>& failed) const;

  const absl::Span<const CompiledRoute> routes_;
  const size_t sink_count_;
  RouteObserver* const observer_;
};

}  // namespace phoenix

#endif  // LIBS_ENGINE_ROUTE_TABLE_H_
