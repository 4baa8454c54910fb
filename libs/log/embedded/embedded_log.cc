#include "libs/log/embedded/embedded_log.h"

#include <sys/random.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_format.h"
#include "libs/base/failpoint.h"
#include "libs/base/status_builder.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

// How far the offset bound is raised at once: a sync for so many events.
constexpr int64_t kOffsetLease = 1 << 20;

// More than a log can have: whatever is behind the cursor may go.
constexpr uint64_t kEverything = uint64_t{1} << 62;

LogId DrawLogId() {
  LogId id;
  // So few bytes always come at once.
  static_cast<void>(getrandom(&id, sizeof(id), 0) > 0);
  return id;
}

absl::Status CheckName(std::string_view what, const std::string& name) {
  if (!name.empty() && name.size() <= EmbeddedLogOptions::kMaxNameBytes &&
      name.find('\n') == std::string::npos) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(Cat(what, " '", name, "': expected 1 to ",
                                        EmbeddedLogOptions::kMaxNameBytes,
                                        " bytes in one line"));
}

absl::Status CheckOptions(const EmbeddedLogOptions& options) {
  PHOENIX_RETURN_IF_ERROR(CheckName("pipeline", options.pipeline));
  PHOENIX_RETURN_IF_ERROR(CheckName("log name", options.name));
  if (options.folder.empty()) {
    return absl::InvalidArgumentError("folder of the log is empty");
  }
  if (options.max_bytes < EmbeddedLogOptions::kMinMaxBytes) {
    return absl::InvalidArgumentError(Cat("max_bytes ", options.max_bytes,
                                          ": expected at least ",
                                          EmbeddedLogOptions::kMinMaxBytes));
  }
  if (options.durability == Durability::kDisk ||
      options.durability == Durability::kOs) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      Cat("durability ", DurabilityName(options.durability),
          ": expected DISK or OS of a log in files"));
}

EmbeddedLogOptions WithDefaults(EmbeddedLogOptions options) {
  if (options.name.empty()) options.name = options.pipeline;
  while (options.folder.size() > 1 && options.folder.back() == '/') {
    options.folder.pop_back();
  }
  const uint64_t part = options.max_bytes / EmbeddedLogOptions::kMinSegments;
  options.segment_bytes = std::min(options.segment_bytes, part);
  // A group is stored as a whole: where the oldest are dropped for it, too.
  options.max_group_bytes = std::min(options.max_group_bytes, part);
  return options;
}

// A log that is made anew counts from 0 again: its events are others, and who
// remembers what it wrote of the old one must see that.
std::string IdentityName(const EmbeddedLogOptions& options, const LogId& id) {
  return absl::StrFormat("%s@%016x", options.name, id.high);
}

CommitterOptions CommitterOptionsOf(const EmbeddedLogOptions& options,
                                    const LogId& id) {
  return {.segments_folder = SegmentsFolder(options.folder),
          .log_id = id,
          .log_name = IdentityName(options, id),
          .durability = options.durability,
          .keep_identity = options.keep_identity,
          .segment_bytes = options.segment_bytes};
}

RetentionOptions RetentionOptionsOf(const EmbeddedLogOptions& options) {
  return {.segments_folder = SegmentsFolder(options.folder),
          .is_synced = options.durability == Durability::kDisk,
          .max_bytes = options.max_bytes,
          .retain_bytes = options.retain_bytes,
          .retain_age = options.retain_age};
}

void TellWhatWasFound(const RecoveredSegments& recovered,
                      const Logger& logger) {
  if (recovered.cut_bytes > 0) {
    logger.Info("The log was not closed, and its torn tail was cut.",
                {{"cut_bytes", recovered.cut_bytes}});
  }
  if (recovered.corrupt_records > 0) {
    logger.Error("Corrupt records of the log were put aside.",
                 {{"corrupt_records", recovered.corrupt_records}});
  }
  for (const MissingEvents& missing : recovered.missing_behind) {
    logger.Warn(
        "Segments behind the log's cursor are missing: their events can't be "
        "looked at or sent again. Put them back, or run `phoenix log repair "
        "DIR --accept-missing`.",
        {{"first_offset", missing.first_offset},
         {"end_offset", missing.end_offset}});
  }
  if (recovered.cursor_was_lost) {
    logger.Error(
        "The log's cursor is lost: all that is kept is sent again. Whether "
        "the newest segments are missing, too, nobody can tell.");
  }
  if (recovered.offsets_were_skipped) {
    logger.Warn(
        "The log's cursor was damaged: offsets go on far behind any that can "
        "have been given.",
        {{"next_offset", recovered.next_offset}});
  }
}

