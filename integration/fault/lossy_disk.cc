// A disk that forgets what was not synced, for a program that is told nothing
// of it: loaded before the C library (LD_PRELOAD), it watches what the program
// does to the files under PHOENIX_LOSSY_ROOT, and keeps in PHOENIX_LOSSY_STATE,
// on the same file system, what a loss of power would leave of them:
//
//   data/INODE  what is on the disk of a file; of a file without, all of it is
//   tree/       the names that are on the disk, as hard links
//   names/INODE/  those of a folder whose own name is not in tree/ yet
//
// fdatasync and fsync of a file bring its content there, fsync of a folder its
// names, and nothing else does for sure. As a system may write back earlier
// whatever it likes, some writes, or a part of one that is no multiple of it,
// and some names arrive by chance (PHOENIX_LOSSY_SEED). The real disk is not
// synced: lossy_disk.py puts this state in its place when the power is cut.
//
// Seen are the calls below; not what is written by mmap or stdio.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "libs/base/random.h"

namespace {

namespace fs = std::filesystem;

constexpr off_t kSector = 512;

// One write, or change of a name, of so many is written back at once.
constexpr unsigned kWritebackOneOf = 8;

// What was written of a file since its content was synced.
struct Unsynced {
  off_t begin = INT64_MAX;
  off_t end = 0;

  void Add(off_t from, off_t to) {
    begin = std::min(begin, from);
    end = std::max(end, to);
  }
};

// Set while this library works: its own calls are not the program's.
thread_local bool busy = false;

template <typename Function>
Function* Real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}
#define REAL(name) (Real<decltype(::name)>(#name))

[[noreturn]] void Die(const char* what, const std::string& path) {
  std::fprintf(stderr, "lossy_disk: %s '%s': errno %d\n", what, path.c_str(),
               errno);
  std::abort();
}

fs::path PathOf(int fd) {
  std::error_code error;
  return fs::read_symlink("/proc/self/fd/" + std::to_string(fd), error);
}

std::string Name(ino_t inode) { return std::to_string(inode); }

// The state; thread-compatible, under the one lock.
class LossyDisk {
 public:
  LossyDisk(const char* root, const char* state, const char* seed)
      : root_(root), state_(state), random_(std::strtoul(seed, nullptr, 10)) {
    // Left by a process that was killed: the disk has forgotten nothing.
    for (const auto& file : fs::directory_iterator(state_ / "data")) {
      unsynced_[std::stoul(file.path().filename())].Add(0, INT64_MAX);
    }
  }

  bool Holds(const fs::path& path) const {
    const std::string text = path.string();
    return text.starts_with(root_.string() + "/") || text == root_.string();
  }

  // `fd` was opened to be written; `is_new` when the open has made it.
  void Opened(int fd, bool is_new, bool truncated) {
    struct stat file = {};
    if (fstat(fd, &file) != 0 || !S_ISREG(file.st_mode)) return;
    const fs::path path = PathOf(fd);
    if (!Holds(path)) return;
    if (is_new) {
      const fs::path data = DataOf(file.st_ino);
      fs::remove(data);
      close(OpenOrDie(data, O_WRONLY | O_CREAT));
      unsynced_[file.st_ino] = {};
      MaybeWriteBackNames(path.parent_path());
    } else if (unsynced_.emplace(file.st_ino, Unsynced()).second) {
      fs::copy_file(path, DataOf(file.st_ino));
    }
    if (truncated) unsynced_[file.st_ino].Add(0, INT64_MAX);
  }

  // Before an existing file is opened with O_TRUNC.
  void BeforeTruncation(const fs::path& path) {
    struct stat file = {};
    if (stat(path.c_str(), &file) != 0 || !S_ISREG(file.st_mode)) return;
    if (Holds(fs::absolute(path)) &&
        unsynced_.emplace(file.st_ino, Unsynced()).second) {
      fs::copy_file(path, DataOf(file.st_ino));
    }
  }

  // `offset` -1: where the file stood before.
  void Written(int fd, ssize_t size, off_t offset) {
    const auto found = Find(fd);
    if (found == unsynced_.end() || size <= 0) return;
    if (offset < 0) offset = lseek(fd, 0, SEEK_CUR) - size;
    found->second.Add(offset, offset + size);
    if (random_.Below(kWritebackOneOf) != 0) return;
    const off_t first = RandomSector(offset, offset + size);
    const off_t last = RandomSector(first, offset + size + kSector);
    Copy(fd, found->first, first, std::min(last, offset + size));
  }

  void Resized(int fd, off_t size) {
    const auto found = Find(fd);
    if (found != unsynced_.end()) found->second.Add(size, INT64_MAX);
  }

  void Synced(int fd) {
    struct stat file = {};
    if (fstat(fd, &file) != 0) return;
    if (S_ISDIR(file.st_mode)) return SyncNames(PathOf(fd));
    const auto found = Find(fd);
    if (found == unsynced_.end()) return;
    Copy(fd, found->first, found->second.begin,
         std::min(found->second.end, file.st_size));
    const fs::path data = DataOf(found->first);
    if (truncate(data.c_str(), file.st_size) != 0) Die("truncate", data);
    found->second = {};
  }

