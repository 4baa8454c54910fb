#include "tools/phoenix/templates/sink/sample_sink.h"

#include <utility>

namespace phoenix {

SampleSink::SampleSink(std::string prefix, WriteLines write)
    : prefix_(std::move(prefix)), write_(std::move(write)) {}

void SampleSink::Write(BatchView view, SettleCallback settle) {
  std::vector<std::string> lines;
  for (uint32_t row : view.rows) {
    lines.push_back(Line(view.batch->payload(row)));
  }
  BatchOutcome outcome(view.batch->size());
  const absl::Status status = write_(lines);
  outcome.Merge(view.rows, status.ok() ? Outcome::kDelivered : Outcome::kRetry);
  if (!status.ok()) {
    for (uint32_t row : view.rows) outcome.AddDetail({row, "sample", status});
  }
  settle(outcome);
}

std::string SampleSink::Line(std::string_view payload) const {
  std::string line = prefix_;
  for (char c : payload) line.push_back(c == '\n' || c == '\r' ? ' ' : c);
  return line;
}

}  // namespace phoenix