absl::Status UnknownPartition(int32_t partition) {
  return absl::OutOfRangeError(
      Cat("partition ", partition, ": this log has partition 0 only"));
}

}  // namespace

// What a log is made of.
struct EmbeddedLog::Opened {
  LogFolder folder;
  std::unique_ptr<Quarantine> quarantine;
  CursorFile cursor_file;
  RecoveredSegments recovered;
};

absl::StatusOr<std::unique_ptr<EmbeddedLog>> EmbeddedLog::Open(
    EmbeddedLogOptions options, FileSystem& files, Clock& clock,
    const Logger& logger) {
  options = WithDefaults(std::move(options));
  PHOENIX_RETURN_IF_ERROR(CheckOptions(options));
  const Logger own = logger.With({{"log", options.name}});
  auto opened = OpenFolder(options, files, clock, own);
  if (!opened.ok()) {
    return StatusBuilder(opened.status())
        .Context(Cat("log folder '", options.folder, "'"))
        .Build();
  }
  return std::unique_ptr<EmbeddedLog>(new EmbeddedLog(
      std::move(options), files, clock, own, *std::move(opened)));
}

absl::StatusOr<EmbeddedLog::Opened> EmbeddedLog::OpenFolder(
    const EmbeddedLogOptions& options, FileSystem& files, Clock& clock,
    const Logger& logger) {
  const LogMeta wanted = {kLogFormatVersion, DrawLogId(), options.pipeline};
  PHOENIX_ASSIGN_OR_RETURN(LogFolder folder,
                           OpenLogFolder(files, options.folder, wanted));
  PHOENIX_ASSIGN_OR_RETURN(
      auto quarantine,
      Quarantine::Open(files, QuarantineFolder(options.folder)));
  PHOENIX_ASSIGN_OR_RETURN(
      CursorFile cursor_file,
      CursorFile::Open(files, options.folder, folder.meta.id));
  PHOENIX_ASSIGN_OR_RETURN(
      RecoveredSegments recovered,
      RecoverSegments({files, options.folder, folder.meta.id, cursor_file,
                       *quarantine, options.durability == Durability::kDisk,
                       clock.Now()}));
  TellWhatWasFound(recovered, logger);
  // Nobody gets an offset again that somebody may have had.
  recovered.cursor.offset_bound =
      std::max(recovered.cursor.offset_bound, recovered.next_offset);
  PHOENIX_RETURN_IF_ERROR(cursor_file.Mend(recovered.cursor));
  return Opened{std::move(folder), std::move(quarantine),
                std::move(cursor_file), std::move(recovered)};
}

EmbeddedLog::EmbeddedLog(EmbeddedLogOptions options, FileSystem& files,
                         Clock& clock, const Logger& logger, Opened opened)
    : options_(std::move(options)),
      segments_folder_(SegmentsFolder(options_.folder)),
      files_(files),
      clock_(clock),
      logger_(logger),
      meta_(std::move(opened.folder.meta)),
      lock_(std::move(opened.folder.lock)),
      quarantine_(std::move(opened.quarantine)),
      catalog_(opened.recovered.segments, opened.recovered.next_offset,
               options_.recent_bytes),
      committer_(CommitterOptionsOf(options_, meta_.id), files, clock, catalog_,
                 opened.recovered.segments.empty()
                     ? Segment()
                     : opened.recovered.segments.back(),
                 opened.recovered.next_offset),
      retention_(RetentionOptionsOf(options_), files, clock, catalog_,
                 std::move(opened.cursor_file), opened.recovered.cursor),
      reserve_(files, options_.folder),
      queue_(options_.max_queued_bytes),
      cursor_(opened.recovered.cursor) {
  if (options_.has_thread) thread_ = std::thread([this] { Loop(); });
}

EmbeddedLog::~EmbeddedLog() { Close().IgnoreError(); }

