#include "libs/log/embedded/testing/simulated_file_system.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

std::string FolderOf(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

// Makes the sector of `durable` what it is in `current`.
void CopySector(const std::string& current, uint64_t sector,
                std::string& durable) {
  constexpr uint64_t kBytes = SimulatedFileSystem::kSectorBytes;
  const uint64_t begin = sector * kBytes;
  if (begin >= current.size()) return;
  const uint64_t end = std::min<uint64_t>(begin + kBytes, current.size());
  if (durable.size() < end) durable.resize(end, '\0');
  durable.replace(begin, end - begin, current, begin, end - begin);
}

}  // namespace

class SimulatedFile : public File {
 public:
  SimulatedFile(SimulatedFileSystem& files, SimulatedFileSystem::InodePtr inode,
                uint64_t crashes)
      : files_(files), inode_(std::move(inode)), crashes_(crashes) {}

  absl::StatusOr<size_t> ReadAt(uint64_t offset, char* to,
                                size_t size) const override {
    MutexLock lock(files_.mutex_);
    PHOENIX_RETURN_IF_ERROR(CountCall());
    const std::string& content = inode_->current;
    if (offset >= content.size()) return 0;
    const size_t read = std::min<size_t>(size, content.size() - offset);
    std::memcpy(to, content.data() + offset, read);
    return read;
  }

  absl::Status WriteAt(uint64_t offset,
                       absl::Span<const std::string_view> pieces) override {
    MutexLock lock(files_.mutex_);
    PHOENIX_RETURN_IF_ERROR(CheckAlive());
    std::string bytes;
    for (const std::string_view piece : pieces) bytes += piece;
    absl::Status status = files_.CountCall();
    const uint64_t end = offset + bytes.size();
    if (status.ok() && !files_.HasRoomFor(*inode_, end)) {
      status = absl::ResourceExhaustedError("write: no space left");
    }
    if (!status.ok()) bytes.resize(bytes.size() / 2);
    Write(offset, bytes);
    return status;
  }

  absl::Status Sync() override {
    MutexLock lock(files_.mutex_);
    PHOENIX_RETURN_IF_ERROR(CheckAlive());
    const absl::Status status = files_.CountCall();
    if (status.ok()) inode_->durable = inode_->current;
    inode_->dirty_sectors.clear();
    return status;
  }

  absl::Status Truncate(uint64_t size) override {
    MutexLock lock(files_.mutex_);
    PHOENIX_RETURN_IF_ERROR(CountCall());
    if (!files_.HasRoomFor(*inode_, size)) {
      return absl::ResourceExhaustedError("truncate: no space left");
    }
    inode_->current.resize(size, '\0');
    inode_->allocated = size;
    return absl::OkStatus();
  }

  absl::Status Allocate(uint64_t size) override {
    MutexLock lock(files_.mutex_);
    PHOENIX_RETURN_IF_ERROR(CountCall());
    if (!files_.HasRoomFor(*inode_, size)) {
      return absl::ResourceExhaustedError("allocate: no space left");
    }
    inode_->allocated = std::max(inode_->allocated, size);
    return absl::OkStatus();
  }

  absl::StatusOr<uint64_t> Size() const override {
    MutexLock lock(files_.mutex_);
    PHOENIX_RETURN_IF_ERROR(CountCall());
    return inode_->current.size();
  }

 private:
  absl::Status CheckAlive() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(files_.mutex_) {
    if (files_.crashes_ == crashes_) return absl::OkStatus();
    return absl::UnavailableError("the file was open when power was lost");
  }

  absl::Status CountCall() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(files_.mutex_) {
    PHOENIX_RETURN_IF_ERROR(CheckAlive());
    return files_.CountCall();
  }

  void Write(uint64_t offset, const std::string& bytes) {
    std::string& content = inode_->current;
    if (content.size() < offset + bytes.size()) {
      content.resize(offset + bytes.size(), '\0');
    }
    content.replace(offset, bytes.size(), bytes);
    constexpr uint64_t kBytes = SimulatedFileSystem::kSectorBytes;
    for (uint64_t sector = offset / kBytes;
         sector * kBytes < offset + bytes.size(); ++sector) {
      inode_->dirty_sectors.insert(sector);
    }
  }

