#include "services/router/router.h"

#include <utility>

#include "libs/engine/reject_to_dead_letters.h"

namespace phoenix {
Router::Router(const RouteTable& routes, std::vector<Destination> destinations,
               DeadLetters& dead_letters)
    : routes_(routes),
      destinations_(std::move(destinations)),
      dead_letters_(dead_letters) {}

void Router::Route(Frame& frame, const Selection& rows,
                   const EventBatchPtr& input,
                   flow::OutcomeCollector& collector) {
  routes_.Run(frame, rows, result_);
  if (!result_.unrouted.empty()) {
    collector.Settle(result_.unrouted, Outcome::kFiltered);
  }
  SettleFailed(input, collector);
  for (size_t i = 0; i < destinations_.size(); ++i) {
    if (result_.by_sink[i].empty()) continue;
    Send(destinations_[i], {frame.batch(), std::move(result_.by_sink[i])},
         input, collector);
  }
}

void Router::SettleFailed(const EventBatchPtr& input,
                          flow::OutcomeCollector& collector) {
  if (result_.failed.empty()) return;
  std::vector<DeadLetterRow> rows;
  rows.reserve(result_.failed.size());
  for (RouteFailure& failure : result_.failed) {
    rows.push_back({.row = failure.row,
                    .component = routes_.name(failure.route),
                    .position = routes_.position(failure.route),
                    .status = std::move(failure.status)});
  }
  dead_letters_.Post(input, std::move(rows), collector.AddPart());
}

void Router::Send(const Destination& to, BatchView view,
                  const EventBatchPtr& input,
                  flow::OutcomeCollector& collector) {
  to.sink->Offer(std::move(view),
                 RejectToDeadLetters({to.sink->name(), to.position}, input,
                                     dead_letters_, collector.AddPart()));
}

}  // namespace phoenix
