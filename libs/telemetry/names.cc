#include "libs/telemetry/names.h"

#include <iterator>

namespace phoenix {
namespace metric {
namespace {

constexpr MetricSpec Counter(std::string_view name, std::string_view help) {
  return {name, MetricType::kCounter, MetricStability::kStable, help};
}
constexpr MetricSpec Gauge(std::string_view name, std::string_view help) {
  return {name, MetricType::kGauge, MetricStability::kStable, help};
}
constexpr MetricSpec Histogram(std::string_view name, std::string_view help) {
  return {name, MetricType::kHistogram, MetricStability::kStable, help};
}
constexpr MetricSpec Development(MetricSpec spec) {
  spec.stability = MetricStability::kDevelopment;
  return spec;
}

}  // namespace

constexpr MetricSpec kComponentReceivedEvents =
    Counter("phoenix_component_received_events_total",
            "Events that a component has taken in.");
constexpr MetricSpec kComponentReceivedBytes =
    Counter("phoenix_component_received_bytes_total",
            "Payload bytes that a component has taken in.");
constexpr MetricSpec kComponentSentEvents =
    Counter("phoenix_component_sent_events_total",
            "Events that a component has passed on successfully.");
constexpr MetricSpec kComponentSentBytes =
    Counter("phoenix_component_sent_bytes_total",
            "Payload bytes that a component has passed on successfully.");
constexpr MetricSpec kComponentErrors =
    Counter("phoenix_component_errors_total",
            "Events or operations that failed in a component.");
constexpr MetricSpec kComponentDiscardedEvents =
    Counter("phoenix_component_discarded_events_total",
            "Events that a component dropped for good, as it was told to "
            "(intentional) or not.");
constexpr MetricSpec kComponentProcessDuration =
    Histogram("phoenix_component_process_duration_seconds",
              "Time that a component spent on a batch.");

constexpr MetricSpec kSinkWriteAttempts =
    Counter("phoenix_sink_write_attempts_total",
            "Times that a sink tried to write a batch or the rest of one.");
constexpr MetricSpec kSinkFailedWriteAttempts =
    Counter("phoenix_sink_failed_write_attempts_total",
            "Attempts after which events were left to be tried again.");
constexpr MetricSpec kSinkRetriedEvents =
    Counter("phoenix_sink_retried_events_total",
            "Events that were sent again, counted each time.");
constexpr MetricSpec kSinkFailing =
    Gauge("phoenix_sink_failing",
          "1 while a sink fails again and again, so that it is not ready; else "
          "0.");
constexpr MetricSpec kSinkCircuitState =
    Gauge("phoenix_sink_circuit_state",
          "0: a sink sends; 2: its destination fails and is left alone; 1: one "
          "request finds out whether it works again.");
constexpr MetricSpec kSinkRequestLimit =
    Gauge("phoenix_sink_request_limit",
          "Requests that a sink may have under way at once, as it found out.");

constexpr MetricSpec kBufferReceivedEvents = Counter(
    "phoenix_buffer_received_events_total", "Events put into a buffer.");
constexpr MetricSpec kBufferSentEvents = Counter(
    "phoenix_buffer_sent_events_total", "Events taken out of a buffer.");
constexpr MetricSpec kBufferSizeEvents =
    Gauge("phoenix_buffer_size_events", "Events in a buffer.");
constexpr MetricSpec kBufferSizeBytes =
    Gauge("phoenix_buffer_size_bytes", "Bytes that a buffer holds.");
constexpr MetricSpec kBufferMaxSizeBytes =
    Gauge("phoenix_buffer_max_size_bytes", "Bytes that a buffer may hold.");

constexpr MetricSpec kSinkQueueSpilledEvents =
    Development(Counter("phoenix_sink_queue_spilled_events_total",
                        "Events that a sink's queue has put on disk."));
constexpr MetricSpec kSinkQueueSettledEvents = Development(
    Counter("phoenix_sink_queue_settled_events_total",
            "Events from a sink's queue on disk that have their outcome."));
constexpr MetricSpec kSinkQueueMissingEvents = Development(
    Counter("phoenix_sink_queue_missing_events_total",
            "Events that a full queue on disk gave up, as its drop_oldest "
            "says, or that were found damaged."));
constexpr MetricSpec kSinkQueueTurnedAwayEvents = Development(
    Counter("phoenix_sink_queue_turned_away_events_total",
            "Events that found a sink's queue full, and were dropped or went "
            "to the dead letters as its when_full says."));
constexpr MetricSpec kSinkQueueWaitingEvents = Development(
    Gauge("phoenix_sink_queue_waiting_events",
          "Events in a sink's queue on disk that have no outcome."));
constexpr MetricSpec kSinkQueueSizeBytes =
    Development(Gauge("phoenix_sink_queue_size_bytes",
                      "Bytes that a sink's queue uses of the disk."));
constexpr MetricSpec kSinkQueueMaxSizeBytes =
    Development(Gauge("phoenix_sink_queue_max_size_bytes",
                      "Bytes that a sink's queue may use of the disk."));
constexpr MetricSpec kSinkQueueRefusing = Development(
    Gauge("phoenix_sink_queue_refusing",
          "1 while the disk of a sink's queue refuses what is put on it, "
          "else 0."));
constexpr MetricSpec kSinkQueueLag = Development(
    Gauge("phoenix_sink_queue_lag_seconds",
          "For how long the first event of a sink's queue on disk has "
          "waited."));

constexpr MetricSpec kPipelineReceivedEvents =
    Counter("phoenix_pipeline_received_events_total",
            "Events that came in through the pipeline's doors, or that its "
            "steps made.");
constexpr MetricSpec kPipelineReceivedBytes = Counter(
    "phoenix_pipeline_received_bytes_total", "Payload bytes of those events.");
constexpr MetricSpec kPipelineSettledEvents =
    Counter("phoenix_pipeline_settled_events_total",
            "Events that came in and have their outcome.");
constexpr MetricSpec kPipelineInFlightEvents =
    Gauge("phoenix_pipeline_in_flight_events",
          "Events that came in and have no outcome yet.");
constexpr MetricSpec kPipelineDeliveryDuration =
    Histogram("phoenix_pipeline_delivery_duration_seconds",
              "Time from the door to the final outcome of an event.");
constexpr MetricSpec kPipelineLastEventTimestamp =
    Gauge("phoenix_pipeline_last_event_timestamp_seconds",
          "Unix time when the last event came in; 0 before the first.");
constexpr MetricSpec kPipelineRecoveredEvents =
    Counter("phoenix_pipeline_recovered_events_total",
            "Events of an earlier run that the log has for this one.");
constexpr MetricSpec kLogAppendedEvents = Development(
    Counter("phoenix_log_appended_events_total",
            "Events that were written to the log and are durable."));
constexpr MetricSpec kLogCorruptRecords =
    Development(Counter("phoenix_log_corrupt_records_total",
                        "Records that were found damaged, and put aside."));
constexpr MetricSpec kLogDroppedEvents = Development(
    Counter("phoenix_log_dropped_events_total",
            "Events that a full log gave up before they were final, as its "
            "drop_oldest says."));
constexpr MetricSpec kLogExpiredRecords = Development(
    Counter("phoenix_log_expired_records_total",
            "Records of a log in Kafka that the topic's retention has deleted "
            "before their events were final."));
constexpr MetricSpec kLogLagEvents = Development(Gauge(
    "phoenix_log_lag_events", "Events in the log that have no final outcome."));
constexpr MetricSpec kLogLagRecords = Development(
    Gauge("phoenix_log_lag_records",
          "Records of a log in Kafka, each a batch as a rule, that are not "
          "final as a whole, in the partitions of this process."));
constexpr MetricSpec kLogMaxSizeBytes = Development(
    Gauge("phoenix_log_max_size_bytes", "Bytes that the log may use."));
constexpr MetricSpec kLogSegments =
    Development(Gauge("phoenix_log_segments", "Files that make up the log."));
constexpr MetricSpec kLogSizeBytes = Development(
    Gauge("phoenix_log_size_bytes",
          "Bytes that the log uses, what it retains for replay included."));
constexpr MetricSpec kLogRefusing = Development(
    Gauge("phoenix_log_refusing",
          "1 while the log's storage refuses what is appended, else 0."));
constexpr MetricSpec kLogSyncs = Development(
    Counter("phoenix_log_syncs_total", "Syncs of the log to its disk."));
constexpr MetricSpec kDeadLetterWaitingEvents = Development(
    Gauge("phoenix_dead_letter_waiting_events",
          "Dead letters in a table or a topic, to be replayed or dropped by "
          "somebody: all in it, so that processes that share a topic say the "
          "same."));
constexpr MetricSpec kDeadLetterSizeBytes = Development(Gauge(
    "phoenix_dead_letter_size_bytes", "Bytes of the dead letters in a table."));
constexpr MetricSpec kDeadLetterMaxEvents = Development(Gauge(
    "phoenix_dead_letter_max_events", "Dead letters that a table may hold."));
constexpr MetricSpec kDeadLetterMaxSizeBytes =
    Development(Gauge("phoenix_dead_letter_max_size_bytes",
                      "Bytes of dead letters that a table may hold."));
constexpr MetricSpec kDeadLetterDroppedEvents = Development(Counter(
    "phoenix_dead_letter_dropped_events_total",
    "Dead letters that a full table gave up, as its drop_oldest says."));
constexpr MetricSpec kSourceLagEvents = Development(
    Gauge("phoenix_source_lag_events",
          "Events that a source has still to bring to a final outcome, as far "
          "as its origin tells."));
constexpr MetricSpec kSourceExpiredRecords = Development(
    Counter("phoenix_source_expired_records_total",
            "Records that the origin of a source has deleted before the source "
            "had read them."));
constexpr MetricSpec kUnaccountedEvents =
    Gauge("phoenix_unaccounted_events",
          "Events received, neither settled nor in flight. Anything but 0 is "
          "a bug.");

constexpr MetricSpec kStreamSentBatches =
    Development(Counter("phoenix_stream_sent_batches_total",
                        "Batches sent to a peer, each time they were sent."));
constexpr MetricSpec kStreamResentBatches = Development(
    Counter("phoenix_stream_resent_batches_total",
            "Batches that a lost connection made it necessary to send again."));
constexpr MetricSpec kStreamInFlightBatches = Development(
    Gauge("phoenix_stream_in_flight_batches",
          "Batches that were sent to a peer and have no outcome yet."));
constexpr MetricSpec kStreamInFlightBytes = Development(Gauge(
    "phoenix_stream_in_flight_bytes",
    "Bytes of batches that were sent to a peer and have no outcome yet."));
constexpr MetricSpec kStreamAvailableCreditBytes =
    Development(Gauge("phoenix_stream_available_credit_bytes",
                      "Bytes that a peer is ready to take now."));
constexpr MetricSpec kStreamReconnects =
    Development(Counter("phoenix_stream_reconnects_total",
                        "Times that a stream to a peer was opened again."));

constexpr MetricSpec kBuildInfo =
    Gauge("phoenix_build_info", "The version that runs; always 1.");

}  // namespace metric

absl::Span<const MetricSpec* const> AllMetrics() {
  static constexpr const MetricSpec* kAll[] = {
      &metric::kBufferMaxSizeBytes,
      &metric::kBufferReceivedEvents,
      &metric::kBufferSentEvents,
      &metric::kBufferSizeBytes,
      &metric::kBufferSizeEvents,
      &metric::kBuildInfo,
      &metric::kComponentDiscardedEvents,
      &metric::kComponentErrors,
      &metric::kComponentProcessDuration,
      &metric::kComponentReceivedBytes,
      &metric::kComponentReceivedEvents,
      &metric::kComponentSentBytes,
      &metric::kComponentSentEvents,
      &metric::kDeadLetterDroppedEvents,
      &metric::kDeadLetterMaxEvents,
      &metric::kDeadLetterMaxSizeBytes,
      &metric::kDeadLetterSizeBytes,
      &metric::kDeadLetterWaitingEvents,
      &metric::kLogAppendedEvents,
      &metric::kLogCorruptRecords,
      &metric::kLogDroppedEvents,
      &metric::kLogExpiredRecords,
      &metric::kLogLagEvents,
      &metric::kLogLagRecords,
      &metric::kLogMaxSizeBytes,
      &metric::kLogRefusing,
      &metric::kLogSegments,
      &metric::kLogSizeBytes,
      &metric::kLogSyncs,
      &metric::kPipelineDeliveryDuration,
      &metric::kPipelineInFlightEvents,
      &metric::kPipelineLastEventTimestamp,
      &metric::kPipelineReceivedBytes,
      &metric::kPipelineReceivedEvents,
      &metric::kPipelineRecoveredEvents,
      &metric::kPipelineSettledEvents,
      &metric::kSinkCircuitState,
      &metric::kSinkFailedWriteAttempts,
      &metric::kSinkFailing,
      &metric::kSinkQueueLag,
      &metric::kSinkQueueMaxSizeBytes,
      &metric::kSinkQueueMissingEvents,
      &metric::kSinkQueueRefusing,
      &metric::kSinkQueueSettledEvents,
      &metric::kSinkQueueSizeBytes,
      &metric::kSinkQueueSpilledEvents,
      &metric::kSinkQueueTurnedAwayEvents,
      &metric::kSinkQueueWaitingEvents,
      &metric::kSinkRequestLimit,
      &metric::kSinkRetriedEvents,
      &metric::kSinkWriteAttempts,
      &metric::kSourceExpiredRecords,
      &metric::kSourceLagEvents,
      &metric::kStreamAvailableCreditBytes,
      &metric::kStreamInFlightBatches,
      &metric::kStreamInFlightBytes,
      &metric::kStreamReconnects,
      &metric::kStreamResentBatches,
      &metric::kStreamSentBatches,
      &metric::kUnaccountedEvents,
  };
  return kAll;
}

std::string_view ComponentKindName(ComponentKind kind) {
  static constexpr std::string_view kNames[] = {"source", "step", "sink",
                                                "route"};
  return kNames[static_cast<int>(kind)];
}

std::string_view ErrorStageName(ErrorStage stage) {
  static constexpr std::string_view kNames[] = {"receiving", "processing",
                                                "sending"};
  return kNames[static_cast<int>(stage)];
}

std::string_view SettlementName(Settlement settlement) {
  static constexpr std::string_view kNames[] = {
      "delivered", "filtered", "dropped",       "deduplicated",
      "merged",    "queued",   "dead_lettered", "rejected",
      "retry",     "logged",   "corrupt"};
  static_assert(std::size(kNames) == kSettlementCount);
  return kNames[static_cast<int>(settlement)];
}

absl::Span<const double> DurationBuckets() {
  static constexpr double kSeconds[] = {0.005, 0.01, 0.025, 0.05, 0.075,
                                        0.1,   0.25, 0.5,   0.75, 1.0,
                                        2.5,   5.0,  7.5,   10.0};
  return kSeconds;
}

}  // namespace phoenix
