#include "libs/log/kafka/log_consumer.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/handles.h"
#include "libs/kafka/topic_admin.h"
#include "libs/log/kafka/fetched_record.h"
#include "libs/log/kafka/log_record.h"
#include "libs/telemetry/log.h"

namespace phoenix {
namespace {

// How long the thread waits for records; the same while a partition that is
// paused may go on, or a reader is to be called.
constexpr absl::Duration kPollInterval = absl::Milliseconds(50);
constexpr absl::Duration kImpatientPollInterval = absl::Milliseconds(2);

constexpr std::chrono::milliseconds kReopenInterval{1000};

// How often brokers are asked how much there is to read, and how long reading
// waits for the answer.
constexpr absl::Duration kEndsInterval = absl::Seconds(5);
constexpr absl::Duration kEndsTimeout = absl::Milliseconds(500);

// How long a question to the brokers may take while others wait for the answer.
constexpr absl::Duration kAskTimeout = absl::Seconds(10);

// The same when all stands still meanwhile, and it can be asked again.
constexpr absl::Duration kCheckTimeout = absl::Seconds(3);

GroupConsumerOptions ConsumerOptions(const KafkaLogOptions& options) {
  return {.connection = options.connection,
          .topics = {options.topic},
          .group = options.group,
          .max_buffer_bytes = options.max_buffer_bytes,
          .tell_out_of_range = true};
}

std::string SessionTimeout(const KafkaConnection& connection) {
  const auto set = connection.properties.find("session.timeout.ms");
  // Else as librdkafka has it.
  return set == connection.properties.end() ? "45000" : set->second;
}

class FeedReader : public LogReader {
 public:
  FeedReader(std::shared_ptr<PartitionFeed> feed, uint64_t number)
      : feed_(std::move(feed)), number_(number) {}

  absl::StatusOr<std::optional<LogEntry>> Next() override {
    return feed_->Next(number_);
  }
  void WhenMore(absl::AnyInvocable<void()> callback) override {
    feed_->WhenMore(number_, std::move(callback));
  }
  int64_t position() const override { return feed_->position(); }

