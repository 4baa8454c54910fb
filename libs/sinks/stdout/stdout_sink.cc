#include "libs/sinks/stdout/stdout_sink.h"

#include <utility>

#include "libs/component/held_rows.h"
#include "libs/io/errno_status.h"
#include "libs/io/write_all.h"

namespace phoenix {

StdoutSink::StdoutSink(Options options, std::unique_ptr<RowEncoder> encoder)
    : options_(std::move(options)), encoder_(std::move(encoder)) {}

void StdoutSink::Write(BatchView view, SettleCallback settle) {
  encoder_->Encode(view, rows_);
  const absl::Status printed = Print(rows_);
  const Outcome outcome = printed.ok()            ? Outcome::kDelivered
                          : MayWorkLater(printed) ? Outcome::kRetry
                                                  : Outcome::kRejected;
  const size_t count = view.rows.size();
  WriteInProgress write(view.batch->size(), std::move(view.rows), options_.name,
                        std::move(settle));
  size_t next = 0;
  for (const EncodedRows::Error& error : rows_.errors) {
    write.Settle(next, error.index, outcome, printed);
    write.Settle(error.index, error.index + 1, Outcome::kRejected,
                 error.status);
    next = error.index + 1;
  }
  write.Settle(next, count, outcome, printed);
}

absl::Status StdoutSink::Print(const EncodedRows& rows) {
  text_.clear();
  for (std::string_view line : rows.lines) {
    if (!line.empty()) text_.append(line).push_back('\n');
  }
  const int error = WriteAll(options_.fd, text_);
  if (error == 0) return absl::OkStatus();
  return ErrnoStatus(error, "cannot write to the standard output");
}

}  // namespace phoenix
