#include "libs/component/sink_decorators/log_checked_sink.h"

#include <cstdint>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/telemetry/log.h"

namespace phoenix {
namespace {

// Room for events that the log has had and no sink has on record.
constexpr int64_t kUnknownOffsets = int64_t{1} << 32;

absl::Status LogIsOlder(const BatchIdentity& log, int64_t recorded_end) {
  return absl::FailedPreconditionError(
      Cat("has on record what it wrote of log '", log.log, "' up to offset ",
          recorded_end - 1, ", but the next event of that log gets offset ",
          log.first_offset,
          ": the log's folder is older than that, as a copy that was put back "
          "is, and new events would be taken for known. Put the newer folder "
          "back, or run `phoenix log repair DIR --next-offset ",
          recorded_end + kUnknownOffsets, "` with the folder of the log"));
}

}  // namespace

absl::Status LogCheckedSink::Open() {
  PHOENIX_RETURN_IF_ERROR(sink().Open());
  if (log_end_ != nullptr) end_ = log_end_();
  const absl::Status checked = Check();
  if (!absl::IsUnavailable(checked)) return checked;
  Logger::Process().Warn(
      "Whether the log is as new as what the sink has on record is looked at "
      "before it writes.",
      {{"component.name", name_}, {"error", checked}});
  return absl::OkStatus();
}

absl::Status LogCheckedSink::Check() {
  if (!end_.has_value()) return absl::OkStatus();
  PHOENIX_ASSIGN_OR_RETURN(const int64_t recorded, sink().RecordedEnd(*end_));
  if (recorded > end_->first_offset) return LogIsOlder(*end_, recorded);
  end_.reset();
  return absl::OkStatus();
}

void LogCheckedSink::Write(BatchView view, SettleCallback settle) {
  const absl::Status checked = Check();
  if (checked.ok()) return sink().Write(std::move(view), std::move(settle));
  BatchOutcome outcome(view.batch->size());
  outcome.Merge(view.rows, Outcome::kRetry);
  for (const uint32_t row : view.rows) {
    outcome.AddDetail({row, name_, checked});
  }
  settle(outcome);
}

}  // namespace phoenix
