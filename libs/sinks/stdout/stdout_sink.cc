#include "libs/sinks/stdout/stdout_sink.h"

#include <algorithm>
#include <utility>

#include "libs/component/held_rows.h"
#include "libs/io/errno_status.h"

namespace phoenix {

StdoutSink::StdoutSink(Options options, std::unique_ptr<RowEncoder> encoder)
    : options_(std::move(options)),
      writer_(options_.fd),
      encoder_(std::move(encoder)) {}

void StdoutSink::Write(BatchView view, SettleCallback settle) {
  encoder_->Encode(view, rows_);
  const Printed printed = Print(rows_);
  const Outcome failure =
      MayWorkLater(printed.status) ? Outcome::kRetry : Outcome::kRejected;
  const size_t count = view.rows.size();
  WriteInProgress write(view.batch->size(), std::move(view.rows), options_.name,
                        std::move(settle));
  size_t next = 0;
  const auto settle_until = [&](size_t end) {
    const size_t middle = std::clamp(printed.rows, next, end);
    write.Settle(next, middle, Outcome::kDelivered);
    write.Settle(middle, end, failure, printed.status);
    next = end + 1;
  };
  for (const EncodedRows::Error& error : rows_.errors) {
    settle_until(error.index);
    write.Settle(error.index, error.index + 1, Outcome::kRejected,
                 error.status);
  }
  settle_until(count);
}

StdoutSink::Printed StdoutSink::Print(const EncodedRows& rows) {
  text_.clear();
  for (std::string_view line : rows.lines) {
    if (!line.empty()) text_.append(line).push_back('\n');
  }
  size_t written = 0;
  const int error = writer_.Write(text_, written);
  if (error == 0) return {rows.lines.size(), absl::OkStatus()};
  size_t printed = 0;
  for (std::string_view line : rows.lines) {
    const size_t size = line.empty() ? 0 : line.size() + 1;
    if (size > written) break;
    written -= size;
    ++printed;
  }
  return {printed, ErrnoStatus(error, "cannot write to the standard output")};
}

}  // namespace phoenix
