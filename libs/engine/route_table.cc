#include "libs/engine/route_table.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace phoenix {
namespace {

void AddRows(const Selection& rows, Selection& to) {
  if (to.empty()) {
    to = rows;
    return;
  }
  Selection both;
  both.reserve(to.size() + rows.size());
  std::set_union(to.begin(), to.end(), rows.begin(), rows.end(),
                 std::back_inserter(both));
  to = std::move(both);
}

void RemoveRows(const std::vector<bool>& gone, Selection& rows) {
  std::erase_if(rows, [&](uint32_t row) { return gone[row]; });
}

// One failure a row is enough: the first route that failed is named.
void RemoveFailed(uint32_t size, RoutesResult& result) {
  std::vector<bool> gone(size, false);
  std::erase_if(result.failed, [&](const RouteFailure& failure) {
    const bool again = gone[failure.row];
    gone[failure.row] = true;
    return again;
  });
  for (Selection& rows : result.by_sink) RemoveRows(gone, rows);
  RemoveRows(gone, result.unrouted);
}

void TakeRest(const Selection& rows, const std::vector<bool>& taken,
              Selection& rest) {
  rest.clear();
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(rest),
               [&](uint32_t row) { return !taken[row]; });
}

}  // namespace

RouteTable::RouteTable(absl::Span<const CompiledRoute> routes,
                       size_t sink_count, RouteObserver* observer)
    : routes_(routes), sink_count_(sink_count), observer_(observer) {}

void RouteTable::Run(Frame& frame, const Selection& rows,
                     RoutesResult& result) const {
  result.by_sink.resize(sink_count_);
  for (Selection& to : result.by_sink) to.clear();
  result.failed.clear();

  std::vector<bool> taken(frame.batch()->size(), false);
  Selection matching;
  Selection others;
  RowErrors errors;
  for (size_t i = 0; i < routes_.size(); ++i) {
    const CompiledRoute& route = routes_[i];
    if (route.when.has_value()) {
      errors.clear();
      frame.Test(*route.when, rows, matching, others, errors);
      for (RowError& error : errors) {
        result.failed.push_back(
            {error.row, static_cast<uint32_t>(i), std::move(error.status)});
      }
    } else {
      TakeRest(rows, taken, matching);
    }
    for (uint32_t row : matching) taken[row] = true;
    for (size_t sink : route.sinks) AddRows(matching, result.by_sink[sink]);
  }
  TakeRest(rows, taken, result.unrouted);
  if (result.failed.empty()) return;
  RemoveFailed(frame.batch()->size(), result);
  TellFailed(result.failed);
}

void RouteTable::TellFailed(const std::vector<RouteFailure>& failed) const {
  if (observer_ == nullptr) return;
  std::vector<size_t> events(routes_.size());
  for (const RouteFailure& failure : failed) ++events[failure.route];
  for (size_t i = 0; i < events.size(); ++i) {
    if (events[i] > 0) observer_->OnFailed(i, events[i]);
  }
}

}  // namespace phoenix
