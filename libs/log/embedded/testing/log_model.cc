#include "libs/log/embedded/testing/log_model.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_join.h"
#include "libs/base/clock.h"
#include "libs/base/random.h"
#include "libs/base/text.h"
#include "libs/event/batch_testing.h"
#include "libs/log/embedded/embedded_log.h"
#include "libs/log/embedded/testing/simulated_file_system.h"
#include "libs/telemetry/log.h"

namespace phoenix {
namespace {

constexpr int kSteps = 60;
constexpr uint64_t kCapacity = 4 << 20;

class SilentSink : public LogSink {
 public:
  void Write(std::string_view) override {}
};

// What is known of a batch that was appended.
struct Appended {
  std::string content;
  uint64_t lane = 0;
  int64_t first_offset = -1;  // Once it was acked.
  bool acked = false;
};

EventBatchPtr TestLargeBatch() {
  Random random(1);
  return RandomBatch(random, 50);
}

std::string ContentOf(const EventBatch& batch) {
  return absl::StrJoin(DescribeEvents(batch), "\n");
}

class Model {
 public:
  explicit Model(uint64_t seed) : random_(seed), logger_(sink_, clock_) {
    logger_.SetLevel(LogLevel::kOff);
    options_.folder = "/log";
    options_.pipeline = "model";
    options_.has_thread = false;
    options_.max_bytes = 1 << 20;
    options_.segment_bytes = 1 << random_.Below(18);
    options_.recent_bytes = random_.Chance(0.5) ? 0 : 1 << 14;
    options_.max_group_bytes = 1 << (8 + random_.Below(12));
    options_.retain_bytes = random_.Chance(0.5) ? 0 : 1 << 16;
    options_.compression = static_cast<Compression>(random_.Below(3));
    if (random_.Chance(0.2)) options_.full_policy = FullPolicy::kDropOldest;
    files_.SetCapacity(kCapacity);
  }

  std::string Run() {
    Reopen();
    for (int i = 0; i < kSteps && violation_.empty(); ++i) {
      clock_.Advance(absl::Milliseconds(random_.Below(120)));
      RandomStep();
    }
    if (violation_.empty()) Recover(random_.Chance(0.5));
    if (violation_.empty()) CheckAlive();
    return violation_;
  }

 private:
  void RandomStep() {
    switch (random_.Below(14)) {
      case 0:
        return Recover(/*lose_power=*/true);
      case 1:
        return Recover(/*lose_power=*/false);
      case 2:
        return files_.Writeback(random_, random_.Uniform());
      case 3:
        return files_.FailCall(1 + random_.Below(12),
                               random_.Chance(0.5)
                                   ? absl::UnavailableError("EIO")
                                   : absl::ResourceExhaustedError("ENOSPC"));
      case 4:
        return files_.SetCapacity(random_.Chance(0.5) ? files_.used_bytes()
                                                      : kCapacity);
      case 5:
      case 6:
        return MoveCursor();
      case 7:
        log_->Roll().IgnoreError();
        return;
      case 8:
        if (log_->SyncCursors().ok()) synced_cursor_ = cursor_;
        return;
      case 9:
        return CheckContent();
      default:
        return AppendSome();
    }
  }

  void AppendSome() {
    for (uint64_t i = random_.Below(5); i > 0; --i) AppendOne();
    while (log_->Step()) {
    }
  }

  void AppendOne() { AppendBatch(RandomBatch(random_, 20)); }

  void AppendBatch(const EventBatchPtr& batch) {
    const uint64_t lane = random_.Next();
    const uint64_t id = next_id_++;
    appended_[id] = {ContentOf(*batch), lane};
    const absl::Status taken = log_->Append(
        batch, lane, [this, id](absl::StatusOr<EventBatchPtr> stored) {
          if (!stored.ok()) return;
          Appended& appended = appended_[id];
          appended.acked = true;
          appended.first_offset = (*stored)->identity().first_offset;
          if (appended.first_offset < end_offset_) {
            Violated(Cat("offset ", appended.first_offset, " was given twice"));
          }
          end_offset_ = appended.first_offset + (*stored)->size();
        });
    if (!taken.ok()) appended_.erase(id);
  }

  // To the beginning of a batch that was acked, or the end.
  void MoveCursor() {
    const LogStats stats = log_->Stats();
    int64_t target = stats.next_offset;
    if (random_.Chance(0.8)) {
      for (const auto& [id, appended] : appended_) {
        if (appended.acked && random_.Chance(0.3)) {
          target = appended.first_offset;
        }
      }
    }
    if (!log_->SetCursor(0, target).ok()) {
      return Violated(Cat("cursor ", target, " was refused"));
    }
    cursor_ = std::max(cursor_, target);
  }

  void Recover(bool lose_power) {
    files_.FailCall(0, absl::OkStatus());
    files_.SetCapacity(kCapacity);
    if (lose_power) {
      files_.Writeback(random_, random_.Uniform());
      NoteDropped();
      files_.Crash();
    } else if (log_->Close().ok()) {
      synced_cursor_ = cursor_;
    }
    NoteDropped();
    log_ = nullptr;
    // It opens on a full disk too.
    if (random_.Chance(0.3)) files_.SetCapacity(files_.used_bytes());
    Reopen();
    files_.SetCapacity(kCapacity);
    if (violation_.empty()) CheckContent();
  }