  SimulatedFileSystem& files_;
  const SimulatedFileSystem::InodePtr inode_;
  const uint64_t crashes_;
};

class SimulatedLock : public FileLock {
 public:
  SimulatedLock(SimulatedFileSystem& files, std::string path, uint64_t crashes)
      : files_(files), path_(std::move(path)), crashes_(crashes) {}
  ~SimulatedLock() override {
    MutexLock lock(files_.mutex_);
    if (files_.crashes_ == crashes_) files_.locked_.erase(path_);
  }

 private:
  SimulatedFileSystem& files_;
  const std::string path_;
  const uint64_t crashes_;
};

absl::Status SimulatedFileSystem::CountCall() {
  return ++calls_ == failing_call_ ? error_ : absl::OkStatus();
}

uint64_t SimulatedFileSystem::UsedBytes() const {
  uint64_t used = 0;
  for (const auto& [path, inode] : names_) {
    used += std::max<uint64_t>(inode->allocated, inode->current.size());
  }
  return used;
}

bool SimulatedFileSystem::HasRoomFor(const Inode& inode, uint64_t size) const {
  const uint64_t has =
      std::max<uint64_t>(inode.allocated, inode.current.size());
  const bool is_bounded = capacity_ != ~uint64_t{0};
  return !is_bounded || size <= has || UsedBytes() + (size - has) <= capacity_;
}

void SimulatedFileSystem::Apply(const NameChange& change, Names& names) {
  for (const auto& [path, inode] : change.names) {
    if (inode == nullptr) {
      names.erase(path);
    } else {
      names[path] = inode;
    }
  }
}

void SimulatedFileSystem::Change(NameChange change) {
  Apply(change, names_);
  name_changes_.push_back(std::move(change));
}

absl::StatusOr<std::unique_ptr<File>> SimulatedFileSystem::Open(
    const std::string& path, OpenMode mode) {
  MutexLock lock(mutex_);
  PHOENIX_RETURN_IF_ERROR(CountCall());
  auto found = names_.find(path);
  if (found == names_.end()) {
    if (mode != OpenMode::kCreate) {
      return absl::NotFoundError(Cat("open '", path, "': no such file"));
    }
    if (UsedBytes() >= capacity_) {
      return absl::ResourceExhaustedError("open: no space left");
    }
    Change({FolderOf(path), {{path, std::make_shared<Inode>()}}});
    found = names_.find(path);
  } else if (mode == OpenMode::kCreate) {
    found->second->current.clear();
    found->second->allocated = 0;
    found->second->dirty_sectors.clear();
  }
  return std::make_unique<SimulatedFile>(*this, found->second, crashes_);
}

absl::Status SimulatedFileSystem::Rename(const std::string& from,
                                         const std::string& to) {
  MutexLock lock(mutex_);
  PHOENIX_RETURN_IF_ERROR(CountCall());
  const auto found = names_.find(from);
  if (found == names_.end()) return absl::NotFoundError("rename");
  const InodePtr inode = found->second;
  Change({FolderOf(to), {{from, nullptr}, {to, inode}}});
  return absl::OkStatus();
}

absl::Status SimulatedFileSystem::Remove(const std::string& path) {
  MutexLock lock(mutex_);
  PHOENIX_RETURN_IF_ERROR(CountCall());
  if (names_.count(path) == 0) return absl::NotFoundError("remove");
  Change({FolderOf(path), {{path, nullptr}}});
  return absl::OkStatus();
}

