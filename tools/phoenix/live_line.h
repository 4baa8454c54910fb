#ifndef TOOLS_PHOENIX_LIVE_LINE_H_
#define TOOLS_PHOENIX_LIVE_LINE_H_

#include <cstdint>
#include <string>

#include "libs/base/clock.h"
#include "libs/telemetry/pipeline_metrics.h"

namespace phoenix {

// The line that a running pipeline shows in a terminal: events a second since
// the last look, and the part that holds it up. Thread-compatible.
class LiveLine {
 public:
  // Both outlive the line.
  LiveLine(const PipelineMetrics& metrics, Clock& clock);

  // The line as of now, without a line end.
  std::string Next(const std::string& slowest_part);

 private:
  struct Totals {
    uint64_t in = 0;
    uint64_t out = 0;
    uint64_t filtered = 0;
    uint64_t dropped = 0;
    uint64_t dead_lettered = 0;
  };
  Totals Now() const;

  const PipelineMetrics& metrics_;
  Clock& clock_;
  int64_t last_nanos_;
  Totals last_;
};

// 1234567 as "1,234,567".
std::string WithCommas(uint64_t number);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_LIVE_LINE_H_
