#include "libs/sinks/file/file_commits.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <tuple>
#include <utility>

#include "absl/strings/str_format.h"
#include "libs/base/failpoint.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/io/errno_status.h"
#include "libs/telemetry/log.h"

namespace phoenix {
namespace {

absl::StatusOr<uint64_t> InodeOf(const OpenedFile& file) {
  struct stat info;
  if (fstat(file.fd.get(), &info) == 0) return info.st_ino;
  return ErrnoStatus(errno, Cat("cannot stat '", file.path, "'"));
}

absl::Status ForgottenError(const BatchIdentity& identity) {
  return absl::FailedPreconditionError(
      Cat("event comes so late again that the sink has forgotten whether it "
          "is written (partition ",
          identity.partition, " of log '", identity.log, "')"));
}

// Settles the rows that are known with the others.
SettleCallback SettleToo(Selection delivered, Selection forgotten,
                         OutcomeDetail why, SettleCallback settle) {
  return [delivered = std::move(delivered), forgotten = std::move(forgotten),
          why = std::move(why),
          settle = std::move(settle)](const BatchOutcome& outcome) mutable {
    BatchOutcome all = outcome;
    all.Merge(delivered, Outcome::kDelivered);
    all.Merge(forgotten, Outcome::kRejected);
    for (uint32_t row : forgotten) {
      why.row = row;
      all.AddDetail(why);
    }
    settle(all);
  };
}

}  // namespace

FileCommits::FileCommits(Options options, ConfinedDirectory& directory)
    : options_(std::move(options)), directory_(directory) {
  if (!options_.record.empty()) {
    record_.emplace(directory, options_.record, options_.sync);
  }
}

absl::Status FileCommits::Recover() {
  if (record_.has_value()) {
    PHOENIX_RETURN_IF_ERROR(record_->Load());
    for (const auto& [path, recorded] : record_->files()) {
      PHOENIX_RETURN_IF_ERROR(CutToRecorded(path, recorded));
    }
    PHOENIX_RETURN_IF_ERROR(record_->Restart());
  }
  recovered_ = true;
  failure_ = absl::OkStatus();
  return absl::OkStatus();
}

// A file of another inode is not the one that was written: that one was put
// aside, whole, or somebody took it, and nothing of this one is cut.
absl::Status FileCommits::CutToRecorded(const std::string& path,
                                        const DeliveryRecord::File& recorded) {
  if (!directory_.Contains(path)) return absl::OkStatus();
  PHOENIX_ASSIGN_OR_RETURN(const OpenedFile file,
                           directory_.OpenFile(path, /*truncate=*/false));
  PHOENIX_ASSIGN_OR_RETURN(const uint64_t inode, InodeOf(file));
  const bool is_same = inode == recorded.inode;
  // One that is new and empty follows one that was put aside.
  if (file.size < recorded.length && (is_same || file.size > 0)) {
    Logger::Process().Error(
        "A file is shorter than what was written under its name: the machine "
        "died, or somebody cut it or put another in its place.",
        {{"component.name", options_.component},
         {"path", file.path},
         {"bytes", file.size},
         {"expected_bytes", recorded.length}});
  }
  if (!is_same || file.size <= recorded.length) return absl::OkStatus();
  if (ftruncate(file.fd.get(), static_cast<off_t>(recorded.length)) != 0 ||
      (options_.sync && fdatasync(file.fd.get()) != 0)) {
    return ErrnoStatus(errno, Cat("cannot truncate '", file.path, "'"));
  }
  Logger::Process().Warn(
      "What a file held behind the recorded rows was cut off; those rows are "
      "written again.",
      {{"component.name", options_.component},
       {"path", file.path},
       {"bytes", file.size - recorded.length},
       {"offset", recorded.length}});
  return absl::OkStatus();
}

void FileCommits::TakeOutKnown(BatchView& view, SettleCallback& settle) {
  const BatchIdentity& identity = view.batch->identity();
  if (!record_.has_value() || identity.first_offset < 0) return;
  const OffsetSet* const known = record_->Find(identity);
  if (known == nullptr || identity.first_offset >= known->end()) return;
  Selection fresh;
  Selection delivered;
  Selection forgotten;
  for (const uint32_t row : view.rows) {
    const int64_t offset = identity.first_offset + row;
    if (offset < known->floor()) {
      forgotten.push_back(row);
    } else {
      (known->Contains(offset) ? delivered : fresh).push_back(row);
    }
  }
  if (fresh.size() == view.rows.size()) return;
  repeated_rows_ += delivered.size();
  view.rows = std::move(fresh);
  settle = SettleToo(std::move(delivered), std::move(forgotten),
                     {0, options_.component, ForgottenError(identity)},
                     std::move(settle));
}

absl::Status FileCommits::Opened(const std::string& path,
                                 const OpenedFile& file) {
  PHOENIX_RETURN_IF_ERROR(failure_);
  if (record_.has_value()) {
    PHOENIX_ASSIGN_OR_RETURN(const uint64_t inode, InodeOf(file));
    absl::Status status = PHOENIX_FAILPOINT("file.open.before_record");
    if (status.ok()) status = record_->Open(path, {inode, file.size});
    if (!status.ok()) return Fail(std::move(status));
  }
  files_[path] = {.fd = file.fd.get(), .length = file.size};
  return absl::OkStatus();
}

void FileCommits::Written(const std::string& path, uint64_t length,
                          HeldRows& rows) {
  rows_.Take(rows);
  OpenFile& file = files_[path];
  uncommitted_bytes_ += length - file.length;
  file.length = length;
  file.dirty = true;
}

absl::Status FileCommits::Commit() {
  PHOENIX_RETURN_IF_ERROR(failure_);
  if (uncommitted_bytes_ == 0) return absl::OkStatus();
  absl::Status status = Sync();
  if (status.ok()) status = Record();
  if (!status.ok()) return Fail(std::move(status));
  for (auto& [path, file] : files_) file.dirty = false;
  uncommitted_bytes_ = 0;
  rows_.Settle(Outcome::kDelivered);
  return absl::OkStatus();
}

absl::Status FileCommits::Sync() {
  PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("file.commit.before_sync"));
  if (!options_.sync) return absl::OkStatus();
  for (const auto& [path, file] : files_) {
    if (file.dirty && fdatasync(file.fd) != 0) {
      return ErrnoStatus(errno, Cat("cannot sync '", path, "'"));
    }
  }
  return absl::OkStatus();
}

