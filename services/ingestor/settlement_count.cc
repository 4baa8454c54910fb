#include "services/ingestor/settlement_count.h"

#include <array>
#include <cstdint>

namespace phoenix {
namespace {

// A row without an outcome was not taken: it is its producer's again.
Settlement ToSettlement(Outcome outcome) {
  switch (outcome) {
    case Outcome::kFiltered:
      return Settlement::kFiltered;
    case Outcome::kDropped:
      return Settlement::kDropped;
    case Outcome::kDeduplicated:
      return Settlement::kDeduplicated;
    case Outcome::kMerged:
      return Settlement::kMerged;
    case Outcome::kDelivered:
      return Settlement::kDelivered;
    case Outcome::kQueued:
      return Settlement::kQueued;
    case Outcome::kDeadLettered:
      return Settlement::kDeadLettered;
    case Outcome::kRejected:
      return Settlement::kRejected;
    case Outcome::kPending:
    case Outcome::kRetry:
    case Outcome::kLogged:
      return Settlement::kRetry;
  }
  return Settlement::kRetry;
}

}  // namespace

void CountSettled(const BatchOutcome& outcome, PipelineMetrics& metrics) {
  std::array<uint64_t, kOutcomeCount> counts = {};
  for (uint32_t row = 0; row < outcome.size(); ++row) {
    ++counts[static_cast<size_t>(outcome.at(row))];
  }
  for (int i = 0; i < kOutcomeCount; ++i) {
    const auto kind = static_cast<Outcome>(i);
    // What is logged is on its way, and will be counted when it has settled.
    if (counts[i] == 0 || kind == Outcome::kLogged) continue;
    metrics.Settled(ToSettlement(kind), counts[i]);
  }
}

}  // namespace phoenix
