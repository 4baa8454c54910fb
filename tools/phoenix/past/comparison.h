#ifndef TOOLS_PHOENIX_PAST_COMPARISON_H_
#define TOOLS_PHOENIX_PAST_COMPARISON_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/clock.h"
#include "libs/log/log.h"
#include "libs/pipeline/compiled_pipeline.h"
#include "tools/phoenix/past/trial.h"

namespace phoenix {

// How the fate of an event under a candidate differs from that under the
// pipeline that runs now. An event has at most one of the first five, and may
// have the last beside kRoutedElsewhere.
enum class Change : uint8_t {
  kNewlyFiltered,
  kNoLongerFiltered,
  kNewlyFailing,
  kNoLongerFailing,
  kRoutedElsewhere,
  kPayloadChanged,
};
inline constexpr size_t kChangeCount = 6;

// "newly filtered", ...
const char* ChangeName(Change change);

// Runs two pipelines over the same batches and counts what differs. Sinks are
// the same when they have the same name; payloads when their bytes are the
// same. Holds a few examples, and nothing else of the events.
// Thread-compatible.
class Comparison {
 public:
  // Enough to see what a change does, few enough to be read.
  static constexpr size_t kMaxExamples = 3;

  // All outlive the comparison.
  Comparison(const CompiledPipeline& current, const CompiledPipeline& candidate,
             Clock& clock);

  // Compares the rows of the entry from offset `from_offset` on.
  void Add(const LogEntry& entry, int64_t from_offset);

  uint64_t events() const { return events_; }
  uint64_t changed_events() const { return changed_events_; }
  uint64_t count(Change change) const {
    return counts_[static_cast<size_t>(change)];
  }

  // Several lines each: which event, before and after.
  const std::vector<std::string>& examples(Change change) const {
    return examples_[static_cast<size_t>(change)];
  }

 private:
  void CompareFates(const LogEntry& entry, const Selection& rows);
  void CompareSinks(const LogEntry& entry);
  void ComparePayloads(const LogEntry& entry, const Selection& rows);
  bool BothRouted(uint32_t row) const {
    return before_.fate(row) == Fate::kRouted &&
           after_.fate(row) == Fate::kRouted;
  }
  void Note(Change change, const LogEntry& entry, uint32_t row);
  std::string Example(Change change, const LogEntry& entry, uint32_t row) const;

  Trial before_;
  Trial after_;
  // The numbers that a sink has in both; kNone where it is in one only.
  static constexpr size_t kNone = ~size_t{0};
  std::vector<std::pair<size_t, size_t>> sinks_;
  std::vector<bool> changed_;  // Of the batch, by row.
  uint64_t events_ = 0;
  uint64_t changed_events_ = 0;
  std::array<uint64_t, kChangeCount> counts_{};
  std::array<std::vector<std::string>, kChangeCount> examples_;
};

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_PAST_COMPARISON_H_
