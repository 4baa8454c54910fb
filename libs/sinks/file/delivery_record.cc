#include "libs/sinks/file/delivery_record.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/sinks/file/delivery_record.pb.h"
#include "libs/telemetry/log.h"

namespace phoenix {
namespace {

using sinks::file::internal::DeliveryEntry;

// What a record can hold at all.
constexpr int64_t kMaxRun = DeliveryRecord::kMaxPages * OffsetSet::kPageOffsets;

// Runs as an entry has them.
class RunWriter {
 public:
  explicit RunWriter(DeliveryEntry::Offsets& to) : to_(to) {}

  void Put(int64_t begin, int64_t end) {
    to_.add_runs(begin - end_);
    to_.add_runs(end - begin);
    end_ = end;
  }

 private:
  DeliveryEntry::Offsets& to_;
  int64_t end_ = 0;
};

void PutFile(const std::string& path, const DeliveryRecord::File& file,
             DeliveryEntry& entry) {
  DeliveryEntry::File& to = *entry.add_files();
  to.set_path(path);
  to.set_inode(file.inode);
  to.set_length(file.length);
}

void PutClosed(const std::vector<std::string>& paths, DeliveryEntry& entry) {
  for (const std::string& path : paths) {
    DeliveryEntry::File& to = *entry.add_files();
    to.set_path(path);
    to.set_closed(true);
  }
}

// -1 when there is none that is an offset.
int64_t Sum(int64_t end, int64_t gap) {
  int64_t sum = 0;
  return __builtin_add_overflow(end, gap, &sum) ? -1 : sum;
}

void WarnOfDamage(const std::string& path, const JournalDamage& damage) {
  Logger::Process().Warn(
      "A damaged part of the record of what a sink has written was passed "
      "over: there is a second copy of it. The disk may be failing.",
      {{"path", path}, {"offset", damage.offset}, {"bytes", damage.bytes}});
}

}  // namespace

absl::Status DeliveryRecord::Load() {
  files_.clear();
  closed_.clear();
  partitions_.clear();
  pages_ = 0;
  version_ = 0;
  sequence_ = 0;
  const bool exists = journal_.Exists();
  PHOENIX_ASSIGN_OR_RETURN(
      const JournalDamage damage,
      journal_.Load([this](std::string_view entry) { return Take(entry); }));
  return exists ? CheckLoaded(damage) : absl::OkStatus();
}

absl::Status DeliveryRecord::CheckLoaded(const JournalDamage& damage) const {
  if (version_ == 0) {
    return Unreadable(
        "holds nothing that a sink writes, as if it was emptied or "
        "overwritten");
  }
  if (version_ == 1 && damage.inside) {
    return Unreadable(Cat("is damaged at byte ", damage.offset));
  }
  if (version_ > 1 && damage.bytes > 0) WarnOfDamage(journal_.path(), damage);
  return absl::OkStatus();
}

absl::Status DeliveryRecord::Unreadable(std::string_view what) const {
  return absl::DataLossError(
      Cat("'", journal_.path(), "' ", what,
          ": it is the record of what the sink has written; put it back as it "
          "was, or move it away: the sink starts without it then, and writes "
          "again what it is given again"));
}

absl::Status DeliveryRecord::Take(std::string_view bytes) {
  DeliveryEntry entry;
  if (!entry.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Unreadable("has an entry that is none");
  }
  if (entry.version() > kVersion) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "the record of what the sink has written has version %d: expected at "
        "most %d, a newer phoenix wrote it",
        entry.version(), kVersion));
  }
  if (version_ == 0) version_ = entry.version();
  if (version_ == 0) return Unreadable("has lost its beginning");
  if (version_ > 1) {
    if (entry.sequence() == sequence_) return absl::OkStatus();
    if (entry.sequence() != sequence_ + 1) {
      return Unreadable(Cat("has lost both copies of entry ", sequence_ + 1));
    }
    sequence_ = entry.sequence();
  }
  for (const auto& file : entry.files()) {
    if (file.closed()) {
      files_.erase(file.path());
    } else {
      files_[file.path()] = {file.inode(), file.length()};
    }
  }
  return TakeOffsets(entry);
}

absl::Status DeliveryRecord::TakeOffsets(const DeliveryEntry& entry) {
  for (const auto& offsets : entry.offsets()) {
    OffsetSet& set = partitions_[{offsets.log(), offsets.partition()}];
    int64_t end = 0;
    if (offsets.runs_size() % 2 != 0) return Unreadable("has half a run");
    for (int i = 0; i < offsets.runs_size(); i += 2) {
      const int64_t begin = Sum(end, offsets.runs(i));
      const int64_t count = offsets.runs(i + 1);
      if (begin < 0 || count <= 0 || count > kMaxRun ||
          count > INT64_MAX - kMaxRun - begin) {
        return Unreadable("has offsets that are none");
      }
      end = begin + count;
      Add(set, begin, end);
    }
    const size_t before = set.page_count();
    set.RaiseFloor(offsets.floor());
    pages_ -= before - set.page_count();
  }
  return absl::OkStatus();
}