  void MaybeWriteBackNames(const fs::path& folder) {
    if (random_.Below(kWritebackOneOf) == 0) SyncNames(folder);
  }

 private:
  using Files = std::map<ino_t, Unsynced>;

  static int OpenOrDie(const fs::path& path, int flags) {
    const int fd = REAL(open)(path.c_str(), flags | O_CLOEXEC, 0644);
    if (fd < 0) Die("open", path);
    return fd;
  }

  fs::path DataOf(ino_t inode) const { return state_ / "data" / Name(inode); }

  Files::iterator Find(int fd) {
    struct stat file = {};
    if (fstat(fd, &file) != 0 || !S_ISREG(file.st_mode)) {
      return unsynced_.end();
    }
    return unsynced_.find(file.st_ino);
  }

  off_t RandomSector(off_t from, off_t to) {
    const off_t sectors = std::max<off_t>(1, (to - from) / kSector);
    return from + static_cast<off_t>(random_.Below(sectors)) * kSector;
  }

  void Copy(int fd, ino_t inode, off_t begin, off_t end) {
    if (begin >= end) return;
    // What is open to be written alone can't be read.
    const int from = OpenOrDie("/proc/self/fd/" + std::to_string(fd), O_RDONLY);
    const int to = OpenOrDie(DataOf(inode), O_WRONLY);
    off64_t target = begin;
    off64_t source = begin;
    while (source < end) {
      const ssize_t copied =
          copy_file_range(from, &source, to, &target, end - source, 0);
      if (copied < 0) Die("copy", DataOf(inode));
      if (copied == 0) break;  // Shorter by now.
    }
    close(from);
    close(to);
  }

  // Where the names are of a folder that are on the disk. A folder of which
  // that is not so itself has them apart.
  fs::path NamesOf(const fs::path& folder) {
    if (folder == root_) return state_ / "tree";
    const fs::path attached = NamesOf(folder.parent_path()) / folder.filename();
    if (fs::exists(attached)) return attached;
    struct stat info = {};
    if (stat(folder.c_str(), &info) != 0) Die("look at", folder);
    const fs::path apart = state_ / "names" / Name(info.st_ino);
    fs::create_directories(apart);
    return apart;
  }

  void SyncNames(const fs::path& folder) {
    if (!Holds(folder)) return;
    const fs::path names = NamesOf(folder);
    for (const auto& entry : fs::directory_iterator(folder)) {
      Keep(entry.path(), names / entry.path().filename());
    }
    for (const auto& entry : fs::directory_iterator(names)) {
      if (!fs::exists(folder / entry.path().filename())) {
        fs::remove_all(entry.path());
      }
    }
  }

  void Keep(const fs::path& path, const fs::path& name) {
    if (fs::is_directory(path)) {
      if (fs::exists(name)) return;
      fs::rename(NamesOf(path), name);
    } else if (!fs::exists(name) || !fs::equivalent(path, name)) {
      const fs::path fresh = state_ / "fresh";
      fs::create_hard_link(path, fresh);
      fs::rename(fresh, name);  // A name never lacks a file.
    }
  }

  const fs::path root_;
  const fs::path state_;
  phoenix::Random random_;
  Files unsynced_;
};

constinit std::mutex lock;

std::unique_ptr<LossyDisk> MakeDisk() {
  const char* const root = std::getenv("PHOENIX_LOSSY_ROOT");
  const char* const seed = std::getenv("PHOENIX_LOSSY_SEED");
  if (root == nullptr) return nullptr;
  return std::make_unique<LossyDisk>(root, std::getenv("PHOENIX_LOSSY_STATE"),
                                     seed == nullptr ? "0" : seed);
}

// Null where nothing is to be lost. Never destroyed: the program writes until
// its very end.
LossyDisk* Disk() {
  static LossyDisk* const disk = MakeDisk().release();
  return disk;
}

// Does `call`, then tells the disk of what it returned, unless it failed; no
// other call comes between.
template <typename Call, typename Tell>
auto Watch(Call call, Tell tell) {
  if (busy) return call();
  busy = true;
  decltype(call()) result;
  {
    std::lock_guard<std::mutex> holds(lock);
    LossyDisk* const disk = Disk();
    result = call();
    const int error = errno;
    if (disk != nullptr && result >= 0) tell(*disk, result);
    errno = error;
  }
  busy = false;
  return result;
}

fs::path At(int folder, const char* path) {
  if (*path == '/') return path;
  return (folder == AT_FDCWD ? fs::current_path() : PathOf(folder)) / path;
}

