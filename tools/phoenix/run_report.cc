#include "tools/phoenix/run_report.h"

#include <vector>

#include "absl/strings/str_format.h"
#include "libs/base/text.h"
#include "libs/pipeline/compiled_pipeline.h"
#include "libs/telemetry/component_metrics.h"
#include "tools/phoenix/live_line.h"

namespace phoenix {
namespace {

std::string Ledger(const Suite& suite) {
  const PipelineMetrics& metrics = suite.metrics();
  std::string text = Cat("  received ", WithCommas(metrics.received_events()));
  if (const uint64_t recovered = metrics.recovered_events(); recovered > 0) {
    CatTo(text, " + ", WithCommas(recovered), " recovered");
  }
  text += " =";
  const char* separator = " ";
  for (int i = 0; i < kSettlementCount; ++i) {
    const Settlement settlement = static_cast<Settlement>(i);
    const uint64_t events = metrics.settled_events(settlement);
    if (events == 0 && settlement != Settlement::kDelivered) continue;
    CatTo(text, separator, WithCommas(events), " ", SettlementName(settlement));
    separator = " + ";
  }
  if (const uint64_t waiting = suite.waiting_events(); waiting > 0) {
    CatTo(text, separator, WithCommas(waiting), " waiting");
  }
  return Cat(text, "; unaccounted ", suite.UnaccountedEvents(), "\n");
}

// What came to the doors and is not among the events received, or could not be
// read: a run that took little may have been sent much.
std::string Refusals(const Suite& suite) {
  std::string text;
  for (const ComponentMetrics* source : suite.source_metrics()) {
    const char* separator = ": refused or unreadable: ";
    for (const auto& [type, count] : source->errors(ErrorStage::kReceiving)) {
      if (*separator == ':') CatTo(text, "  ", source->id().name);
      CatTo(text, separator, WithCommas(count), " ", type);
      separator = ", ";
    }
    if (*separator == ',') text += "\n";
  }
  return text;
}

// What a step failed on and `on_error: keep` let pass: nothing else of the
// report would tell it from what went well.
std::string KeptAfterAnError(const Suite& suite) {
  std::string text;
  const std::vector<CompiledStep>& steps = suite.pipeline().steps;
  const auto metrics = suite.step_metrics();
  for (size_t i = 0; i < steps.size(); ++i) {
    const uint64_t failed = metrics[i]->failed_events();
    if (steps[i].on_error != OnError::kKeep || failed == 0) continue;
    CatTo(text, "  ", steps[i].name,
          ": kept after an error: ", WithCommas(failed), "\n");
  }
  return text;
}

std::string Latency(const PipelineMetrics& metrics) {
  const HistogramValue latency = metrics.delivery_duration();
  if (latency.count == 0) return "";
  return absl::StrFormat(
      "  door to outcome: p50 %.1f ms, p99 %.1f ms (bucket bounds "
      "interpolated)\n",
      latency.Quantile(0.5) * 1e3, latency.Quantile(0.99) * 1e3);
}

}  // namespace

std::string RunReport(const Suite& suite, absl::Duration duration) {
  const PipelineMetrics& metrics = suite.metrics();
  const double seconds = absl::ToDoubleSeconds(duration);
  std::string report = absl::StrFormat(
      "pipeline '%s' ran %.1f s, %s events/s on average\n",
      suite.pipeline().name, seconds,
      WithCommas(seconds > 0 ? static_cast<uint64_t>(metrics.received_events() /
                                                     seconds)
                             : 0));
  CatTo(report, Ledger(suite), Refusals(suite), KeptAfterAnError(suite),
        Latency(metrics));
  if (suite.waiting_events() > 0) {
    report += "  what waits is safe in the log: the next run hands it on\n";
  }
  for (const std::string& line : suite.Report()) {
    CatTo(report, "  ", line, "\n");
  }
  return report;
}

}  // namespace phoenix
