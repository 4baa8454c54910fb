#include "libs/sinks/file/confined_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_format.h"
#include "libs/base/status_macros.h"
#include "libs/io/errno_status.h"

namespace phoenix {
namespace {

constexpr mode_t kDirectoryMode = 0777;  // Less the umask.
constexpr mode_t kFileMode = 0666;

bool IsName(std::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find('\0') == std::string_view::npos;
}

// Opens a directory below `parent`, which is made when it is missing.
UniqueFd OpenDirectory(int parent, const std::string& name, int flags,
                       bool sync) {
  flags |= O_DIRECTORY | O_RDONLY | O_CLOEXEC;
  UniqueFd fd(openat(parent, name.c_str(), flags));
  if (fd.valid() || errno != ENOENT) return fd;
  if (mkdirat(parent, name.c_str(), kDirectoryMode) != 0 && errno != EEXIST) {
    return fd;
  }
  if (sync && fsync(parent) != 0) return fd;
  return UniqueFd(openat(parent, name.c_str(), flags));
}

absl::Status Lock(const OpenedFile& file) {
  if (flock(file.fd.get(), LOCK_EX | LOCK_NB) == 0) return absl::OkStatus();
  // A file system without locks must do without them.
  if (errno != EWOULDBLOCK) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrFormat(
      "'%s' is being written by another process or sink", file.path));
}

// Finds out about the file that was opened.
absl::Status Inspect(OpenedFile& file) {
  struct stat info;
  if (fstat(file.fd.get(), &info) != 0) {
    return ErrnoStatus(errno, absl::StrFormat("cannot stat '%s'", file.path));
  }
  if (!S_ISREG(info.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrFormat("'%s' is not a regular file", file.path));
  }
  file.size = info.st_size;
  char last = '\n';
  if (file.size > 0 && pread(file.fd.get(), &last, 1, file.size - 1) != 1) {
    return ErrnoStatus(errno, absl::StrFormat("cannot read '%s'", file.path));
  }
  file.ends_in_line = last == '\n';
  return absl::OkStatus();
}

absl::Status Truncate(OpenedFile& file) {
  if (ftruncate(file.fd.get(), 0) != 0) {
    return ErrnoStatus(errno,
                       absl::StrFormat("cannot truncate '%s'", file.path));
  }
  file.size = 0;
  file.ends_in_line = true;
  return absl::OkStatus();
}

}  // namespace

ConfinedDirectory::ConfinedDirectory(Options options)
    : options_(std::move(options)) {}

absl::Status ConfinedDirectory::Open() {
  const std::string& path = options_.path;
  UniqueFd at(open(path.starts_with('/') ? "/" : ".",
                   O_DIRECTORY | O_RDONLY | O_CLOEXEC));
  for (size_t begin = 0; begin < path.size() && at.valid();) {
    const size_t end = std::min(path.find('/', begin), path.size());
    if (end > begin) {
      at = OpenDirectory(at.get(), path.substr(begin, end - begin), 0,
                         options_.sync);
    }
    begin = end + 1;
  }
  if (!at.valid()) {
    return ErrnoStatus(errno,
                       absl::StrFormat("cannot open directory '%s'", path));
  }
  fd_ = std::move(at);
  return absl::OkStatus();
}

bool ConfinedDirectory::Contains(const std::string& relative) const {
  return faccessat(fd_.get(), relative.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) ==
             0 ||
         errno != ENOENT;
}

absl::Status ConfinedDirectory::CheckWritable() const {
  if (faccessat(fd_.get(), ".", W_OK | X_OK, AT_EACCESS) == 0) {
    return absl::OkStatus();
  }
  return ErrnoStatus(
      errno, absl::StrFormat("cannot write to directory '%s'", options_.path));
}

absl::StatusOr<OpenedFile> ConfinedDirectory::OpenFile(
    const std::string& relative, bool truncate) {
  OpenedFile file;
  file.path = Describe(relative);
  file.directory = UniqueFd(fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0));
  for (size_t begin = 0; file.directory.valid();) {
    const size_t slash = relative.find('/', begin);
    file.name = relative.substr(begin, slash - begin);
    if (!IsName(file.name)) {
      return absl::InvalidArgumentError(
          absl::StrFormat("'%s' has '%s' as a name", file.path, file.name));
    }
    if (slash == std::string::npos) break;
    file.directory = OpenDirectory(file.directory.get(), file.name, O_NOFOLLOW,
                                   options_.sync);
    begin = slash + 1;
  }
  if (file.directory.valid()) {
    const int links = options_.follow_last_link ? 0 : O_NOFOLLOW;
    // Reading is for the last byte; O_NONBLOCK, so that no pipe makes it wait.
    file.fd = UniqueFd(
        openat(file.directory.get(), file.name.c_str(),
               O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | links,
               kFileMode));
  }
  if (!file.fd.valid()) {
    return ErrnoStatus(errno, absl::StrFormat("cannot open '%s'", file.path));
  }
  PHOENIX_RETURN_IF_ERROR(Inspect(file));
  PHOENIX_RETURN_IF_ERROR(Lock(file));
  if (truncate) PHOENIX_RETURN_IF_ERROR(Truncate(file));
  if (options_.sync && file.size == 0 && fsync(file.directory.get()) != 0) {
    return ErrnoStatus(
        errno, absl::StrFormat("cannot sync the directory of '%s'", file.path));
  }
  return file;
}

std::string ConfinedDirectory::Describe(std::string_view relative) const {
  if (options_.path == ".") return std::string(relative);
  return absl::StrFormat("%s%s%s", options_.path,
                         options_.path.ends_with('/') ? "" : "/", relative);
}

}  // namespace phoenix