  // What the policy drops moves the cursor.
  void NoteDropped() {
    cursor_ = std::max(cursor_, log_->Stats().cursor_offset);
  }

  void Reopen() {
    auto log = EmbeddedLog::Open(options_, files_, clock_, logger_);
    if (!log.ok()) return Violated(Cat("open: ", log.status().ToString()));
    log_ = *std::move(log);
    const int64_t found = *log_->cursor(0);
    if (found > cursor_ || found < synced_cursor_) {
      return Violated(Cat("cursor is ", found, ", set to ", cursor_,
                          ", synced at ", synced_cursor_));
    }
    cursor_ = synced_cursor_ = found;
    if (log_->Stats().next_offset < end_offset_) {
      Violated(Cat("offsets begin again at ", log_->Stats().next_offset));
    }
  }

  void CheckContent() {
    files_.FailCall(0, absl::OkStatus());
    const int64_t cursor = *log_->cursor(0);
    std::map<int64_t, const Appended*> expected;
    for (const auto& [id, appended] : appended_) {
      if (appended.acked && appended.first_offset >= cursor) {
        expected[appended.first_offset] = &appended;
      }
    }
    auto reader = log_->Read(0, cursor);
    int64_t last_end = 0;
    while (violation_.empty()) {
      const auto entry = (*reader)->Next();
      if (!entry.ok()) return Violated(entry.status().ToString());
      if (!*entry) break;
      if ((*entry)->first_offset < last_end) return Violated("out of order");
      last_end = (*entry)->end_offset();
      CheckEntry(**entry);
      expected.erase((*entry)->first_offset);
    }
    if (!expected.empty()) {
      Violated(Cat("acked, and lost: offset ", expected.begin()->first, " of ",
                   expected.size()));
    }
  }

  void CheckEntry(const LogEntry& entry) {
    const std::string content = ContentOf(*entry.batch);
    for (const auto& [id, appended] : appended_) {
      const bool is_it = appended.acked
                             ? appended.first_offset == entry.first_offset
                             : appended.content == content;
      if (is_it && appended.content == content && appended.lane == entry.lane) {
        return;
      }
    }
    Violated(Cat("invented: offset ", entry.first_offset));
  }

  // A log that went through all that takes and gives events.
  void CheckAlive() {
    if (!log_->SetCursor(0, log_->Stats().next_offset).ok()) {
      return Violated("cursor at the end was refused");
    }
    cursor_ = log_->Stats().next_offset;
    const uint64_t before = log_->Stats().appended_batches;
    AppendOne();
    log_->Step();
    if (log_->Stats().appended_batches != before + 1) {
      return Violated("does not take events any more");
    }
    CheckContent();
    if (violation_.empty()) CheckHeals();
  }

  // On a disk that stays full a log takes events as soon as what it has is
  // final, or at once when it is to drop the oldest.
  void CheckHeals() {
    const bool drops = options_.full_policy == FullPolicy::kDropOldest;
    Fill();
    if (!drops && !log_->SetCursor(0, log_->Stats().next_offset).ok()) {
      return Violated("cursor at the end was refused");
    }
    clock_.Advance(options_.full_retry_delay);
    const uint64_t before = log_->Stats().appended_batches;
    const uint64_t dropped = log_->Stats().dropped_events;
    for (int i = 0; i < 3; ++i) AppendLarge();
    cursor_ = *log_->cursor(0);
    if (log_->Stats().appended_batches != before + 3) {
      return Violated("a full disk does not heal");
    }
    if (!drops && log_->Stats().dropped_events != dropped) {
      return Violated("dropped, though nobody said so");
    }
    CheckContent();
  }

  // Until the disk is full, with more than is appended then.
  void Fill() {
    for (int i = 0; i < 8; ++i) AppendLarge();
    log_->Roll().IgnoreError();
    files_.SetCapacity(files_.used_bytes());
    if (options_.full_policy != FullPolicy::kDropOldest) AppendLarge();
    cursor_ = *log_->cursor(0);
  }

  void AppendLarge() {
    AppendBatch(large_);
    log_->Step();
  }

  void Violated(const std::string& what) {
    if (violation_.empty()) violation_ = what;
  }

  Random random_;
  FakeClock clock_;
  SilentSink sink_;
  Logger logger_;
  SimulatedFileSystem files_;
  EmbeddedLogOptions options_;
  std::unique_ptr<EmbeddedLog> log_;
  const EventBatchPtr large_ = TestLargeBatch();
  std::map<uint64_t, Appended> appended_;
  uint64_t next_id_ = 0;
  int64_t end_offset_ = 0;  // Of the last batch that was acked.
  int64_t cursor_ = 0;
  int64_t synced_cursor_ = 0;
  std::string violation_;
};

}  // namespace

std::string RunLogModel(uint64_t seed) {
  const std::string violation = Model(seed).Run();
  return violation.empty() ? "" : Cat("seed ", seed, ": ", violation);
}

}  // namespace phoenix