absl::Status EmbeddedLog::Refusal(std::string_view reason,
                                  std::string_view why) const {
  return StatusBuilder(absl::StatusCode::kResourceExhausted,
                       Cat("log '", options_.name, "': ", why))
      .Reason(reason)
      .Metadata("limitedBy", Cat("log '", options_.name, "'"))
      .RetryAfter(options_.full_retry_delay);
}

absl::Status EmbeddedLog::CheckRoom(uint64_t bytes) const {
  if (closing_) {
    return absl::FailedPreconditionError(
        Cat("log '", options_.name, "' is closed"));
  }
  if (clock_.MonotonicNanos() < full_until_nanos_) {
    return Refusal("LOG_FULL", "the disk is full");
  }
  if (!queue_.HasRoomFor(bytes)) {
    return Refusal("QUEUE_FULL", Cat(queue_.bytes(),
                                     " bytes wait for the disk, "
                                     "at most ",
                                     options_.max_queued_bytes));
  }
  if (options_.full_policy == FullPolicy::kDropOldest) return absl::OkStatus();
  const uint64_t held =
      catalog_.BytesFrom(cursor_.cursor_offset) + queue_.bytes();
  // One batch always goes into an empty log, whatever its size.
  if (held == 0 || held + bytes <= options_.max_bytes) return absl::OkStatus();
  return Refusal(
      "LOG_FULL",
      Cat(held, " bytes wait for their outcome, at most ", options_.max_bytes));
}

// Whoever waits for room is called when there is as much as was refused: for
// less they would only be refused again.
absl::Status EmbeddedLog::TakeOrRefuse(uint64_t bytes) {
  absl::Status status = CheckRoom(bytes);
  if (absl::IsResourceExhausted(status)) {
    refused_bytes_ = std::max(refused_bytes_, bytes);
  }
  return status;
}

absl::Status EmbeddedLog::Append(EventBatchPtr batch, uint64_t lane,
                                 AppendCallback done) {
  {
    // Before time is spent on encoding.
    MutexLock lock(mutex_);
    PHOENIX_RETURN_IF_ERROR(TakeOrRefuse(batch->memory_bytes()));
  }
  PHOENIX_ASSIGN_OR_RETURN(RecordBody body,
                           EncodeRecordBody(*batch, options_.compression));
  PendingAppend append{std::move(batch), lane, std::move(done),
                       std::move(body)};
  MutexLock lock(mutex_);
  PHOENIX_RETURN_IF_ERROR(TakeOrRefuse(append.record_bytes()));
  const bool was_idle = queue_.empty();
  queue_.Push(std::move(append));
  if (was_idle) wake_.NotifyOne();
  return absl::OkStatus();
}

void EmbeddedLog::WhenRoom(absl::AnyInvocable<void()> callback) {
  MutexLock lock(mutex_);
  room_waiters_.push_back(std::move(callback));
  waiters_are_new_ = true;
  wake_.NotifyOne();
}

absl::StatusOr<std::unique_ptr<LogReader>> EmbeddedLog::Read(
    int32_t partition, int64_t from_offset) {
  if (partition != 0) return UnknownPartition(partition);
  const ReaderInput input = {files_,   segments_folder_, meta_.id,
                             catalog_, *quarantine_,     *this,
                             logger_};
  return std::make_unique<EmbeddedReader>(input, from_offset);
}

absl::StatusOr<std::unique_ptr<LogReader>> EmbeddedLog::ReadFrom(
    int32_t partition, absl::Time from) {
  if (partition != 0) return UnknownPartition(partition);
  const ReaderInput input = {files_,   segments_folder_, meta_.id,
                             catalog_, *quarantine_,     *this,
                             logger_};
  const auto first = catalog_.FindByTime(from);
  const int64_t offset = first ? first->base_offset : catalog_.end_offset();
  return std::make_unique<EmbeddedReader>(input, offset, from);
}

absl::Status EmbeddedLog::SetCursor(int32_t partition, int64_t offset) {
  if (partition != 0) return UnknownPartition(partition);
  const int64_t end = catalog_.end_offset();
  if (offset > end) {
    return absl::OutOfRangeError(
        Cat("cursor ", offset, ": the log ends at ", end));
  }
  MutexLock lock(mutex_);
  if (offset <= cursor_.cursor_offset) return absl::OkStatus();
  cursor_.cursor_offset = offset;
  waiters_are_new_ |= !room_waiters_.empty();
  if (MarkCursorMoved() || waiters_are_new_) wake_.NotifyOne();
  return absl::OkStatus();
}

