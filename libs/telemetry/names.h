#ifndef LIBS_TELEMETRY_NAMES_H_
#define LIBS_TELEMETRY_NAMES_H_

#include <string_view>

#include "absl/types/span.h"

namespace phoenix {

// Every name that Phoenix publishes, once: metrics, labels and the values that
// a label may take. Dashboards and alerts are written against these, so a name
// is an interface: see MetricStability.
//
// Names are `phoenix_<area>_<noun>_<unit>`; counters end in `_total`. Units are
// base units: seconds, bytes, events.

enum class MetricType { kCounter, kGauge, kHistogram };

// kStable: renamed only with a release of overlap. kDevelopment: may change in
// any release; the change log says so.
enum class MetricStability { kStable, kDevelopment };

// One metric family. Lives for ever.
struct MetricSpec {
  std::string_view name;
  MetricType type;
  MetricStability stability;
  std::string_view help;  // A sentence for who reads the /metrics page.
};

namespace metric {

// Labels: component_kind, component_type, component_name.
extern const MetricSpec kComponentReceivedEvents;
extern const MetricSpec kComponentReceivedBytes;
extern const MetricSpec kComponentSentEvents;  // Counted after success only.
extern const MetricSpec kComponentSentBytes;
extern const MetricSpec kComponentErrors;           // + stage, error_type.
extern const MetricSpec kComponentDiscardedEvents;  // + intentional.
extern const MetricSpec kComponentProcessDuration;  // + error_type or none.

// Labels: component_type, component_name. Of sinks: a batch may take several
// attempts, and only what became of it in the end is in the metrics above.
extern const MetricSpec kSinkWriteAttempts;
extern const MetricSpec kSinkFailedWriteAttempts;  // + error_type.
extern const MetricSpec kSinkRetriedEvents;
extern const MetricSpec kSinkFailing;
extern const MetricSpec kSinkCircuitState;
extern const MetricSpec kSinkRequestLimit;

// Labels: buffer_name.
extern const MetricSpec kBufferReceivedEvents;
extern const MetricSpec kBufferSentEvents;
extern const MetricSpec kBufferSizeEvents;
extern const MetricSpec kBufferSizeBytes;
extern const MetricSpec kBufferMaxSizeBytes;

// Labels: component_name, a sink's. All 0 where its queue neither goes on on
// disk nor turns events away.
extern const MetricSpec kSinkQueueSpilledEvents;
extern const MetricSpec kSinkQueueSettledEvents;  // + outcome.
extern const MetricSpec kSinkQueueMissingEvents;
extern const MetricSpec kSinkQueueTurnedAwayEvents;
extern const MetricSpec kSinkQueueWaitingEvents;
extern const MetricSpec kSinkQueueSizeBytes;
extern const MetricSpec kSinkQueueMaxSizeBytes;
extern const MetricSpec kSinkQueueLag;
extern const MetricSpec kSinkQueueRefusing;

// Labels: pipeline.
extern const MetricSpec kPipelineReceivedEvents;
extern const MetricSpec kPipelineReceivedBytes;
extern const MetricSpec kPipelineRecoveredEvents;
extern const MetricSpec kPipelineSettledEvents;  // + outcome.
extern const MetricSpec kPipelineInFlightEvents;
extern const MetricSpec kPipelineDeliveryDuration;
extern const MetricSpec kPipelineLastEventTimestamp;
extern const MetricSpec kUnaccountedEvents;

// Labels: pipeline. All 0 where there is no log.
extern const MetricSpec kLogAppendedEvents;
extern const MetricSpec kLogCorruptRecords;
extern const MetricSpec kLogDroppedEvents;
extern const MetricSpec kLogExpiredRecords;
extern const MetricSpec kLogLagEvents;
extern const MetricSpec kLogLagRecords;
extern const MetricSpec kLogMaxSizeBytes;
extern const MetricSpec kLogRefusing;
extern const MetricSpec kLogSegments;
extern const MetricSpec kLogSizeBytes;
extern const MetricSpec kLogSyncs;

// Labels: pipeline, component_name. Of sinks that keep dead letters in a table;
// the first also where a topic has them.
extern const MetricSpec kDeadLetterWaitingEvents;
extern const MetricSpec kDeadLetterSizeBytes;
extern const MetricSpec kDeadLetterMaxEvents;
extern const MetricSpec kDeadLetterMaxSizeBytes;
extern const MetricSpec kDeadLetterDroppedEvents;

// Labels: peer_service, peer_name.
extern const MetricSpec kStreamSentBatches;
extern const MetricSpec kStreamResentBatches;
extern const MetricSpec kStreamInFlightBatches;
extern const MetricSpec kStreamInFlightBytes;
extern const MetricSpec kStreamAvailableCreditBytes;
extern const MetricSpec kStreamReconnects;

// Labels: component_name, topic. Of sources that pull.
extern const MetricSpec kSourceLagEvents;

// Label: component_name. Of sources that pull from what deletes by itself.
extern const MetricSpec kSourceExpiredRecords;

// Labels: version, commit. Always 1.
extern const MetricSpec kBuildInfo;

}  // namespace metric

// All of the above, sorted by name.
absl::Span<const MetricSpec* const> AllMetrics();

namespace label {

inline constexpr char kComponentKind[] = "component_kind";
inline constexpr char kComponentType[] = "component_type";
inline constexpr char kComponentName[] = "component_name";
inline constexpr char kStage[] = "stage";
inline constexpr char kErrorType[] = "error_type";
inline constexpr char kIntentional[] = "intentional";
inline constexpr char kBufferName[] = "buffer_name";
inline constexpr char kPipeline[] = "pipeline";
inline constexpr char kOutcome[] = "outcome";
inline constexpr char kTopic[] = "topic";
inline constexpr char kPeerService[] = "peer_service";
inline constexpr char kPeerName[] = "peer_name";
inline constexpr char kVersion[] = "version";
inline constexpr char kCommit[] = "commit";

}  // namespace label

// Values of the label component_kind.
enum class ComponentKind { kSource, kStep, kSink, kRoute };
std::string_view ComponentKindName(ComponentKind kind);

// Values of the label stage: what a component was doing when it failed.
enum class ErrorStage { kReceiving, kProcessing, kSending };
std::string_view ErrorStageName(ErrorStage stage);

// Values of the label outcome: how an event that came in was settled. The names
// are those of the events' final outcomes.
enum class Settlement {
  kDelivered,
  kFiltered,
  kDropped,  // By a step with `on_error: drop`, a full queue or a full log.
  kDeduplicated,
  kMerged,
  kQueued,  // Sinks that don't have it have it in their queue on disk.
  kDeadLettered,
  kRejected,  // Its producer was told that it can never be taken.
  kRetry,     // Its producer was told to send it again.
  kLogged,    // A log has it that others read too: one of them goes on.
  kCorrupt,   // The log could not read it any more, and put it aside.
};
inline constexpr int kSettlementCount = 11;
std::string_view SettlementName(Settlement settlement);

// Upper bounds in seconds of the buckets of every duration: those of the
// OpenTelemetry conventions.
absl::Span<const double> DurationBuckets();

// A component counts errors of at most this many types; further ones are
// counted as kOtherErrorType, so that a type made of data by mistake cannot
// fill the memory of whoever scrapes.
inline constexpr int kMaxErrorTypes = 32;
inline constexpr char kOtherErrorType[] = "_other";

}  // namespace phoenix

#endif  // LIBS_TELEMETRY_NAMES_H_
