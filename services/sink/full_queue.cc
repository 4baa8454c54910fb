#include "services/sink/full_queue.h"

#include <utility>

#include "libs/base/status_builder.h"
#include "libs/base/text.h"
#include "services/sink/settle_rows.h"

namespace phoenix {

FullQueuePolicy::FullQueuePolicy(std::string sink, FullQueue when_full)
    : sink_(std::move(sink)),
      when_full_(when_full),
      log_(Logger::Process().With({{"component.name", sink_}})) {}

void FullQueuePolicy::TurnAway(const BatchView& view, std::string_view why,
                               SettleCallback& settle) {
  turned_away_ += view.rows.size();
  const bool drops = when_full_ == FullQueue::kDropNewest;
  log_.Warn("The queue of a sink is full: events are turned away.",
            {{"events", view.rows.size()},
             {"when_full", FullQueueName(when_full_)},
             {"reason", why}});
  const absl::Status full =
      StatusBuilder(absl::StatusCode::kResourceExhausted,
                    Cat("queue of sink '", sink_, "' is full: ", why))
          .Reason("QUEUE_FULL");
  SettleRows(view, drops ? Outcome::kDropped : Outcome::kRejected, sink_, full,
             settle);
}

void SheddingPort::Offer(BatchView view, SettleCallback settle) {
  if (queue_.TryOffer(view, settle)) return;
  policy_.TurnAway(view, "the sink is slower than its events come", settle);
}

}  // namespace phoenix