absl::Status FileCommits::Record() {
  if (!record_.has_value()) return absl::OkStatus();
  PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("file.commit.before_record"));
  std::map<std::string, uint64_t> lengths;
  for (const auto& [path, file] : files_) {
    if (file.dirty) lengths[path] = file.length;
  }
  PHOENIX_RETURN_IF_ERROR(record_->Commit(lengths, DeliveredByRows()));
  return PHOENIX_FAILPOINT("file.commit.after_record");
}

std::vector<DeliveryRecord::Delivered> FileCommits::DeliveredByRows() const {
  std::map<std::pair<std::string, int32_t>, DeliveryRecord::Delivered> parts;
  rows_.ForEach([&](const auto& write, size_t begin, size_t end) {
    const BatchIdentity& identity = write->identity();
    if (identity.first_offset < 0) return;
    auto& part = parts[{identity.log, identity.partition}];
    part.identity = identity;
    for (size_t i = begin; i < end; ++i) {
      const int64_t offset = identity.first_offset + write->rows()[i];
      if (!part.runs.empty() && part.runs.back().second == offset) {
        ++part.runs.back().second;
      } else {
        part.runs.emplace_back(offset, offset + 1);
      }
    }
  });
  std::vector<DeliveryRecord::Delivered> delivered;
  for (auto& [key, part] : parts) delivered.push_back(std::move(part));
  return delivered;
}

void FileCommits::Closed(const std::string& path) {
  if (failure_.ok() && record_.has_value()) record_->Close(path);
  files_.erase(path);
}

absl::Status FileCommits::Fail(absl::Status why) {
  failure_ = std::move(why);
  return failure_;
}

void FileCommits::Forget(HeldRows buffered) {
  files_.clear();
  uncommitted_bytes_ = 0;
  Release();
  rows_.Take(buffered);
  rows_.Settle(Outcome::kRetry, failure_);
}

void FileCommits::Release() {
  recovered_ = false;
  if (record_.has_value()) record_->Release();
}

int64_t FileCommits::RecordedEnd(const BatchIdentity& log) const {
  const OffsetSet* const known =
      record_.has_value() ? record_->Find(log) : nullptr;
  return known == nullptr ? 0 : known->end();
}

absl::Status FileCommits::CheckRoom(const BatchIdentity& identity) const {
  if (!record_.has_value() || identity.first_offset < 0) {
    return absl::OkStatus();
  }
  return record_->CheckRoom(identity);
}

}  // namespace phoenix
