#ifndef SERVICES_ROUTER_ROUTER_H_
#define SERVICES_ROUTER_ROUTER_H_

#include <vector>

#include "libs/engine/dead_letters.h"
#include "libs/engine/route_table.h"
#include "libs/engine/sink_port.h"
#include "libs/event/event_batch.h"
#include "libs/event/selection.h"
#include "libs/flow/outcome_collector.h"
#include "libs/rules/frame.h"

namespace phoenix {

// One lane of the router: hands each row to the sinks of its routes. Rows whose
// route failed, and rows that a sink can never take, go to the dead letters.
// Used by one thread at a time.
class Router {
 public:
  // A sink and the place of it in the pipeline file.
  struct Destination {
    SinkPort* sink;
    SourcePosition position;
  };

  // `routes`, the sinks and `dead_letters` outlive the router and all that it
  // has sent. Destinations are in the order of the routes' sink numbers.
  Router(const RouteTable& routes, std::vector<Destination> destinations,
         DeadLetters& dead_letters);

  // Sends `rows` of the frame's batch on their ways, waiting for room in a
  // sink's queue. `input` is the batch as it came in at the door, with the same
  // numbering of rows. Each row gets an outcome, or a part of `collector`.
  void Route(Frame& frame, const Selection& rows, const EventBatchPtr& input,
             flow::OutcomeCollector& collector);

 private:
  void SettleFailed(const EventBatchPtr& input,
                    flow::OutcomeCollector& collector);
  void Send(const Destination& to, BatchView view, const EventBatchPtr& input,
            flow::OutcomeCollector& collector);

  const RouteTable& routes_;
  const std::vector<Destination> destinations_;
  DeadLetters& dead_letters_;
  RoutesResult result_;
};

}  // namespace phoenix

#endif  // SERVICES_ROUTER_ROUTER_H_