// The cursor file is to be written soon. False when that was known.
bool EmbeddedLog::MarkCursorMoved() {
  if (cursor_moved_) return false;
  cursor_moved_ = true;
  cursor_due_nanos_ = clock_.MonotonicNanos() +
                      absl::ToInt64Nanoseconds(options_.cursor_interval);
  return true;
}

absl::StatusOr<int64_t> EmbeddedLog::cursor(int32_t partition) const {
  if (partition != 0) return UnknownPartition(partition);
  MutexLock lock(mutex_);
  return cursor_.cursor_offset;
}

absl::Status EmbeddedLog::SyncCursors() {
  MutexLock lock(file_mutex_);
  return SaveCursor();
}

LogStats EmbeddedLog::Stats() const {
  const Quarantine::Counts corrupt = quarantine_->counts();
  MutexLock lock(mutex_);
  LogStats stats = stats_;
  stats.bytes = catalog_.bytes();
  stats.segments = catalog_.segments().size();
  stats.first_offset = catalog_.first_offset();
  stats.cursor_offset = cursor_.cursor_offset;
  stats.next_offset = catalog_.end_offset();
  stats.queued_bytes = queue_.bytes();
  stats.corrupt_records = corrupt.records;
  stats.corrupt_events = corrupt.events;
  stats.quarantined_bytes = corrupt.bytes;
  stats.dropped_events = cursor_.dropped_events;
  return stats;
}

std::optional<BatchIdentity> EmbeddedLog::next_identity() const {
  return BatchIdentity{IdentityName(options_, meta_.id), 0,
                       catalog_.end_offset()};
}

void EmbeddedLog::WaitForMore(const LogReader& reader, int64_t position,
                              absl::AnyInvocable<void()> callback) {
  MutexLock lock(mutex_);
  more_waiters_[&reader] = {position, std::move(callback)};
  waiters_are_new_ = true;
  wake_.NotifyOne();
}

void EmbeddedLog::StopWaiting(const LogReader& reader) {
  MutexLock lock(mutex_);
  more_waiters_.erase(&reader);
}

bool EmbeddedLog::CursorIsDue() const {
  return cursor_moved_ && clock_.MonotonicNanos() >= cursor_due_nanos_;
}

bool EmbeddedLog::HasWork() const {
  return !queue_.empty() || waiters_are_new_ || closing_ || CursorIsDue() ||
         TimeToWork() <= absl::ZeroDuration();
}

// Until something is due that nobody announces.
absl::Duration EmbeddedLog::TimeToWork() const {
  absl::Duration time = absl::InfiniteDuration();
  const auto until = [this](int64_t nanos) {
    return absl::Nanoseconds(nanos - clock_.MonotonicNanos());
  };
  if (cursor_moved_) time = until(cursor_due_nanos_);
  if (!room_waiters_.empty() && full_until_nanos_ > 0) {
    time = std::min(time, until(full_until_nanos_));
  }
  if (!refusal_.ok()) time = std::min(time, until(probe_due_nanos_));
  if (options_.retain_age < absl::InfiniteDuration()) {
    time = std::min(time, until(aged_due_nanos_));
  }
  return time;
}

// False when there will be none any more.
bool EmbeddedLog::WaitForWork() {
  MutexLock lock(mutex_);
  while (!HasWork()) {
    const absl::Duration time = TimeToWork();
    if (time == absl::InfiniteDuration()) {
      wake_.Wait(mutex_);
    } else {
      wake_.WaitFor(mutex_, absl::ToChronoNanoseconds(time));
    }
  }
  return !closing_ || !queue_.empty();
}

void EmbeddedLog::Loop() {
  while (WaitForWork()) Step();
}

bool EmbeddedLog::Step() {
  CommitGroup();
  SaveCursorIfDue();
  ProbeIfDue();
  DeleteAgedIfDue();
  CallWaiters();
  MutexLock lock(mutex_);
  return !queue_.empty();
}

