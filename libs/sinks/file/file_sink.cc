#include "libs/sinks/file/file_sink.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/sinks/file/delivery_record.h"

namespace phoenix {
namespace {

FileSink::Options WithHeader(FileSink::Options options,
                             const RowEncoder& encoder) {
  options.writer.header = encoder.header();
  return options;
}

}  // namespace

FileSink::FileSink(Options options, std::unique_ptr<RowEncoder> encoder,
                   Clock& clock)
    : options_(WithHeader(std::move(options), *encoder)),
      encoder_(std::move(encoder)),
      clock_(clock),
      directory_({.path = options_.path.directory(),
                  .follow_last_link = !options_.path.has_fields(),
                  .sync = options_.sync}),
      renderer_(options_.path),
      files_(options_.writer, directory_, clock, options_.max_open_files) {}

absl::Status FileSink::Open() {
  PHOENIX_RETURN_IF_ERROR(directory_.Open());
  PHOENIX_RETURN_IF_ERROR(OpenCommits());
  if (options_.path.has_fields() || options_.path.has_time()) {
    return absl::OkStatus();
  }
  PHOENIX_RETURN_IF_ERROR(renderer_.Render(nullptr, 0, path_));
  if (options_.create_on_first_event && !directory_.Contains(path_)) {
    return directory_.CheckWritable();
  }
  return files_.Get(path_).status();
}

// Without a record, and without `sync`, rows settle as they are written.
absl::Status FileSink::OpenCommits() {
  std::string record;
  if (!options_.record.empty()) record = Cat(".phoenix/", options_.record);
  if (!options_.exactly_once &&
      (record.empty() || !directory_.Contains(record))) {
    record.clear();
    if (!options_.sync) return absl::OkStatus();
  }
  commits_.emplace(
      FileCommits::Options{options_.sync, std::move(record), options_.name},
      directory_);
  files_.SettleBy(*commits_);
  return commits_->Recover();
}

void FileSink::Write(BatchView view, SettleCallback settle) {
  if (!commits_.has_value()) return WriteFresh(view, std::move(settle));
  const absl::Status status = Prepare(view, settle);
  if (status.ok()) {
    WriteFresh(view, std::move(settle));
    if (commits_->due() || !commits_->failure().ok()) Commit();
    if (under_way_.full()) Flush();
    return;
  }
  WriteInProgress write(view.batch->size(), view.rows, options_.name,
                        std::move(settle));
  write.Settle(0, view.rows.size(), OutcomeOfFailure(status), status);
}

absl::Status FileSink::Prepare(BatchView& view, SettleCallback& settle) {
  if (!commits_->recovered()) PHOENIX_RETURN_IF_ERROR(commits_->Recover());
  PHOENIX_RETURN_IF_ERROR(commits_->CheckRoom(view.batch->identity()));
  commits_->TakeOutKnown(view, settle);
  if (!commits_->keeps_record()) return absl::OkStatus();
  if (under_way_.HasAnyOf(view)) {
    // Only the record can say what becomes of the first.
    Flush();
    if (!commits_->recovered()) PHOENIX_RETURN_IF_ERROR(commits_->Recover());
    commits_->TakeOutKnown(view, settle);
  }
  under_way_.Add(view);
  return absl::OkStatus();
}

void FileSink::Flush() {
  files_.FlushAll();
  if (!commits_.has_value()) return;
  Commit();
  under_way_.Clear();
}

// After a failure the next write asks the record what became of these.
void FileSink::Commit() {
  if (commits_->Commit().ok()) return;
  commits_->Forget(files_.Discard());
  under_way_.Clear();
}

void FileSink::WriteFresh(const BatchView& view, SettleCallback settle) {
  const int64_t received = view.batch->receive_time_nanos();
  renderer_.SetTime(received > 0 ? absl::FromUnixNanos(received)
                                 : clock_.Now());
  encoder_->Encode(view, rows_);
  auto write = std::make_shared<WriteInProgress>(
      view.batch->size(), view.rows, options_.name, std::move(settle),
      commits_.has_value() ? view.batch->identity() : BatchIdentity());
  for (const EncodedRows::Error& error : rows_.errors) {
    write->Settle(error.index, error.index + 1, Outcome::kRejected,
                  error.status);
  }
  if (options_.path.has_fields()) {
    WriteByRow(view, write);
  } else {
    WriteToOne(view, write);
  }
}

void FileSink::WriteToOne(const BatchView& view, const WritePtr& write) {
  absl::Status status = renderer_.Render(nullptr, 0, path_);
  FileWriter* file = nullptr;
  if (status.ok()) {
    auto opened = files_.Get(path_);
    status = opened.status();
    if (opened.ok()) file = *opened;
  }
  size_t next = 0;
  const auto put_until = [&](size_t end) {
    if (file != nullptr) {
      PutRows(*file, next, end, write);
    } else {
      write->Settle(next, end, OutcomeOfFailure(status), status);
    }
    next = end + 1;
  };
  for (const auto& error : rows_.errors) put_until(error.index);
  put_until(view.rows.size());
}

void FileSink::WriteByRow(const BatchView& view, const WritePtr& write) {
  auto error = rows_.errors.begin();
  for (size_t i = 0; i < view.rows.size(); ++i) {
    if (error != rows_.errors.end() && error->index == i) {
      ++error;
      continue;
    }
    absl::Status status =
        renderer_.Render(view.batch.get(), view.rows[i], path_);
    if (status.ok()) {
      auto file = files_.Get(path_);
      status = file.status();
      if (file.ok()) PutRows(**file, i, i + 1, write);
    }
    if (!status.ok()) {
      write->Settle(i, i + 1, OutcomeOfFailure(status), status);
    }
  }
}

void FileSink::PutRows(FileWriter& file, size_t begin, size_t end,
                       const WritePtr& write) {
  for (size_t i = begin; i < end; ++i) file.Put(rows_.lines[i], write, i);
}

absl::Status FileSink::Close() {
  files_.Clear();
  if (commits_.has_value()) {
    Commit();
    commits_->Release();
  }
  return absl::OkStatus();
}

size_t FileSink::max_memory_bytes() const {
  // A sink whose path only holds the time has two files open at the turn.
  const size_t files = options_.path.has_fields()
                           ? options_.max_open_files
                           : std::min<size_t>(2, options_.max_open_files);
  return files * options_.writer.buffer_bytes +
         (options_.exactly_once
              ? DeliveryRecord::kMaxMemoryBytes + OffsetWindow::kMaxMemoryBytes
              : 0);
}

std::vector<std::string> FileSink::Report() const {
  const FileTable::Totals totals = files_.totals();
  std::vector<std::string> lines = {
      absl::StrFormat("%d bytes written, %d files opened, %d rotated",
                      totals.bytes, totals.files, totals.rotations)};
  if (commits_.has_value() && commits_->repeated_rows() > 0) {
    lines.push_back(Cat(commits_->repeated_rows(),
                        " events came again and were not written again"));
  }
  return lines;
}

}  // namespace phoenix
