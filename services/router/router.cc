#include "services/router/router.h"

#include <string>
#include <utility>

#include "absl/status/status.h"

namespace phoenix {
namespace {

absl::Status WhyRejected(const BatchOutcome& outcome, uint32_t row) {
  for (const OutcomeDetail& detail : outcome.details()) {
    if (detail.row == row) return detail.status;
  }
  return absl::InternalError("the sink rejected the event and gave no reason");
}

// What a sink said of its part of a batch, on its way to the collector: rows
// that it can never take become dead letters first.
class SinkAnswer {
 public:
  SinkAnswer(std::string sink, SourcePosition position, EventBatchPtr input,
             DeadLetters& dead_letters, SettleCallback part)
      : sink_(std::move(sink)),
        position_(position),
        input_(std::move(input)),
        dead_letters_(dead_letters),
        part_(std::move(part)) {}

  void operator()(const BatchOutcome& outcome) {
    std::vector<DeadLetterRow> dead;
    BatchOutcome rest(outcome.size());
    for (uint32_t row = 0; row < outcome.size(); ++row) {
      if (outcome.at(row) != Outcome::kRejected) {
        rest.Merge(row, outcome.at(row));
        continue;
      }
      dead.push_back({.row = row,
                      .component = sink_,
                      .position = position_,
                      .status = WhyRejected(outcome, row)});
    }
    if (dead.empty()) {
      part_(outcome);
      return;
    }
    dead_letters_.Post(std::move(input_), std::move(dead),
                       [rest = std::move(rest), part = std::move(part_)](
                           const BatchOutcome& posted) mutable {
                         rest.Merge(posted);
                         part(rest);
                       });
  }

 private:
  std::string sink_;
  SourcePosition position_;
  EventBatchPtr input_;
  DeadLetters& dead_letters_;
  SettleCallback part_;
};

}  // namespace

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
                 SinkAnswer(to.sink->name(), to.position, input, dead_letters_,
                            collector.AddPart()));
}

}  // namespace phoenix
