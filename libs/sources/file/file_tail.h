#ifndef LIBS_SOURCES_FILE_FILE_TAIL_H_
#define LIBS_SOURCES_FILE_FILE_TAIL_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/base/clock.h"
#include "libs/event/decode_error.h"
#include "libs/net/owned_fd.h"
#include "libs/sources/file/position_store.h"
#include "libs/sources/file/row_decoder.h"
#include "libs/sources/file/settled_position.h"
#include "libs/sources/patient_outlet.h"

namespace phoenix {

// One open file: read chunk by chunk from some offset on, decoded and offered
// on a lane of its own. Follows the file itself, whatever it is called
// meanwhile. Used by one thread.
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

  // The most that the header of a CSV file may have.
  static constexpr size_t kMaxHeaderBytes = 64 << 10;

  // Opens the file and goes to `offset`, or to its beginning when it is shorter
  // than that. The error names the path: it can't be read, or is no file.
  static absl::StatusOr<std::unique_ptr<FileTail>> Open(const std::string& path,
                                                        uint64_t offset,
                                                        Options options,
                                                        Clock& clock);

  // Reads the next chunk and offers its rows; blocks for credit. The number of
  // bytes read, 0 at the end of the file; an error when nothing more will be
  // taken or the file can't be read.
  absl::StatusOr<size_t> ReadSome(PatientOutlet& outlet);

  // Offers what is left as the last row: the file will not grow.
  absl::Status Finish(PatientOutlet& outlet);

  // Begins anew when the file has become shorter than what was read.
  void CheckTruncation();

  // Where the settled rows end, and which file this is.
  FilePosition position() const;

  // Whether every row that was offered has settled.
  bool settled() const { return settled_->settled(); }

  const std::string& path() const { return path_; }
  bool Is(uint64_t device, uint64_t inode) const {
    return device == device_ && inode == inode_;
  }

 private:
  FileTail(std::string path, OwnedFd fd, Options options, Clock& clock);

  void GoTo(uint64_t offset);
  std::string ReadHeader() const;
  absl::Status OfferDecoded(PatientOutlet& outlet);
  int64_t NowNanos() const;

  const std::string path_;
  const OwnedFd fd_;
  const Options options_;
  Clock& clock_;
  uint64_t device_ = 0;
  uint64_t inode_ = 0;
  uint64_t start_ = 0;   // Where the decoder began.
  uint64_t offset_ = 0;  // Up to where the file has been read.
  std::unique_ptr<RowDecoder> decoder_;
  std::vector<char> buffer_;
  std::vector<DecodedBatch> decoded_;
  // Shared with the batches on their way.
  std::shared_ptr<SettledPosition> settled_;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_FILE_FILE_TAIL_H_
