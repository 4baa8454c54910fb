#ifndef LIBS_SINKS_FILE_FILE_SINK_H_
#define LIBS_SINKS_FILE_FILE_SINK_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/base/clock.h"
#include "libs/component/held_rows.h"
#include "libs/component/sink.h"
#include "libs/sinks/file/confined_directory.h"
#include "libs/sinks/file/file_commits.h"
#include "libs/sinks/file/file_table.h"
#include "libs/sinks/file/file_writer.h"
#include "libs/sinks/file/offset_window.h"
#include "libs/sinks/file/path_renderer.h"
#include "libs/sinks/file/path_template.h"
#include "libs/sinks/rows/row_encoder.h"

namespace phoenix {

// Writes rows as lines to files whose paths come from a template. A row is
// copied once, into the buffer of its file, and is delivered when the operating
// system has that, or when it is synced or recorded: see FileCommits. Threads
// as Sink.
class FileSink : public Sink {
 public:
  struct Options {
    std::string name;  // Of the component.
    PathTemplate path;
    FileWriter::Options writer;  // The encoder gives the header.
    size_t max_open_files = 64;
    // For a path without placeholders.
    bool create_on_first_event = false;
    // Rows are delivered when the disk has them.
    bool sync = false;
    // Batches have an identity, and each of their rows is written once.
    bool exactly_once = false;
    // Name of the record of what was written, below `.phoenix` in the
    // directory; empty: there is none, and not `exactly_once`. A record that is
    // there is kept up in any case.
    std::string record = {};
  };

  // `clock` outlives the sink.
  FileSink(Options options, std::unique_ptr<RowEncoder> encoder, Clock& clock);

  // Makes the directory and, if the path has no placeholders, opens the file:
  // a file that is not there, and need not be yet, is left for the first event.
  absl::Status Open() override;

  // What the disk or the file system refuses for now (full, a failing device,
  // too many open files) is kRetry; what it will always refuse (no permission,
  // not a file, too large) and rows that have no line or no path are kRejected.
  void Write(BatchView view, SettleCallback settle) override;
  void Flush() override;
  absl::Status Close() override;

  DeliveryGuarantee guarantee() const override {
    return options_.writer.truncate ? DeliveryGuarantee::kAtLeastOnce
                                    : DeliveryGuarantee::kExactlyOnce;
  }
  absl::StatusOr<int64_t> RecordedEnd(const BatchIdentity& log) override {
    return commits_.has_value() ? commits_->RecordedEnd(log) : 0;
  }
  size_t max_memory_bytes() const override;
  std::vector<std::string> Report() const override;

 private:
  using WritePtr = std::shared_ptr<WriteInProgress>;

  absl::Status OpenCommits();
  absl::Status Prepare(BatchView& view, SettleCallback& settle);
  void WriteFresh(const BatchView& view, SettleCallback settle);
  void Commit();
  void WriteToOne(const BatchView& view, const WritePtr& write);
  void WriteByRow(const BatchView& view, const WritePtr& write);
  void PutRows(FileWriter& file, size_t begin, size_t end,
               const WritePtr& write);

  const Options options_;
  const std::unique_ptr<RowEncoder> encoder_;
  Clock& clock_;
  ConfinedDirectory directory_;
  PathRenderer renderer_;
  std::optional<FileCommits> commits_;  // Before the files, which use it.
  FileTable files_;
  OffsetWindow under_way_;  // What is not on record, if one is kept.
  EncodedRows rows_;
  std::string path_;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_FILE_FILE_SINK_H_