 private:
  const std::shared_ptr<PartitionFeed> feed_;
  const uint64_t number_;
};

}  // namespace

LogConsumer::LogConsumer(const KafkaLogOptions& options, const LogTopic& topic,
                         Clock& clock)
    : options_(options),
      topic_(topic),
      clock_(clock),
      counters_(std::make_shared<PartitionFeed::Counters>()),
      consumer_(ConsumerOptions(options), *this) {}

LogConsumer::~LogConsumer() { Close().IgnoreError(); }

absl::Status LogConsumer::Start(PartitionListener& listener) {
  listener_ = &listener;
  joins_since_nanos_ = clock_.MonotonicNanos();
  PHOENIX_RETURN_IF_ERROR(consumer_.Open());
  thread_ = std::thread([this] { Run(); });
  MutexLock lock(mutex_);
  started_ = true;
  return absl::OkStatus();
}

// Reading.

std::shared_ptr<PartitionFeed> LogConsumer::FeedOf(int32_t partition) const {
  MutexLock lock(mutex_);
  const auto found = assigned_.find(partition);
  return found == assigned_.end() ? nullptr : found->second.feed;
}

absl::Status LogConsumer::NotAssigned(int32_t partition) const {
  return absl::FailedPreconditionError(Cat(
      "partition ", partition, " of topic '", options_.topic,
      "' is not assigned to this instance of group '", options_.group, "'"));
}

absl::StatusOr<std::unique_ptr<LogReader>> LogConsumer::Read(
    int32_t partition, int64_t from_offset) {
  auto feed = FeedOf(partition);
  if (feed == nullptr) return NotAssigned(partition);
  const uint64_t number = feed->Rewind(from_offset);
  return std::make_unique<FeedReader>(std::move(feed), number);
}

absl::StatusOr<std::unique_ptr<LogReader>> LogConsumer::ReadFrom(
    int32_t partition, absl::Time from) {
  if (FeedOf(partition) == nullptr) return NotAssigned(partition);
  // With a client of its own: the thread's is the thread's alone.
  PHOENIX_ASSIGN_OR_RETURN(auto conf, MakeKafkaConf(options_.connection, {}));
  PHOENIX_ASSIGN_OR_RETURN(const KafkaClientPtr client,
                           MakeKafkaClient(RD_KAFKA_CONSUMER, std::move(conf)));
  PHOENIX_ASSIGN_OR_RETURN(const int64_t record,
                           TopicAdmin(*client, kAskTimeout)
                               .FindOffset(options_.topic, partition, from));
  return Read(partition, FirstEventOf(record));
}

absl::Status LogConsumer::SetCursor(int32_t partition, int64_t offset) {
  const auto feed = FeedOf(partition);
  return feed == nullptr ? absl::OkStatus() : feed->SetCursor(offset);
}

absl::StatusOr<int64_t> LogConsumer::cursor(int32_t partition) const {
  const auto feed = FeedOf(partition);
  if (feed == nullptr) return NotAssigned(partition);
  return feed->cursor();
}

bool LogConsumer::IsAssigned(int32_t partition) const {
  return FeedOf(partition) != nullptr;
}

std::map<int32_t, int64_t> LogConsumer::read_ends() const {
  MutexLock lock(mutex_);
  std::map<int32_t, int64_t> ends;
  for (const auto& [partition, one] : assigned_) {
    ends[partition] = one.feed->read_end();
  }
  return ends;
}

uint64_t LogConsumer::lag_records() const {
  MutexLock lock(mutex_);
  uint64_t lag = 0;
  for (const auto& [partition, one] : assigned_) {
    const int64_t end = std::max(one.marks.high, one.feed->read_end());
    const int64_t begin = std::max(one.marks.low, one.feed->final_end());
    lag += static_cast<uint64_t>(std::max<int64_t>(end - begin, 0));
  }
  return lag;
}

uint64_t LogConsumer::expired_records() const {
  MutexLock lock(mutex_);
  return expired_records_;
}

// The thread.

void LogConsumer::Run() {
  while (true) {
    {
      MutexLock lock(mutex_);
      if (stopping_) break;
    }
    if (consumer_.failed() || must_reopen_) Reopen();
    if (consumer_.failed()) continue;
    consumer_.Poll(
        PollInterval(), kMaxRoundRecords,
        [this](const rd_kafka_message_t& message) { Take(message); });
    WatchJoin();
    RewindWhereNeeded();
    PauseWhereNeeded();
    CallReaders();
    CommitIfDue();
    FindEndsIfDue();
  }
  // Revokes what is assigned, and so commits it.
  consumer_.Close();
}

void LogConsumer::Reopen() {
  Logger::Process().Error("The log's consumer begins anew.",
                          {{"topic", options_.topic}});
  consumer_.Close();
  // Members that fence each other would do so without end.
  if (!topic_is_new_) PauseReopening();
  must_reopen_ = topic_is_new_ = false;
  joins_since_nanos_ = clock_.MonotonicNanos();
  const absl::Status opened = consumer_.Open();
  if (opened.ok()) return;
  Logger::Process().Error("The log's consumer can't begin anew.",
                          {{"error", opened}});
  PauseReopening();
}

void LogConsumer::PauseReopening() {
  MutexLock lock(mutex_);
  if (!stopping_) changed_.WaitFor(mutex_, kReopenInterval);
}

// Brokers hold the answer back for as long as a member that was killed may
// still come back.
void LogConsumer::WatchJoin() {
  MutexLock lock(mutex_);
  if (consumer_.has_share()) {
    waits_for_.clear();
    return;
  }
  const absl::Duration joining =
      absl::Nanoseconds(clock_.MonotonicNanos() - joins_since_nanos_);
  if (joining < kUsualJoin || !waits_for_.empty()) return;
  waits_for_ =
      Cat("group '", options_.group,
          "' has not given out its partitions yet: a member that was killed is "
          "waited for until its session.timeout.ms, ",
          SessionTimeout(options_.connection), ", has passed");
  Logger::Process().Info(
      "Nothing of the log is read yet: its consumer group waits for a former "
      "member.",
      {{"topic", options_.topic},
       {"group", options_.group},
       {"session_timeout_ms", SessionTimeout(options_.connection)}});
}

std::string LogConsumer::WaitsFor() const {
  std::string stands_still = StandsStill();
  if (!stands_still.empty()) return stands_still;
  MutexLock lock(mutex_);
  return waits_for_;
}

std::string LogConsumer::StandsStill() const {
  MutexLock lock(mutex_);
  for (const auto& [partition, one] : assigned_) {
    if (!one.stands_still.empty()) return one.stands_still;
  }
  return "";
}

absl::Duration LogConsumer::PollInterval() const {
  MutexLock lock(mutex_);
  for (const auto& [partition, one] : assigned_) {
    if (one.paused) return kImpatientPollInterval;
  }
  return kPollInterval;
}

void LogConsumer::Take(const rd_kafka_message_t& message) {
  const auto feed = FeedOf(message.partition);
  if (feed == nullptr) return;
  feed->Add(FetchedRecordOf(message));
}

// A partition may hold its share of what may be held, and goes on when half of
// that has been read: what was fetched for a partition that is paused is
// fetched again.
void LogConsumer::PauseWhereNeeded() {
  MutexLock lock(mutex_);
  const size_t share =
      options_.max_buffer_bytes / std::max<size_t>(assigned_.size(), 1);
  for (auto& [partition, one] : assigned_) {
    const size_t held = one.feed->held_bytes();
    const bool pause = one.paused ? held > share / 2 : held > share;
    if (pause == one.paused) continue;
    one.paused = pause;
    if (pause) {
      consumer_.Pause({options_.topic, partition});
    } else {
      consumer_.Resume({options_.topic, partition});
    }
  }
}

void LogConsumer::RewindWhereNeeded() {
  for (TopicPartition& place : AllAssigned()) {
    const auto feed = FeedOf(place.partition);
    const std::optional<int64_t> record = feed->rewind();
    if (!record) continue;
    place.offset = *record;
    const absl::Status sought = consumer_.Seek(place);
    if (sought.ok()) {
      feed->RewindDone();
    } else {
      Logger::Process().Warn("The log's consumer can't go back, trying again.",
                             {{"error", sought}});
    }
  }
}

// Readers that asked after more had come.
void LogConsumer::CallReaders() {
  for (const TopicPartition& place : AllAssigned()) {
    auto callback = FeedOf(place.partition)->TakeDueCallback();
    if (callback) callback();
  }
}

std::vector<TopicPartition> LogConsumer::AllAssigned() const {
  MutexLock lock(mutex_);
  std::vector<TopicPartition> all;
  for (const auto& [partition, one] : assigned_) {
    all.push_back({options_.topic, partition});
  }
  return all;
}

// Committing.

void LogConsumer::CommitIfDue() {
  uint64_t wanted = 0;
  {
    MutexLock lock(mutex_);
    wanted = syncs_wanted_;
    const bool sync = wanted > syncs_done_;
    if (!sync && !IsFarAhead() &&
        clock_.MonotonicNanos() < next_commit_nanos_) {
      return;
    }
    if (!sync) wanted = 0;
  }
  // Before, for it takes a while, in which a rebalance may begin.
  const absl::Status checked = CheckBirthsIfDue();
  if (!checked.ok()) {
    Logger::Process().Warn("The topic of the log can't be looked at.",
                           {{"topic", options_.topic}, {"error", checked}});
  }
  if (topic_is_new_ || consumer_.is_rebalancing()) return;
  next_commit_nanos_ = clock_.MonotonicNanos() +
                       absl::ToInt64Nanoseconds(options_.commit_interval);
  if (wanted > 0) OnCommitFailed();
  const absl::Status status = Commit(AllAssigned(), /*wait=*/wanted > 0);
  MutexLock lock(mutex_);
  if (wanted == 0) return;
  syncs_done_ = wanted;
  sync_status_ = status;
  changed_.NotifyAll();
}

bool LogConsumer::IsFarAhead() const {
  for (const auto& [partition, one] : assigned_) {
    if (one.feed->final_end() - one.asked >= kMaxUncommittedRecords) {
      return true;
    }
  }
  return false;
}

absl::Status LogConsumer::Commit(const std::vector<TopicPartition>& of,
                                 bool wait) {
  const std::vector<TopicPartition> offsets = Due(of);
  {
    MutexLock lock(mutex_);
    for (const TopicPartition& one : offsets) {
      Assigned& place = assigned_[one.partition];
      place.committed = place.asked = one.offset;
    }
  }
  if (!offsets.empty()) has_committed_ = true;
  return consumer_.Commit(offsets, wait);
}

// What there is to commit.
std::vector<TopicPartition> LogConsumer::Due(
    const std::vector<TopicPartition>& of) {
  std::vector<TopicPartition> due;
  MutexLock lock(mutex_);
  for (const TopicPartition& place : of) {
    const auto found = assigned_.find(place.partition);
    if (found == assigned_.end()) continue;
    const auto birth = found->second.feed->birth();
    const int64_t end = found->second.feed->final_end();
    if (!birth || end <= found->second.committed) continue;
    due.push_back({options_.topic, place.partition, end, birth->Encode()});
  }
  return due;
}

// A cursor that is committed into a topic made anew, in between, is known for
// what it is by who takes the partition over: the birth goes with it.
absl::Status LogConsumer::CheckBirthsIfDue() {
  if (clock_.MonotonicNanos() < next_birth_check_nanos_ ||
      (!has_committed_ && StandsStill().empty())) {
    return absl::OkStatus();
  }
  next_birth_check_nanos_ =
      clock_.MonotonicNanos() + absl::ToInt64Nanoseconds(kBirthCheckInterval);
  for (const TopicPartition& place : AllAssigned()) {
    PHOENIX_ASSIGN_OR_RETURN(
        const bool is_new,
        FindMadeAnew(place.partition, FeedOf(place.partition)->birth()));
    if (is_new) return absl::OkStatus();
  }
  has_committed_ = false;
  return absl::OkStatus();
}

// If so, all begins anew with the topic.
absl::StatusOr<bool> LogConsumer::FindMadeAnew(
    int32_t partition, const std::optional<PartitionBirth>& birth) {
  if (topic_is_new_ || !birth) return topic_is_new_;
  PHOENIX_ASSIGN_OR_RETURN(const bool is_new,
                           IsMadeAnew(consumer_.Admin(kCheckTimeout),
                                      options_.topic, partition, *birth));
  if (is_new) {
    WarnOfNewTopic(options_.topic, partition);
    must_reopen_ = topic_is_new_ = true;
  }
  return is_new;
}

void LogConsumer::FindEndsIfDue() {
  const int64_t now = clock_.MonotonicNanos();
  if (now < next_ends_nanos_ || consumer_.failed()) return;
  next_ends_nanos_ = now + absl::ToInt64Nanoseconds(kEndsInterval);
  std::vector<TopicPartition> ends = AllAssigned();
  if (ends.empty() || !consumer_.FindEnds(ends, kEndsTimeout).ok()) return;
  MutexLock lock(mutex_);
  for (const TopicPartition& end : ends) {
    const auto found = assigned_.find(end.partition);
    if (found == assigned_.end()) continue;
    found->second.marks = {consumer_.KnownWatermarks(end).low, end.offset};
  }
}

// So all are committed again with the next.
void LogConsumer::OnCommitFailed() {
  MutexLock lock(mutex_);
  for (auto& [partition, one] : assigned_) one.committed = 0;
}

absl::Status LogConsumer::SyncCursors() {
  MutexLock lock(mutex_);
  if (stopping_ || !started_) return absl::OkStatus();
  const uint64_t mine = ++syncs_wanted_;
  while (syncs_done_ < mine && !stopping_) changed_.Wait(mutex_);
  return sync_status_;
}

// Membership.

void LogConsumer::OnAssigned(std::vector<TopicPartition>& partitions) {
  tenure_ = std::max(tenure_ + 1, absl::ToUnixMillis(clock_.Now()));
  next_ends_nanos_ = 0;
  std::vector<int32_t> numbers;
  for (const TopicPartition& one : partitions) numbers.push_back(one.partition);
  const auto positions =
      FindGroupPositions(consumer_.Admin(kAskTimeout), options_.topic, numbers);
  if (!positions.ok()) {
    // Nothing is read of what has no feed.
    Logger::Process().Warn(
        "The cursors of the log are not known yet.",
        {{"topic", options_.topic}, {"error", positions.status()}});
    must_reopen_ = true;
    return;
  }
  for (TopicPartition& one : partitions) {
    const GroupPosition& position = positions->at(one.partition);
    CountExpired(one.partition, position.expired_records);
    one.offset = position.record;
    AddFeed(one.partition, position);
  }
  for (const TopicPartition& one : partitions) {
    const absl::Status taken = listener_->OnAssigned(one.partition);
    if (taken.ok()) continue;
    Logger::Process().Error("A partition of the log can't be read.",
                            {{"topic", options_.topic},
                             {"partition", one.partition},
                             {"error", taken}});
  }
}

void LogConsumer::AddFeed(int32_t partition, const GroupPosition& position) {
  const int64_t start = std::max<int64_t>(position.record, 0);
  MutexLock lock(mutex_);
  assigned_[partition] = {
      .feed = std::make_shared<PartitionFeed>(
          PartitionFeed::Identity{
              .log_name = topic_.log_name,
              .topic = options_.topic,
              .partition = partition,
              .tenure = tenure_,
              .pipeline = options_.pipeline,
              .birth = position.birth,
              .from_beginning = position.record == RD_KAFKA_OFFSET_BEGINNING},
          start, counters_),
      .committed = start,
      .asked = start};
}

// What the topic has deleted before it was final is gone, and told.
void LogConsumer::CountExpired(int32_t partition, int64_t records) {
  if (records == 0) return;
  Logger::Process().Error(
      "Kafka has deleted records of the log before they were final.",
      {{"topic", options_.topic},
       {"partition", partition},
       {"records", records}});
  MutexLock lock(mutex_);
  expired_records_ += static_cast<uint64_t>(records);
}

void LogConsumer::OnOutOfRange(const TopicPartition& place) {
  const absl::Status looked = LookBehind(place);
  if (looked.ok()) return;
  Logger::Process().Warn("The log's consumer can't go on, trying again.",
                         {{"partition", place.partition}, {"error", looked}});
  must_reopen_ = true;
}

// The topic was made anew, or has deleted what was to be read next, or has lost
// what was there already.
absl::Status LogConsumer::LookBehind(const TopicPartition& place) {
  const auto feed = FeedOf(place.partition);
  if (feed == nullptr) return absl::OkStatus();
  PHOENIX_ASSIGN_OR_RETURN(const bool is_new,
                           FindMadeAnew(place.partition, feed->birth()));
  if (is_new) return absl::OkStatus();
  PHOENIX_ASSIGN_OR_RETURN(
      const Watermarks marks,
      consumer_.Admin(kAskTimeout)
          .FindWatermarks(options_.topic, place.partition));
  const int64_t next = feed->next_record();
  if (next <= marks.high) {
    // By joining anew: librdkafka seeks to no place from here.
    must_reopen_ = true;
    return absl::OkStatus();
  }
  const std::string what =
      Cat("partition ", place.partition, " of topic '", options_.topic,
          "' has lost records: it was read up to ", next, ", and ends at ",
          marks.high,
          ": nothing is taken, for nobody would read it: delete the topic and "
          "make it anew, when what it still holds may go, or start again with "
          "another");
  Logger::Process().Error("The log stands still.", {{"error", what}});
  MutexLock lock(mutex_);
  assigned_[place.partition].stands_still = what;
  return absl::OkStatus();
}

void LogConsumer::OnRevoked(const std::vector<TopicPartition>& partitions,
                            bool lost) {
  std::vector<int32_t> numbers;
  bool stopping = false;
  {
    MutexLock lock(mutex_);
    stopping = stopping_;
    for (const TopicPartition& one : partitions) {
      if (assigned_.contains(one.partition)) numbers.push_back(one.partition);
    }
  }
  const bool in_vain = lost || stopping || topic_is_new_;
  listener_->OnRevoked(
      numbers, in_vain ? absl::ZeroDuration() : options_.revoke_timeout);
  if (!lost && !topic_is_new_) {
    // Also what was committed without waiting: that may fail, too late.
    OnCommitFailed();
    const absl::Status committed = Commit(partitions, /*wait=*/true);
    if (!committed.ok()) {
      Logger::Process().Warn("Cursors of the log were not committed.",
                             {{"topic", options_.topic}, {"error", committed}});
    }
  }
  MutexLock lock(mutex_);
  for (const int32_t partition : numbers) {
    const auto found = assigned_.find(partition);
    if (found == assigned_.end()) continue;
    // librdkafka remembers a pause, also for when the partition comes back.
    if (found->second.paused) consumer_.Resume({options_.topic, partition});
    found->second.feed->End();
    assigned_.erase(found);
  }
}

absl::Status LogConsumer::Close() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  if (thread_.joinable()) thread_.join();
  return absl::OkStatus();
}

}  // namespace phoenix
