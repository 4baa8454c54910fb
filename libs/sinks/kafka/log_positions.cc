#include "libs/sinks/kafka/log_positions.h"

#include <algorithm>
#include <vector>

#include "absl/strings/numbers.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"

namespace phoenix {

// One partition.

LogPositions::Seen LogPositions::Partition::Find(int64_t offset) {
  if (OffsetPages::PageOf(offset) < floor_) return Seen::kForgotten;
  if (committed_.Contains(offset)) return Seen::kYes;
  return open_.Contains(offset) ? Seen::kInTransaction : Seen::kNo;
}

size_t LogPositions::Partition::CountPages() {
  size_t count = committed_.pages().size();
  for (const auto& [page, bits] : open_.pages()) {
    if (committed_.Find(page) == nullptr) ++count;
  }
  return count;
}

// 0 < pages < CountPages().
void LogPositions::Partition::ForgetBeyond(size_t pages) {
  std::vector<int64_t> all;
  for (const auto& [page, bits] : committed_.pages()) all.push_back(page);
  for (const auto& [page, bits] : open_.pages()) {
    if (committed_.Find(page) == nullptr) all.push_back(page);
  }
  const auto lowest_kept = all.end() - static_cast<ptrdiff_t>(pages);
  std::nth_element(all.begin(), lowest_kept, all.end());
  next_floor_ = *lowest_kept;
}

// Reading.

bool LogPositions::IsStale(const BatchIdentity& identity) const {
  if (!tenures_.contains(identity.tenure)) return true;
  return !evicted_.empty() &&
         evicted_.contains(Key(identity.log, identity.partition));
}

absl::StatusOr<LogPositions::Partition*> LogPositions::Of(
    const BatchIdentity& identity) {
  const Key key(identity.log, identity.partition);
  if (IsStale(identity)) {
    // Others may have got what was used before.
    if (!tenures_.contains(identity.tenure)) used_.clear();
    PHOENIX_RETURN_IF_ERROR(Read(key));
    if (tenures_.size() == kMaxTenures) tenures_.clear();
    tenures_.insert(identity.tenure);
  }
  used_.insert(key);
  return &partitions_[key];
}

// All partitions at once, since they lie together in the topic.
absl::Status LogPositions::Read(const Key& wanted) {
  partitions_.clear();
  evicted_.clear();
  page_count_ = 0;
  absl::Status read;
  const absl::Status all =
      read_([&](std::string_view key, std::optional<std::string_view> value) {
        const auto decoded = DecodePositionKey(sink_, key);
        if (!decoded || !read.ok()) return;
        read = Take(*decoded, value);
        MakeRoom(wanted);
      });
  read.Update(all);
  if (!read.ok()) Forget();
  return read;
}

absl::Status LogPositions::Take(const PositionKey& key,
                                std::optional<std::string_view> value) {
  const Key where(key.log, key.partition);
  if (evicted_.contains(where)) return absl::OkStatus();
  Partition& partition = partitions_[where];
  OffsetPages& pages = partition.committed_;
  page_count_ -= pages.pages().size();
  bool is_sound = true;
  if (!value) {
    pages.Drop(key.page);
  } else if (key.page == PositionKey::kFloorPage) {
    is_sound = absl::SimpleAtoi(ToAbsl(*value), &partition.floor_);
    partition.next_floor_ = partition.floor_;
    pages.DropBelow(partition.floor_);
  } else if (key.page >= partition.floor_) {
    is_sound = pages.Load(key.page, *value);
  }
  page_count_ += pages.pages().size();
  if (is_sound) return absl::OkStatus();
  return absl::FailedPreconditionError(
      Cat("positions of sink '", sink_, "', page ", key.page, " of log '",
          key.log, "': expected at most ", OffsetPages::kPageBytes,
          " bytes, and in page -1 a number"));
}

// What is not used here is another process's, in general.
void LogPositions::MakeRoom(const Key& wanted) {
  for (auto it = partitions_.begin();
       it != partitions_.end() && page_count_ > max_pages_;) {
    if (it->first == wanted || used_.contains(it->first)) {
      ++it;
      continue;
    }
    page_count_ -= it->second.committed_.pages().size();
    evicted_.insert(it->first);
    it = partitions_.erase(it);
  }
}

// Writing.

absl::Status LogPositions::Claim(Send send) {
  if (claimed_) return absl::OkStatus();
  claimed_ = true;
  return send(PositionsClaimKey(sink_), std::nullopt);
}

absl::Status LogPositions::Store(Send send) {
  ChooseFloors();
  for (const Key& key : used_) {
    PHOENIX_RETURN_IF_ERROR(StoreOne(key, partitions_[key], send));
  }
  return absl::OkStatus();
}

absl::Status LogPositions::StoreOne(const Key& key, Partition& partition,
                                    Send send) {
  const auto key_of = [&](int64_t page) {
    return EncodePositionKey(sink_, key.first, key.second, page);
  };
  for (const auto& [page, bits] : partition.open_.pages()) {
    if (page < partition.next_floor_) continue;
    OffsetPages::Bits all = bits;
    if (const auto* written = partition.committed_.Find(page)) {
      for (size_t i = 0; i < all.size(); ++i) all[i] |= (*written)[i];
    }
    PHOENIX_RETURN_IF_ERROR(send(key_of(page), TrimmedPage(all)));
  }
  if (partition.next_floor_ == partition.floor_) return absl::OkStatus();
  for (const auto& [page, bits] : partition.committed_.pages()) {
    if (page >= partition.next_floor_) break;
    PHOENIX_RETURN_IF_ERROR(send(key_of(page), std::nullopt));
  }
  return send(key_of(PositionKey::kFloorPage), Cat(partition.next_floor_));
}

// Only of partitions that the transaction writes: others may be another
// process's by now.
void LogPositions::ChooseFloors() {
  size_t total = 0;
  std::vector<std::pair<size_t, Partition*>> open;  // With their pages.
  for (const Key& key : used_) {
    Partition& partition = partitions_[key];
    const size_t pages = partition.CountPages();
    total += pages;
    if (!partition.open_.pages().empty()) open.emplace_back(pages, &partition);
  }
  const auto drop = [&total](std::pair<size_t, Partition*>& from,
                             size_t pages) {
    from.first -= pages;
    total -= pages;
    from.second->ForgetBeyond(from.first);
  };
  for (auto& one : open) {
    if (one.first > OffsetPages::kMaxPages + OffsetPages::kMaxNewPages) {
      drop(one, one.first - OffsetPages::kMaxPages);
    }
  }
  while (total > max_pages_ && !open.empty()) {
    auto& largest = *std::max_element(open.begin(), open.end());
    if (largest.first < 2) return;
    drop(largest, std::min(OffsetPages::kMaxNewPages, largest.first / 2));
  }
}

size_t LogPositions::open_pages() const {
  size_t count = 0;
  for (const auto& [key, partition] : partitions_) {
    count += partition.open_.pages().size();
  }
  return count;
}

void LogPositions::Commit() {
  claimed_ = false;
  page_count_ = 0;
  for (auto& [key, partition] : partitions_) {
    partition.committed_.Merge(partition.open_);
    partition.open_.Clear();
    if (partition.next_floor_ > partition.floor_) {
      partition.floor_ = partition.next_floor_;
      partition.committed_.DropBelow(partition.floor_);
    }
    page_count_ += partition.committed_.pages().size();
  }
  MakeRoom({});
}

void LogPositions::Discard() {
  claimed_ = false;
  for (auto& [key, partition] : partitions_) {
    partition.open_.Clear();
    partition.next_floor_ = partition.floor_;
  }
}

void LogPositions::Forget() {
  claimed_ = false;
  tenures_.clear();
  partitions_.clear();
  used_.clear();
  evicted_.clear();
  page_count_ = 0;
}

}  // namespace phoenix
