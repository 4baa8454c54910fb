#include "tools/phoenix/past/rehearsal.h"

#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "tools/phoenix/live_line.h"
#include "tools/phoenix/past/trial.h"

namespace phoenix {
namespace {

void Count(const Trial& trial, const Selection& rows, RehearsalCounts& counts) {
  counts.chosen += rows.size();
  for (uint32_t row : rows) {
    if (trial.fate(row) == Fate::kFiltered) ++counts.filtered;
    if (trial.fate(row) == Fate::kFailed) ++counts.failed;
  }
  for (size_t i = 0; i < counts.delivered.size(); ++i) {
    counts.delivered[i] += trial.RowsOf(i).size();
  }
}

}  // namespace

absl::Status Rehearse(LogReader& reader, ReplayChoice& choice,
                      const CompiledPipeline& pipeline, Clock& clock,
                      RehearsalCounts& counts) {
  counts.delivered.resize(pipeline.sinks.size());
  Trial trial(pipeline, clock);
  Selection rows;
  Selection left_out;
  while (true) {
    PHOENIX_ASSIGN_OR_RETURN(const auto entry, reader.Next());
    if (!entry) return absl::OkStatus();
    SelectAll(entry->batch->size(), rows);
    left_out.clear();
    choice.Apply(entry->batch, entry->first_offset, rows, left_out);
    trial.Run(entry->batch, rows);
    Count(trial, rows, counts);
  }
}

std::string RehearsalText(const RehearsalCounts& counts,
                          const CompiledPipeline& pipeline) {
  std::string text =
      Cat("would replay ", WithCommas(counts.chosen), " events\n");
  const auto line = [&](const std::string& what, uint64_t count) {
    if (count > 0) CatTo(text, "  ", what, " ", WithCommas(count), "\n");
  };
  for (size_t i = 0; i < counts.delivered.size(); ++i) {
    line(Cat("to '", pipeline.sinks[i].name, "'"), counts.delivered[i]);
  }
  line("filtered", counts.filtered);
  line("failed", counts.failed);
  return text;
}

}  // namespace phoenix
