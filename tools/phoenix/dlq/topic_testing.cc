#include "tools/phoenix/dlq/topic_testing.h"

#include <utility>

#include "absl/time/time.h"
#include "libs/base/status_macros.h"
#include "libs/component/dead_letter.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/engine/testing/json_batch.h"
#include "libs/event/event_batch.h"
#include "libs/event/selection.h"

namespace phoenix {
namespace {

EventBatchPtr Letters(const std::vector<std::string>& payloads, int second) {
  EventBatch::Columns columns = JsonBatch(payloads)->columns();
  columns.attributes[static_cast<size_t>(Attribute::kId)] =
      StringColumn::Sequence("e", 0);
  const EventBatch events(std::move(columns));
  std::vector<DeadLetterRow> rows;
  for (uint32_t row = 0; row < events.size(); ++row) {
    rows.push_back({.row = row,
                    .component = "warm",
                    .status = absl::InvalidArgumentError("no such key")});
  }
  return MakeDeadLetters(events, rows,
                         {.pipeline = "weather",
                          .revision = "r1",
                          .time = absl::FromUnixSeconds(second)});
}

}  // namespace

absl::Status WriteLetters(const KafkaSink::Options& options,
                          const std::vector<std::string>& payloads,
                          int second) {
  KafkaSink sink(options);
  PHOENIX_RETURN_IF_ERROR(sink.Open());
  const EventBatchPtr letters = Letters(payloads, second);
  BatchView view{letters, {}};
  SelectAll(letters->size(), view.rows);
  OutcomeRecorder recorder;
  sink.Write(std::move(view), recorder.Callback());
  sink.Flush();
  return sink.Close();
}

}  // namespace phoenix