bool EmbeddedLog::CommitGroup() {
  std::vector<PendingAppend> group;
  {
    MutexLock lock(mutex_);
    group = queue_.TakeGroup(options_.max_group_bytes);
  }
  if (group.empty()) return false;
  uint64_t bytes = 0;
  for (const PendingAppend& append : group) bytes += append.record_bytes();
  const auto stored = Store(absl::MakeSpan(group), bytes);
  PHOENIX_FAILPOINT("log.append.before_ack").IgnoreError();
  Finish(absl::MakeSpan(group), bytes, stored);
  return true;
}

absl::StatusOr<std::vector<EventBatchPtr>> EmbeddedLog::Store(
    absl::Span<PendingAppend> group, uint64_t bytes) {
  MutexLock lock(file_mutex_);
  auto stored = TryToStore(group, bytes);
  while (absl::IsResourceExhausted(stored.status()) && FreeDisk()) {
    stored = TryToStore(group, bytes);
  }
  MutexLock state(mutex_);
  stats_.syncs = committer_.syncs();
  return stored;
}

absl::StatusOr<std::vector<EventBatchPtr>> EmbeddedLog::TryToStore(
    absl::Span<PendingAppend> group, uint64_t bytes) {
  PHOENIX_RETURN_IF_ERROR(MakeRoomFor(bytes));
  PHOENIX_RETURN_IF_ERROR(reserve_.Take());
  PHOENIX_RETURN_IF_ERROR(RaiseOffsetBound(group));
  PHOENIX_ASSIGN_OR_RETURN(auto stored, committer_.Commit(group));
  // Before the ack, for it tells when acked events are taken away.
  const absl::Status noted = retention_.NoteNewest();
  if (!noted.ok()) {
    logger_.Warn("The log's newest segment could not be noted.",
                 {{"error", noted}});
  }
  return stored;
}

// The disk is full: what is kept for replay alone goes, or, when told so, the
// oldest. False when nothing could be deleted.
bool EmbeddedLog::FreeDisk() {
  const size_t before = catalog_.segment_count();
  reserve_.GiveUp();
  absl::Status status = DeleteWhatMayGo();
  const bool drops = options_.full_policy == FullPolicy::kDropOldest;
  if (status.ok() && drops && before > 0 &&
      catalog_.segment_count() == before) {
    status = DropOldest(kEverything);
  }
  if (!status.ok()) {
    logger_.Warn("No room could be made on a full disk.", {{"error", status}});
  }
  return catalog_.segment_count() < before;
}

absl::Status EmbeddedLog::DeleteWhatMayGo() {
  PHOENIX_RETURN_IF_ERROR(SaveCursor());
  SealIfFinal();
  return retention_.DeleteSettled(kEverything);
}

// What is being written can't be deleted.
void EmbeddedLog::SealIfFinal() {
  if (catalog_.BytesFrom(retention_.saved().cursor_offset) == 0) {
    committer_.SealSegment(/*sync=*/false).IgnoreError();
  }
}

absl::Status EmbeddedLog::MakeRoomFor(uint64_t bytes) {
  if (retention_.HasRoomFor(bytes)) return absl::OkStatus();
  PHOENIX_RETURN_IF_ERROR(SaveCursor());
  SealIfFinal();
  PHOENIX_RETURN_IF_ERROR(retention_.DeleteSettled(bytes));
  if (options_.full_policy != FullPolicy::kDropOldest) return absl::OkStatus();
  size_t left = catalog_.segment_count();
  while (!retention_.HasRoomFor(bytes) && left > 0) {
    PHOENIX_RETURN_IF_ERROR(DropOldest(bytes));
    // One that is empty and about to be written stays.
    if (catalog_.segment_count() == left) break;
    left = catalog_.segment_count();
  }
  return absl::OkStatus();
}

absl::Status EmbeddedLog::DropOldest(uint64_t bytes) {
  PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("log.drop.before_cursor"));
  const Segment oldest = catalog_.segments().front();
  if (catalog_.IsOpen(oldest.base_offset)) {
    committer_.SealSegment(/*sync=*/false).IgnoreError();
  }
  {
    MutexLock lock(mutex_);
    const int64_t first = std::max(cursor_.cursor_offset, oldest.base_offset);
    if (oldest.end_offset > first) {
      cursor_.dropped_events +=
          static_cast<uint64_t>(oldest.end_offset - first);
      cursor_.cursor_offset = oldest.end_offset;
      cursor_moved_ = true;
    }
  }
  PHOENIX_RETURN_IF_ERROR(SaveCursor());
  return retention_.DeleteSettled(bytes);
}