absl::Status SimulatedFileSystem::SyncFolder(const std::string& path) {
  MutexLock lock(mutex_);
  PHOENIX_RETURN_IF_ERROR(CountCall());
  std::vector<NameChange> rest;
  for (NameChange& change : name_changes_) {
    if (change.folder == path) {
      Apply(change, durable_names_);
    } else {
      rest.push_back(std::move(change));
    }
  }
  name_changes_ = std::move(rest);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> SimulatedFileSystem::List(
    const std::string& path) {
  MutexLock lock(mutex_);
  PHOENIX_RETURN_IF_ERROR(CountCall());
  std::vector<std::string> names;
  for (const auto& [name, inode] : names_) {
    if (FolderOf(name) == path) names.push_back(name.substr(path.size() + 1));
  }
  return names;
}

absl::Status SimulatedFileSystem::MakeFolder(const std::string&) {
  MutexLock lock(mutex_);
  return CountCall();
}

absl::StatusOr<std::unique_ptr<FileLock>> SimulatedFileSystem::Lock(
    const std::string& path) {
  MutexLock lock(mutex_);
  PHOENIX_RETURN_IF_ERROR(CountCall());
  if (!locked_.insert(path).second) {
    return absl::FailedPreconditionError(
        Cat("'", path, "' is locked by process 1"));
  }
  return std::make_unique<SimulatedLock>(*this, path, crashes_);
}

void SimulatedFileSystem::Writeback(Random& random, double probability) {
  MutexLock lock(mutex_);
  for (auto& [path, inode] : names_) {
    if (inode->durable.size() > inode->current.size() &&
        random.Chance(probability)) {
      inode->durable.resize(inode->current.size());
    }
    for (auto sector = inode->dirty_sectors.begin();
         sector != inode->dirty_sectors.end();) {
      if (random.Chance(probability)) {
        CopySector(inode->current, *sector, inode->durable);
        sector = inode->dirty_sectors.erase(sector);
      } else {
        ++sector;
      }
    }
  }
  // Changes of one name keep their order.
  std::set<std::string> waiting;
  std::vector<NameChange> rest;
  for (NameChange& change : name_changes_) {
    bool may_go = random.Chance(probability);
    for (const auto& [path, inode] : change.names) {
      may_go = may_go && waiting.count(path) == 0;
    }
    if (may_go) {
      Apply(change, durable_names_);
      continue;
    }
    for (const auto& [path, inode] : change.names) waiting.insert(path);
    rest.push_back(std::move(change));
  }
  name_changes_ = std::move(rest);
}

void SimulatedFileSystem::Crash() {
  MutexLock lock(mutex_);
  ++crashes_;
  names_ = durable_names_;
  name_changes_.clear();
  locked_.clear();
  for (auto& [path, inode] : names_) {
    inode->current = inode->durable;
    inode->dirty_sectors.clear();
    inode->allocated = inode->current.size();
  }
}

void SimulatedFileSystem::FailCall(uint64_t n, absl::Status error) {
  MutexLock lock(mutex_);
  failing_call_ = n == 0 ? 0 : calls_ + n;
  error_ = std::move(error);
}

uint64_t SimulatedFileSystem::calls() const {
  MutexLock lock(mutex_);
  return calls_;
}

void SimulatedFileSystem::SetCapacity(uint64_t bytes) {
  MutexLock lock(mutex_);
  capacity_ = bytes;
}

uint64_t SimulatedFileSystem::used_bytes() const {
  MutexLock lock(mutex_);
  return UsedBytes();
}

std::string SimulatedFileSystem::Content(const std::string& path) const {
  MutexLock lock(mutex_);
  const auto found = names_.find(path);
  return found == names_.end() ? "" : found->second->current;
}

void SimulatedFileSystem::SetContent(const std::string& path,
                                     std::string content) {
  MutexLock lock(mutex_);
  InodePtr& inode = names_[path];
  if (inode == nullptr) inode = std::make_shared<Inode>();
  durable_names_[path] = inode;
  inode->durable = content;
  inode->current = std::move(content);
  inode->dirty_sectors.clear();
}

void SimulatedFileSystem::FlipBit(const std::string& path, uint64_t bit) {
  MutexLock lock(mutex_);
  Inode& inode = *names_.at(path);
  for (std::string* content : {&inode.current, &inode.durable}) {
    if (bit / 8 < content->size()) {
      (*content)[bit / 8] ^= static_cast<char>(1 << bit % 8);
    }
  }
}

std::vector<std::string> SimulatedFileSystem::Paths() const {
  MutexLock lock(mutex_);
  std::vector<std::string> paths;
  for (const auto& [path, inode] : names_) paths.push_back(path);
  return paths;
}

}  // namespace phoenix
