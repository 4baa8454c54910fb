#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "libs/base/text.h"
#include "libs/io/errno_status.h"
#include "libs/io/unique_fd.h"
#include "libs/log/embedded/file_system.h"

namespace phoenix {
namespace {

absl::Status Failed(std::string_view deed, const std::string& path) {
  const int error = errno;
  absl::Status status = ErrnoStatus(error, Cat(deed, " '", path, "'"));
  // Deleting makes no room for files that are open, nor in memory.
  if (absl::IsResourceExhausted(status) && error != ENOSPC && error != EDQUOT) {
    return absl::UnavailableError(status.message());
  }
  return status;
}

// What is written at once of more: the disk begins with it while the rest is
// still being copied.
constexpr size_t kWriteBytes = 1 << 20;

// How many of the pieces that is; at least one.
int CountToWrite(const std::vector<iovec>& pieces, size_t first) {
  size_t count = 0;
  for (size_t bytes = 0;
       first + count < pieces.size() && count < IOV_MAX && bytes < kWriteBytes;
       ++count) {
    bytes += pieces[first + count].iov_len;
  }
  return static_cast<int>(count);
}

// Drops the first `written` bytes of `pieces`.
void RemovePrefix(std::vector<iovec>& pieces, size_t& first, size_t written) {
  while (first < pieces.size() && written >= pieces[first].iov_len) {
    written -= pieces[first++].iov_len;
  }
  if (first == pieces.size()) return;
  pieces[first].iov_base = static_cast<char*>(pieces[first].iov_base) + written;
  pieces[first].iov_len -= written;
}

class PosixFile : public File {
 public:
  PosixFile(UniqueFd fd, std::string path)
      : fd_(std::move(fd)), path_(std::move(path)) {}

  absl::StatusOr<size_t> ReadAt(uint64_t offset, char* to,
                                size_t size) const override {
    size_t done = 0;
    while (done < size) {
      const ssize_t read = pread(fd_.get(), to + done, size - done,
                                 static_cast<off_t>(offset + done));
      if (read < 0 && errno == EINTR) continue;
      if (read < 0) return Failed("read", path_);
      if (read == 0) break;
      done += static_cast<size_t>(read);
    }
    return done;
  }

  absl::Status WriteAt(uint64_t offset,
                       absl::Span<const std::string_view> pieces) override {
    std::vector<iovec> vectors;
    vectors.reserve(pieces.size());
    for (const std::string_view piece : pieces) {
      if (!piece.empty()) {
        vectors.push_back({const_cast<char*>(piece.data()), piece.size()});
      }
    }
    size_t first = 0;
    while (first < vectors.size()) {
      const ssize_t written =
          pwritev(fd_.get(), &vectors[first], CountToWrite(vectors, first),
                  static_cast<off_t>(offset));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return Failed("write", path_);
      RemovePrefix(vectors, first, static_cast<size_t>(written));
      if (first < vectors.size()) StartWriting(offset, written);
      offset += static_cast<uint64_t>(written);
    }
    return absl::OkStatus();
  }

  absl::Status Sync() override {
    if (fdatasync(fd_.get()) != 0) return Failed("sync", path_);
    return absl::OkStatus();
  }

  absl::Status Truncate(uint64_t size) override {
    if (ftruncate(fd_.get(), static_cast<off_t>(size)) != 0) {
      return Failed("truncate", path_);
    }
    return absl::OkStatus();
  }

  absl::Status Allocate(uint64_t size) override {
    const int result =
        fallocate(fd_.get(), FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(size));
    // Some file systems can't; then every write finds its own room.
    if (result == 0 || errno == EOPNOTSUPP) return absl::OkStatus();
    return Failed("allocate room for", path_);
  }

  absl::StatusOr<uint64_t> Size() const override {
    struct stat info = {};
    if (fstat(fd_.get(), &info) != 0) return Failed("look at", path_);
    return static_cast<uint64_t>(info.st_size);
  }

 private:
  // A beginning, no more: what goes wrong, Sync tells.
  void StartWriting(uint64_t offset, ssize_t size) {
    static_cast<void>(sync_file_range(fd_.get(), static_cast<off_t>(offset),
                                      size, SYNC_FILE_RANGE_WRITE));
  }

  UniqueFd fd_;
  const std::string path_;
};

class PosixFileLock : public FileLock {
 public:
  explicit PosixFileLock(UniqueFd fd) : fd_(std::move(fd)) {}

 private:
  UniqueFd fd_;
};

int Flags(OpenMode mode) {
  switch (mode) {
    case OpenMode::kRead:
      return O_RDONLY;
    case OpenMode::kReadWrite:
      return O_RDWR;
    case OpenMode::kCreate:
      return O_RDWR | O_CREAT | O_TRUNC;
  }
  return O_RDONLY;
}

// What the holder of the lock wrote into it.
std::string HolderOf(int fd) {
  char pid[24] = {};
  const ssize_t read = pread(fd, pid, sizeof(pid) - 1, 0);
  const std::string holder(pid, read > 0 ? static_cast<size_t>(read) : 0);
  return holder.empty() ? "another process" : Cat("process ", holder);
}

class Posix : public FileSystem {
 public:
  absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path,
                                             OpenMode mode) override {
    UniqueFd fd(open(path.c_str(), Flags(mode) | O_CLOEXEC, 0644));
    if (!fd.valid()) return Failed("open", path);
    return std::make_unique<PosixFile>(std::move(fd), path);
  }

  absl::Status Rename(const std::string& from, const std::string& to) override {
    if (rename(from.c_str(), to.c_str()) != 0) return Failed("rename", from);
    return absl::OkStatus();
  }

  absl::Status Remove(const std::string& path) override {
    if (unlink(path.c_str()) != 0) return Failed("remove", path);
    return absl::OkStatus();
  }

  absl::Status SyncFolder(const std::string& path) override {
    UniqueFd fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd.valid() || fsync(fd.get()) != 0) return Failed("sync", path);
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<std::string>> List(
      const std::string& path) override {
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir(path.c_str()),
                                                     closedir);
    if (folder == nullptr) return Failed("list", path);
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = readdir(folder.get())) {
      const std::string name = entry->d_name;
      if (name != "." && name != "..") names.push_back(name);
    }
    if (errno != 0) return Failed("list", path);
    std::sort(names.begin(), names.end());
    return names;
  }

  absl::Status MakeFolder(const std::string& path) override {
    if (mkdir(path.c_str(), 0755) == 0 || errno == EEXIST) {
      return absl::OkStatus();
    }
    return Failed("make folder", path);
  }

  absl::StatusOr<std::unique_ptr<FileLock>> Lock(
      const std::string& path) override {
    UniqueFd fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!fd.valid()) return Failed("open", path);
    if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) return Failed("lock", path);
      return absl::FailedPreconditionError(
          Cat("'", path, "' is locked by ", HolderOf(fd.get())));
    }
    const std::string pid = std::to_string(getpid());
    // Only tells people who it is: a lock without it is a lock.
    static_cast<void>(ftruncate(fd.get(), 0) == 0 &&
                      pwrite(fd.get(), pid.data(), pid.size(), 0) > 0);
    return std::make_unique<PosixFileLock>(std::move(fd));
  }
};

}  // namespace

FileSystem& PosixFileSystem() {
  static FileSystem& files = *new Posix;
  return files;
}

}  // namespace phoenix
