#include "tools/phoenix/run_report.h"

#include "absl/strings/str_format.h"
#include "libs/base/text.h"
#include "tools/phoenix/live_line.h"

namespace phoenix {
namespace {

std::string Ledger(const PipelineMetrics& metrics) {
  const uint64_t received = metrics.received_events();
  std::string text = Cat("  received ", WithCommas(received), " =");
  uint64_t settled = 0;
  const char* separator = " ";
  for (int i = 0; i < kSettlementCount; ++i) {
    const Settlement settlement = static_cast<Settlement>(i);
    const uint64_t events = metrics.settled_events(settlement);
    settled += events;
    if (events == 0 && settlement != Settlement::kDelivered) continue;
    CatTo(text, separator, WithCommas(events), " ", SettlementName(settlement));
    separator = " + ";
  }
  const int64_t unaccounted =
      static_cast<int64_t>(received) - static_cast<int64_t>(settled);
  return Cat(text, "; unaccounted ", unaccounted, "\n");
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
  CatTo(report, Ledger(metrics), Latency(metrics));
  for (const std::string& line : suite.Report()) {
    CatTo(report, "  ", line, "\n");
  }
  return report;
}

}  // namespace phoenix
