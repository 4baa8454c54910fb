#ifndef LIBS_SOURCES_FILE_FILE_TAIL_H_
#define LIBS_SOURCES_FILE_FILE_TAIL_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/base/clock.h"
#include "libs/base/settled_prefix.h"
#include "libs/event/decode_error.h"
#include "libs/net/owned_fd.h"
#include "libs/sources/file/file_head.h"
#include "libs/sources/file/line_finder.h"
#include "libs/sources/file/position_store.h"
#include "libs/sources/file/row_decoder.h"
#include "libs/sources/patient_outlet.h"
#include "libs/sources/unreadable_rows.h"

namespace phoenix {

// One open file: read chunk by chunk from some offset on, decoded and offered
// on a lane of its own; rows that can't be read are offered as unreadable.
// Follows the file itself, whatever it is called meanwhile, and begins anew
// when it is rewritten. Used by one thread.
class FileTail {
 public:
  enum class Format : uint8_t { kNdjson, kCsv };

  struct Options {
    Format format = Format::kNdjson;
    RowDecoderOptions decode;  // `id_prefix` gets the place added.
    uint64_t lane = 0;
  };

  // What is read at once.
  static constexpr size_t kReadBytes = 256 << 10;

  // Opens the file and goes to where `last` ends if it is about this very file
  // (by device, inode and head), else to its beginning. The error names the
  // path: it can't be read, or is no file. `clock` outlives the tail.
  static absl::StatusOr<std::unique_ptr<FileTail>> Open(
      const std::string& path, const std::optional<FilePosition>& last,
      Options options, Clock& clock);

  // Reads the next chunk and offers its rows; blocks for credit. False at the
  // end of the file; an error when nothing more will be taken or the file can't
  // be read.
  //
  // A file that became shorter than what was read, or that begins otherwise
  // now, is read from its beginning. One that was rewritten to begin alike and
  // be as long looks as if it had grown.
  absl::StatusOr<bool> ReadSome(PatientOutlet& outlet);

  // Offers what is left as the last row: the file will not grow.
  absl::Status Finish(PatientOutlet& outlet);

  // Where the settled rows end, and which file this is.
  FilePosition position() const;

  // Whether every row that was offered has settled.
  bool settled() const { return settled_->settled(); }

  // Whether the file has no name any more.
  bool unlinked() const;

  const std::string& path() const { return path_; }
  bool Is(uint64_t device, uint64_t inode) const {
    return device == device_ && inode == inode_;
  }

 private:
  FileTail(std::string path, OwnedFd fd, Options options, Clock& clock);

  uint64_t ResumeAt(const std::optional<FilePosition>& last) const;
  uint64_t Size() const;
  void GoTo(uint64_t offset);
  void BeginAnew();
  std::string ReadHeader() const;
  absl::Status Take(std::string_view bytes, PatientOutlet& outlet);
  absl::Status OfferDecoded(PatientOutlet& outlet);
  std::vector<UnreadableInput> TakeUnreadable(
      const std::vector<DecodedBatch>& decoded);
  void AddUnreadable(const DecodeError& error);
  uint64_t LineOf(const DecodeError& error);
  int64_t NowNanos() const;

  const std::string path_;
  const OwnedFd fd_;
  const Options options_;
  Clock& clock_;
  uint64_t device_ = 0;
  uint64_t inode_ = 0;
  uint64_t generation_ = 0;  // How often the file has been rewritten.
  uint64_t start_ = 0;       // Where the decoder began.
  uint64_t offset_ = 0;      // Up to where the file has been read.
  FileHead head_;            // Of what has been read.
  std::unique_ptr<RowDecoder> decoder_;
  std::vector<char> buffer_;
  std::vector<DecodedBatch> decoded_;
  UnreadableRows unreadable_;
  LineFinder lines_;
  std::optional<uint64_t> first_line_;  // Where the decoder began, once asked.
  // Shared with the batches on their way.
  std::shared_ptr<SettledPrefix> settled_;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_FILE_FILE_TAIL_H_
