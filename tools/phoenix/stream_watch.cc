#include "tools/phoenix/stream_watch.h"

#include <algorithm>
#include <utility>

namespace phoenix {
namespace {

StreamNumbers NumbersOf(const flow::Sender::Stats& stats) {
  const int64_t credit = stats.credit.quota.bytes - stats.on_the_way.bytes;
  return {.sent_batches = stats.sent_batches,
          .resent_batches = stats.resent_batches,
          .reconnects = std::max<int64_t>(0, stats.connections - 1),
          .in_flight_batches = stats.on_the_way.count,
          .in_flight_bytes = stats.on_the_way.bytes,
          .available_credit_bytes = std::max<int64_t>(0, credit)};
}

}  // namespace

void StreamWatch::Add(const std::string& peer_service,
                      const std::string& peer_name,
                      std::shared_ptr<const flow::Sender> sender) {
  watched_.push_back(
      {std::move(sender), StreamMetrics(registry_, peer_service, peer_name)});
}

void StreamWatch::Publish() {
  for (Watched& watched : watched_) {
    watched.metrics.Publish(NumbersOf(watched.sender->stats()));
  }
}

}  // namespace phoenix