// Without a sync before the ack, a loss of power takes events with it that may
// have gone on: their offsets must not be given again.
absl::Status EmbeddedLog::RaiseOffsetBound(absl::Span<PendingAppend> group) {
  if (options_.durability != Durability::kOs) return absl::OkStatus();
  int64_t end = committer_.next_offset();
  for (const PendingAppend& append : group) end += append.batch->size();
  int64_t saved_bound = 0;
  {
    MutexLock lock(mutex_);
    saved_bound = cursor_.offset_bound;
    if (end <= saved_bound) return absl::OkStatus();
    cursor_.offset_bound = end + kOffsetLease;
    cursor_moved_ = true;
  }
  const absl::Status saved = SaveCursor();
  if (!saved.ok()) {
    MutexLock lock(mutex_);
    cursor_.offset_bound = saved_bound;
  }
  return saved;
}

void EmbeddedLog::Finish(
    absl::Span<PendingAppend> group, uint64_t bytes,
    const absl::StatusOr<std::vector<EventBatchPtr>>& stored) {
  absl::Status refusal = stored.status();
  if (absl::IsResourceExhausted(refusal)) {
    refusal = Refusal("LOG_FULL", FromAbsl(refusal.message()));
  }
  {
    MutexLock lock(mutex_);
    queue_.Finished(bytes);
    ++stats_.groups;
    stats_.failed_groups += !stored.ok();
    if (!stored.ok()) probe_bytes_ = bytes;
    if (absl::IsResourceExhausted(refusal)) {
      full_until_nanos_ = clock_.MonotonicNanos() +
                          absl::ToInt64Nanoseconds(options_.full_retry_delay);
    } else if (stored.ok()) {
      full_until_nanos_ = 0;
      // For the end that it notes.
      if (options_.durability == Durability::kDisk) MarkCursorMoved();
      stats_.appended_batches += group.size();
      for (const EventBatchPtr& batch : *stored) {
        stats_.appended_events += batch->size();
      }
    }
  }
  NoteStorage(stored.status());
  for (size_t i = 0; i < group.size(); ++i) {
    if (stored.ok()) {
      group[i].done((*stored)[i]);
    } else {
      group[i].done(refusal);
    }
  }
  if (!stored.ok()) RefuseWhatFollows(refusal);
}

// Who appends again what was refused, in order, finds nothing of it stored.
void EmbeddedLog::RefuseWhatFollows(const absl::Status& refusal) {
  std::vector<PendingAppend> following;
  {
    MutexLock lock(mutex_);
    following = queue_.TakeGroup(kEverything);
    for (const PendingAppend& append : following) {
      queue_.Finished(append.record_bytes());
    }
  }
  for (PendingAppend& append : following) append.done(refusal);
}

// How it went to store something.
void EmbeddedLog::NoteStorage(const absl::Status& status) {
  bool refused_before = false;
  {
    MutexLock lock(mutex_);
    refused_before = !refusal_.ok();
    refusal_ = status;
    probe_due_nanos_ = clock_.MonotonicNanos() +
                       absl::ToInt64Nanoseconds(options_.probe_interval);
  }
  if (!status.ok()) {
    logger_.Warn("Events could not be stored.", {{"error", status}});
  } else if (refused_before) {
    logger_.Info("The log's storage takes events again.");
  }
}

// While the log says that it refuses nobody may append: it tries for itself.
void EmbeddedLog::ProbeIfDue() {
  uint64_t bytes = 0;
  {
    MutexLock lock(mutex_);
    const bool is_due =
        !refusal_.ok() && clock_.MonotonicNanos() >= probe_due_nanos_;
    if (!is_due) return;
    bytes = probe_bytes_;
  }
  MutexLock lock(file_mutex_);
  absl::Status probed = Probe(bytes);
  if (absl::IsResourceExhausted(probed) && DeleteWhatMayGo().ok()) {
    probed = Probe(bytes);
  }
  NoteStorage(probed);
}

