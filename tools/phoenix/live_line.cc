#include "tools/phoenix/live_line.h"

#include "absl/strings/str_cat.h"

namespace phoenix {

LiveLine::LiveLine(const PipelineMetrics& metrics, Clock& clock)
    : metrics_(metrics),
      clock_(clock),
      last_nanos_(clock.MonotonicNanos()),
      last_(Now()) {}

LiveLine::Totals LiveLine::Now() const {
  return {.in = metrics_.received_events(),
          .out = metrics_.settled_events(Settlement::kDelivered),
          .filtered = metrics_.settled_events(Settlement::kFiltered),
          .dropped = metrics_.settled_events(Settlement::kDropped),
          .dead_lettered = metrics_.settled_events(Settlement::kDeadLettered)};
}

std::string LiveLine::Next(const std::string& slowest_part) {
  const int64_t now = clock_.MonotonicNanos();
  const double seconds = static_cast<double>(now - last_nanos_) / 1e9;
  const Totals totals = Now();
  const auto rate = [seconds](uint64_t after, uint64_t before) {
    if (seconds <= 0) return std::string("0");
    const double events = static_cast<double>(after - before);
    return WithCommas(static_cast<uint64_t>(events / seconds + 0.5));
  };
  std::string line = absl::StrCat(
      "in ", rate(totals.in, last_.in), "/s  out ", rate(totals.out, last_.out),
      "/s  filtered ", rate(totals.filtered, last_.filtered),
      "/s  dead-lettered ", rate(totals.dead_lettered, last_.dead_lettered),
      "/s  in flight ", WithCommas(metrics_.in_flight_events()));
  if (totals.dropped > 0) {
    absl::StrAppend(&line, "  dropped ", rate(totals.dropped, last_.dropped),
                    "/s");
  }
  if (!slowest_part.empty()) {
    absl::StrAppend(&line, "  slowest: ", slowest_part);
  }
  last_ = totals;
  last_nanos_ = now;
  return line;
}

std::string WithCommas(uint64_t number) {
  const std::string digits = absl::StrCat(number);
  std::string text;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text.push_back(',');
    text.push_back(digits[i]);
  }
  return text;
}

}  // namespace phoenix