template <typename Open>
int WatchOpen(const fs::path& path, int flags, Open open) {
  if ((flags & O_ACCMODE) == O_RDONLY && (flags & O_CREAT) == 0) return open();
  bool is_new = false;
  return Watch(
      [&] {
        if (Disk() != nullptr) {
          is_new = !fs::exists(path);
          if ((flags & O_TRUNC) != 0) Disk()->BeforeTruncation(path);
        }
        return open();
      },
      [&](LossyDisk& disk, int fd) {
        disk.Opened(fd, is_new, (flags & O_TRUNC) != 0);
      });
}

template <typename Call>
int WatchName(const fs::path& path, Call call) {
  return Watch(call, [&](LossyDisk& disk, int) {
    const fs::path folder = path.lexically_normal().parent_path();
    if (disk.Holds(folder)) disk.MaybeWriteBackNames(folder);
  });
}

template <typename Call>
ssize_t WatchWrite(int fd, off_t offset, Call call) {
  // Sockets and pipes may block.
  struct stat file = {};
  if (busy || fstat(fd, &file) != 0 || !S_ISREG(file.st_mode)) return call();
  return Watch(call, [&](LossyDisk& disk, ssize_t size) {
    disk.Written(fd, size, offset);
  });
}

template <typename Call>
int WatchSync(int fd, Call call) {
  return Watch(
      [&] {
        return Disk() != nullptr && Disk()->Holds(PathOf(fd)) ? 0 : call();
      },
      [&](LossyDisk& disk, int) { disk.Synced(fd); });
}

mode_t ModeOf(int flags, va_list& arguments) {
  return (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
}

}  // namespace

#define OPEN(name)                                                   \
  int name(const char* path, int flags, ...) {                       \
    va_list arguments;                                               \
    va_start(arguments, flags);                                      \
    const mode_t mode = ModeOf(flags, arguments);                    \
    va_end(arguments);                                               \
    return WatchOpen(At(AT_FDCWD, path), flags,                      \
                     [&] { return REAL(name)(path, flags, mode); }); \
  }

#define OPENAT(name)                                                         \
  int name(int folder, const char* path, int flags, ...) {                   \
    va_list arguments;                                                       \
    va_start(arguments, flags);                                              \
    const mode_t mode = ModeOf(flags, arguments);                            \
    va_end(arguments);                                                       \
    return WatchOpen(At(folder, path), flags,                                \
                     [&] { return REAL(name)(folder, path, flags, mode); }); \
  }

#define PWRITE(name, Offset)                                                \
  ssize_t name(int fd, const void* bytes, size_t size, Offset offset) {     \
    return WatchWrite(fd, offset,                                           \
                      [&] { return REAL(name)(fd, bytes, size, offset); }); \
  }

#define PWRITEV(name, Offset)                                                \
  ssize_t name(int fd, const iovec* parts, int count, Offset offset) {       \
    return WatchWrite(fd, offset,                                            \
                      [&] { return REAL(name)(fd, parts, count, offset); }); \
  }

#define FTRUNCATE(name, Offset)                                          \
  int name(int fd, Offset size) noexcept {                               \
    return Watch([&] { return REAL(name)(fd, size); },                   \
                 [&](LossyDisk& disk, int) { disk.Resized(fd, size); }); \
  }

#define SYNC(name)                                        \
  int name(int fd) {                                      \
    return WatchSync(fd, [&] { return REAL(name)(fd); }); \
  }

extern "C" {

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)
PWRITEV(pwritev, off_t)
PWRITEV(pwritev64, off64_t)
FTRUNCATE(ftruncate, off_t)
FTRUNCATE(ftruncate64, off64_t)
SYNC(fsync)
SYNC(fdatasync)

ssize_t write(int fd, const void* bytes, size_t size) {
  return WatchWrite(fd, -1, [&] { return REAL(write)(fd, bytes, size); });
}

ssize_t writev(int fd, const iovec* parts, int count) {
  return WatchWrite(fd, -1, [&] { return REAL(writev)(fd, parts, count); });
}

int rename(const char* from, const char* to) noexcept {
  return WatchName(At(AT_FDCWD, to), [&] { return REAL(rename)(from, to); });
}

int renameat(int from_folder, const char* from, int to_folder,
             const char* to) noexcept {
  return WatchName(At(to_folder, to), [&] {
    return REAL(renameat)(from_folder, from, to_folder, to);
  });
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to,
              unsigned flags) noexcept {
  return WatchName(At(to_folder, to), [&] {
    return REAL(renameat2)(from_folder, from, to_folder, to, flags);
  });
}

int unlink(const char* path) noexcept {
  return WatchName(At(AT_FDCWD, path), [&] { return REAL(unlink)(path); });
}

int unlinkat(int folder, const char* path, int flags) noexcept {
  return WatchName(At(folder, path),
                   [&] { return REAL(unlinkat)(folder, path, flags); });
}

int mkdir(const char* path, mode_t mode) noexcept {
  return WatchName(At(AT_FDCWD, path), [&] { return REAL(mkdir)(path, mode); });
}

int mkdirat(int folder, const char* path, mode_t mode) noexcept {
  return WatchName(At(folder, path),
                   [&] { return REAL(mkdirat)(folder, path, mode); });
}

}  // extern "C"
