#ifndef LIBS_SOURCES_FILE_FILE_SOURCE_H_
#define LIBS_SOURCES_FILE_FILE_SOURCE_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "libs/base/clock.h"
#include "libs/component/source.h"
#include "libs/sources/file/file_tail.h"
#include "libs/sources/file/position_store.h"
#include "libs/sources/file/row_decoder.h"
#include "libs/sources/patient_outlet.h"

namespace phoenix {

struct FileSourceOptions {
  std::string path;                        // A file, or a pattern of files.
  std::optional<FileTail::Format> format;  // None: by each file's name.
  bool follow = false;
  std::string state_path;  // Empty: positions are kept nowhere.
  std::chrono::milliseconds poll_interval{250};
  RowDecoderOptions decode;
};

// The source `file`: one thread that reads the files of a pattern, each on a
// lane of its own.
//
// When a followed file is renamed and made anew, the old one is read to its end
// first: until it has not grown between two polls. When it is truncated,
// reading begins anew. A file that was renamed while the source did not run is
// found by its inode in the same folder.
class FileSource : public Source {
 public:
  // `clock` outlives the source.
  FileSource(FileSourceOptions options, Clock& clock);
  ~FileSource() override;

  // INVALID_ARGUMENT when the path is a directory, NOT_FOUND when there is no
  // such file (unless it is followed), DATA_LOSS for a broken state file.
  absl::Status Start(Outlet& outlet) override;
  void StopAccepting() override;
  void Stop() override;

  // True when every file has been read to its end, and none is followed.
  bool Finished() const override { return finished_; }

 private:
  struct Reader {
    std::unique_ptr<FileTail> tail;
    bool retired = false;  // Its path means another file by now.
    bool quiet = false;    // It has not grown since it was retired.
    bool done = false;     // Read to the end; waits for outcomes.
  };

  std::vector<std::string> Expand() const;
  absl::Status OpenFiles();
  absl::Status OpenFile(const std::string& path);
  absl::Status OpenRotated(const FilePosition& position);
  absl::StatusOr<std::unique_ptr<FileTail>> OpenTail(const std::string& path,
                                                     uint64_t offset);
  void Run();
  void ReportEnd(const absl::Status& status) const;
  absl::StatusOr<bool> ReadAll();
  absl::StatusOr<bool> Read(Reader& reader);
  void LookForChanges();
  void RetireIfReplaced(Reader& reader);
  absl::Status FinishAll();
  void SavePositions();

  const FileSourceOptions options_;
  Clock& clock_;
  PositionStore store_;
  std::vector<FilePosition> known_;  // From the last run.
  std::vector<Reader> readers_;
  uint64_t next_lane_ = 0;
  std::optional<PatientOutlet> outlet_;
  std::atomic<bool> finished_ = false;
  std::thread thread_;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_FILE_FILE_SOURCE_H_