absl::Status EmbeddedLog::Probe(uint64_t bytes) {
  PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("log.append.before_write"));
  PHOENIX_RETURN_IF_ERROR(reserve_.Take());
  PHOENIX_RETURN_IF_ERROR(committer_.EnsureRoom(bytes));
  return retention_.Save(retention_.saved());
}

std::string EmbeddedLog::Refuses() const {
  MutexLock lock(mutex_);
  return std::string(refusal_.message());
}

absl::Status EmbeddedLog::SaveCursor() {
  CursorState state;
  {
    MutexLock lock(mutex_);
    if (!cursor_moved_) return absl::OkStatus();
    state = cursor_;
    cursor_moved_ = false;
  }
  const absl::Status saved = retention_.Save(state);
  if (!saved.ok()) {
    MutexLock lock(mutex_);
    MarkCursorMoved();
  }
  return saved;
}

void EmbeddedLog::SaveCursorIfDue() {
  {
    MutexLock lock(mutex_);
    if (!CursorIsDue()) return;
  }
  MutexLock lock(file_mutex_);
  absl::Status status = SaveCursor();
  if (status.ok()) status = retention_.DeleteSettled(/*bytes_to_come=*/0);
  if (!status.ok()) {
    logger_.Warn(
        "The log's cursor could not be written, or what it has passed "
        "not be deleted.",
        {{"error", status}});
  }
}

// What is being written can't be deleted: it is sealed before it is too old.
void EmbeddedLog::DeleteAgedIfDue() {
  if (options_.retain_age == absl::InfiniteDuration()) return;
  const absl::Duration step = RetentionOptionsOf(options_).age_step();
  {
    MutexLock lock(mutex_);
    const int64_t now = clock_.MonotonicNanos();
    if (now < aged_due_nanos_) return;
    aged_due_nanos_ = now + absl::ToInt64Nanoseconds(step);
  }
  MutexLock lock(file_mutex_);
  committer_.SealOlderThan(step).IgnoreError();
  const absl::Status deleted = retention_.DeleteSettled(/*bytes_to_come=*/0);
  if (!deleted.ok()) {
    logger_.Warn("What is too old could not be deleted from the log.",
                 {{"error", deleted}});
  }
}

void EmbeddedLog::CallWaiters() {
  std::vector<absl::AnyInvocable<void()>> callbacks;
  {
    MutexLock lock(mutex_);
    waiters_are_new_ = false;
    if (clock_.MonotonicNanos() >= full_until_nanos_) full_until_nanos_ = 0;
    if (!room_waiters_.empty() && CheckRoom(refused_bytes_).ok()) {
      callbacks.swap(room_waiters_);
      refused_bytes_ = 0;
    }
    const int64_t end = catalog_.end_offset();
    for (auto waiter = more_waiters_.begin(); waiter != more_waiters_.end();) {
      if (waiter->second.position < end) {
        callbacks.push_back(std::move(waiter->second.callback));
        waiter = more_waiters_.erase(waiter);
      } else {
        ++waiter;
      }
    }
  }
  for (auto& callback : callbacks) callback();
}

absl::Status EmbeddedLog::Roll() {
  MutexLock lock(file_mutex_);
  return committer_.SealSegment(/*sync=*/true);
}

absl::Status EmbeddedLog::Close() {
  MutexLock lock(close_mutex_);
  if (closed_) return close_status_;
  closed_ = true;
  {
    MutexLock state(mutex_);
    closing_ = true;
    wake_.NotifyOne();
  }
  if (thread_.joinable()) thread_.join();
  while (Step()) {
  }
  close_status_ = CloseFiles();
  return close_status_;
}

absl::Status EmbeddedLog::CloseFiles() {
  MutexLock lock(file_mutex_);
  absl::Status sealed = committer_.SealSegment(/*sync=*/true);
  {
    MutexLock state(mutex_);
    if (sealed.ok() && options_.durability == Durability::kOs) {
      cursor_.offset_bound = committer_.next_offset();
      cursor_moved_ = true;
    }
  }
  absl::Status saved = SaveCursor();
  if (saved.ok()) saved = retention_.DeleteSettled(/*bytes_to_come=*/0);
  if (saved.ok()) saved = retention_.NoteEnd();
  return sealed.ok() ? saved : sealed;
}

}  // namespace phoenix