absl::Status DeliveryRecord::Restart() {
  files_.clear();
  closed_.clear();
  return Replace();
}

absl::Status DeliveryRecord::Replace() {
  sequence_ = 1;
  PHOENIX_RETURN_IF_ERROR(journal_.Replace(Snapshot().SerializeAsString()));
  snapshot_bytes_ = journal_.size();
  return absl::OkStatus();
}

absl::Status DeliveryRecord::Open(const std::string& path, const File& file) {
  if (files_.size() >= kMaxFiles && !files_.contains(path)) {
    return absl::ResourceExhaustedError(
        absl::StrFormat("%d files are open: expected at most %d",
                        files_.size() + 1, kMaxFiles));
  }
  DeliveryEntry entry;
  PutClosed(closed_, entry);
  PutFile(path, file, entry);
  PHOENIX_RETURN_IF_ERROR(Append(entry));
  files_[path] = file;
  return absl::OkStatus();
}

void DeliveryRecord::Close(const std::string& path) {
  if (files_.erase(path) > 0) closed_.push_back(path);
}

absl::Status DeliveryRecord::Commit(
    const std::map<std::string, uint64_t>& lengths,
    const std::vector<Delivered>& delivered) {
  DeliveryEntry entry;
  PutClosed(closed_, entry);
  for (const auto& [path, length] : lengths) {
    PutFile(path, {files_[path].inode, length}, entry);
  }
  for (const Delivered& part : delivered) {
    DeliveryEntry::Offsets& offsets = *entry.add_offsets();
    offsets.set_log(part.identity.log);
    offsets.set_partition(part.identity.partition);
    RunWriter writer(offsets);
    for (const auto& [begin, end] : part.runs) writer.Put(begin, end);
  }
  PHOENIX_RETURN_IF_ERROR(Append(entry));
  for (const auto& [path, length] : lengths) files_[path].length = length;
  for (const Delivered& part : delivered) {
    OffsetSet& set = partitions_[{part.identity.log, part.identity.partition}];
    for (const auto& [begin, end] : part.runs) Add(set, begin, end);
  }
  if (journal_.size() < std::max(kMaxJournalBytes, 2 * snapshot_bytes_)) {
    return absl::OkStatus();
  }
  return Replace();
}

absl::Status DeliveryRecord::Append(DeliveryEntry& entry) {
  entry.set_sequence(++sequence_);
  PHOENIX_RETURN_IF_ERROR(journal_.Append(entry.SerializeAsString()));
  closed_.clear();
  return absl::OkStatus();
}

void DeliveryRecord::Add(OffsetSet& set, int64_t begin, int64_t end) {
  // Page by page, so that a run however long stays within the bound.
  while (begin < end) {
    const int64_t page_end =
        begin - begin % OffsetSet::kPageOffsets + OffsetSet::kPageOffsets;
    const int64_t stop = std::min(end, page_end);
    const size_t had = set.page_count();
    set.Add(begin, stop);
    pages_ += set.page_count() - had;
    if (pages_ > kMaxPages) ForgetSome();
    begin = stop;
  }
}

void DeliveryRecord::ForgetSome() {
  const auto largest = std::max_element(
      partitions_.begin(), partitions_.end(), [](const auto& a, const auto& b) {
        return a.second.page_count() < b.second.page_count();
      });
  const size_t before = largest->second.page_count();
  largest->second.DropLowestPage();
  pages_ -= before - largest->second.page_count();
}

DeliveryEntry DeliveryRecord::Snapshot() const {
  DeliveryEntry entry;
  entry.set_version(kVersion);
  entry.set_sequence(sequence_);
  for (const auto& [path, file] : files_) PutFile(path, file, entry);
  for (const auto& [partition, set] : partitions_) {
    DeliveryEntry::Offsets& offsets = *entry.add_offsets();
    offsets.set_log(partition.first);
    offsets.set_partition(partition.second);
    offsets.set_floor(set.floor());
    RunWriter writer(offsets);
    set.ForEachRun([&](int64_t begin, int64_t end) { writer.Put(begin, end); });
  }
  return entry;
}

const OffsetSet* DeliveryRecord::Find(const BatchIdentity& identity) const {
  const auto found = partitions_.find({identity.log, identity.partition});
  return found == partitions_.end() ? nullptr : &found->second;
}

absl::Status DeliveryRecord::CheckRoom(const BatchIdentity& identity) const {
  if (partitions_.size() < kMaxPartitions || Find(identity) != nullptr) {
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError(
      Cat("partition ", identity.partition, " of log '", identity.log,
          "' is one more than the ", kMaxPartitions,
          " of which a file sink can know what it has written"));
}

}  // namespace phoenix
