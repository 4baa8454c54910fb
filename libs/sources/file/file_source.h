#ifndef LIBS_SOURCES_FILE_FILE_SOURCE_H_
#define LIBS_SOURCES_FILE_FILE_SOURCE_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/base/mutex.h"
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
  size_t max_open_files = 32;
  std::string state_path;  // Empty: positions are kept nowhere.
  std::chrono::milliseconds poll_interval{250};
  RowDecoderOptions decode;
};

// The source `file`: one thread that reads the files of a pattern, each on a
// lane of its own. What is no regular file is passed over in a pattern. Of
// files that are read once so many are open as may be, and the next ones when
// those have settled. Of followed ones no more than that can be there at the
// start; a further one that appears waits until another is let go, with a
// warning.
//
// A followed file is read for as long as its writer may still have it, whatever
// becomes of its name: until nothing has come for kReplacedGrace while another
// has its path, or for kGoneGrace while none has. A file that was renamed while
// the source did not run is found in the same folder.
class FileSource : public Source {
 public:
  // How long nothing must come from a file whose path means another by now: a
  // program that rotates its log opens the new one within seconds.
  static constexpr absl::Duration kReplacedGrace = absl::Seconds(30);

  // And from one whose path is gone. Its writer may not know that; but a file
  // that was deleted keeps its disk space while it is open.
  static constexpr absl::Duration kGoneGrace = absl::Hours(1);

  // How many positions are kept of files that are not being read: they may come
  // back, or fit the pattern by another name. The oldest goes.
  static constexpr size_t kMaxRemembered = 1024;

  // `clock` outlives the source.
  FileSource(FileSourceOptions options, Clock& clock);
  ~FileSource() override;

  // INVALID_ARGUMENT when the path is a directory, NOT_FOUND when there is no
  // such file (unless it is followed), DATA_LOSS for a broken state file,
  // FAILED_PRECONDITION when more files than may be open are to be followed.
  absl::Status Start(Outlet& outlet) override;
  void StopAccepting() override;
  void Stop() override;

  // True when every file has been read to its end, and none is followed.
  bool Finished() const override { return finished_; }

  // For each open file what is read at once, and a row that is not complete in
  // a buffer that has grown by doubling; and of the one file that is read the
  // batches that wait, with their columns and the buffer that they lie in.
  std::vector<const char*> refusal_reasons() const override;
  size_t max_memory_bytes() const override;

  // The rows of a buffer, with their columns.
  size_t max_batch_bytes() const override;

  // Whether the positions could be saved when they were last.
  absl::Status Health() const override;

 private:
  enum class Place : uint8_t {
    kHere,      // Its path means this file.
    kReplaced,  // Its path means another file,
    kGone,      // or none.
  };

  struct Reader {
    std::unique_ptr<FileTail> tail;
    std::string path;  // By which it was found: the tail's, or a former one.
    Place place = Place::kHere;
    int64_t quiet_since = 0;  // Monotonic: last bytes, or change of place.
    bool done = false;        // Read to the end; waits for outcomes.
  };

  std::vector<std::string> Expand() const;
  absl::Status OpenFiles();
  absl::Status OpenFile(const std::string& path);
  bool OpenNext();
  absl::Status CheckRoom() const;
  absl::Status OpenRotated(const FilePosition& position);
  absl::Status AddReader(const std::string& path, const std::string& found_as,
                         const std::optional<FilePosition>& last);
  bool IsBeingRead(const FilePosition& file) const;
  std::optional<FilePosition> Recall(const FilePosition& file);
  void Remember(FilePosition position);
  void ForgetTheOldest();
  void Run();
  void ReportEnd(const absl::Status& status) const;
  absl::StatusOr<bool> ReadAll();
  absl::StatusOr<bool> Read(Reader& reader);
  bool IsLeft(const Reader& reader) const;
  void LookAroundWhenDue();
  void LookAround();
  void LookForChanges();
  void LookForPlace(Reader& reader);
  void DropFinished();
  void WarnOnce(const std::string& path, const absl::Status& why);
  absl::Status FinishAll();
  FilePosition PositionOf(const Reader& reader) const;
  void SavePositions();

  const FileSourceOptions options_;
  Clock& clock_;
  PositionStore store_;
  std::deque<FilePosition> remembered_;     // Of files that have no reader.
  size_t max_remembered_ = kMaxRemembered;  // And those that are read once.
  std::vector<Reader> readers_;
  std::set<std::string> warned_;  // Paths of the pattern that can't be read.
  int64_t looked_around_ = 0;     // When, monotonic.
  std::deque<std::string> unopened_;  // Files that are read once, later.
  uint64_t next_lane_ = 0;
  std::optional<PatientOutlet> outlet_;
  std::atomic<bool> finished_ = false;
  mutable Mutex mutex_;
  absl::Status last_save_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_FILE_FILE_SOURCE_H_
