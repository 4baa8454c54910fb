#include "libs/sources/kafka/kafka_source.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>

#include "libs/base/status_macros.h"
#include "libs/event/event_reason.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/refusal.h"
#include "libs/telemetry/log.h"
#include "libs/telemetry/names.h"

namespace phoenix {
namespace {

// How long the thread waits for records, and at most needs to notice that it is
// to stop.
constexpr absl::Duration kPollInterval = absl::Milliseconds(100);

// The same while credit may come, for which it looks in between.
constexpr absl::Duration kImpatientPollInterval = absl::Milliseconds(5);

// How long a question about topics may take, and so a stop while nobody
// answers; it is asked again.
constexpr absl::Duration kAdminTimeout = absl::Seconds(5);

constexpr std::chrono::milliseconds kReopenInterval{1000};

// How long the answer is waited for where to begin when partitions come.
constexpr absl::Duration kStartTimeout = absl::Seconds(10);

// What is to be read again waits so long: it was refused for a reason.
constexpr absl::Duration kRewindDelay = absl::Seconds(1);

std::optional<std::string_view> Bytes(const void* bytes, size_t size) {
  if (bytes == nullptr) return std::nullopt;
  return std::string_view(static_cast<const char*>(bytes), size);
}

GroupConsumerOptions ConsumerOptions(const KafkaSourceOptions& options) {
  GroupConsumerOptions consumer = options.consumer;
  consumer.tell_end = true;
  consumer.topics_are_new = options.create_topics.has_value();
  return consumer;
}

void ReadHeaders(const rd_kafka_message_t& message,
                 std::vector<ReceivedRecord::Header>& out) {
  out.clear();
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) !=
      RD_KAFKA_RESP_ERR_NO_ERROR) {
    return;
  }
  const char* name = nullptr;
  const void* value = nullptr;
  size_t size = 0;
  for (size_t i = 0;
       rd_kafka_header_get_all(headers, i, &name, &value, &size) ==
       RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    out.emplace_back(name, Bytes(value, size).value_or(""));
  }
}

}  // namespace

KafkaSource::KafkaSource(KafkaSourceOptions options, Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      consumer_(ConsumerOptions(options_), *this),
      group_lag_(consumer_, clock) {
  if (options_.from_latest) latest_start_.emplace(consumer_, kStartTimeout);
  if (!options_.create_topics.has_value()) return;
  std::vector<std::string> topics;
  for (const std::string& topic : options_.consumer.topics) {
    if (!GroupConsumer::IsPattern(topic)) topics.push_back(topic);
  }
  topics_.emplace(options_.consumer.connection, std::move(topics),
                  *options_.create_topics, kAdminTimeout);
}

KafkaSource::~KafkaSource() { Stop(); }

absl::Status KafkaSource::Start(Outlet& outlet) {
  const absl::Status opened = Open();
  if (absl::IsUnavailable(opened)) {
    Logger::Process().Warn("Kafka does not answer; the source will wait.",
                           {{"error", opened}});
  } else if (!opened.ok()) {
    return opened;
  }
  outlet_ = &outlet;
  thread_ = std::thread([this] { Run(); });
  return absl::OkStatus();
}

absl::Status KafkaSource::Open() {
  must_reopen_ = false;
  absl::Status opened = MakeTopics();
  if (opened.ok()) opened = consumer_.Open();
  if (!opened.ok()) {
    SetHealth(opened);
    return opened;
  }
  // What comes from now on is to be read, though the group takes a while to
  // admit the member. Without an answer it begins with that.
  if (latest_start_.has_value() && consumer_.trouble().ok()) {
    latest_start_->Look().IgnoreError();
  }
  return absl::OkStatus();
}

absl::Status KafkaSource::MakeTopics() {
  if (!topics_.has_value()) return absl::OkStatus();
  const KafkaConnection& connection = options_.consumer.connection;
  return WithBrokers(WhyUnavailable(topics_->Begin(), connection), connection);
}

void KafkaSource::PublishMetrics(MetricsRegistry& registry) {
  expired_.emplace(registry.AddCounter(
      metric::kSourceExpiredRecords, {{label::kComponentName, options_.name}}));
  for (const std::string& topic : options_.consumer.topics) {
    if (GroupConsumer::IsPattern(topic)) continue;
    lag_.emplace(topic,
                 registry.AddGauge(metric::kSourceLagEvents,
                                   {{label::kComponentName, options_.name},
                                    {label::kTopic, topic}}));
  }
}

void KafkaSource::StopAccepting() {
  credit_.Stop();
  MutexLock lock(gate_);
  accepting_ = false;
}

void KafkaSource::Stop() {
  StopAccepting();
  {
    MutexLock lock(gate_);
    stopping_ = true;
    stop_.NotifyAll();
  }
  if (!thread_.joinable()) return;
  thread_.join();
  const absl::Status ended =
      topics_.has_value() ? topics_->End() : absl::OkStatus();
  if (ended.ok()) return;
  Logger::Process().Error("Kafka source can't delete its topics.",
                          {{"error", ended}});
}

bool KafkaSource::accepting() const {
  MutexLock lock(gate_);
  return accepting_;
}

void KafkaSource::Run() {
  while (!stopping_) {
    if (must_reopen_ || consumer_.failed()) Reopen();
    ReadRound();
    OfferHeld();
    PauseWhereNeeded();
    RewindWhereNeeded();
    CommitIfDue();
    LookAtHealth();
  }
  // Revokes what is assigned, and so commits it.
  consumer_.Close();
}

void KafkaSource::Reopen() {
  consumer_.Close();
  assigned_.clear();
  taker_ = {};
  Logger::Process().Info("Kafka source begins anew.");
  while (true) {
    PauseReopening();
    if (stopping_) return;
    const absl::Status opened = Open();
    if (opened.ok()) return;
    Logger::Process().Error("Kafka source can't begin anew.",
                            {{"error", opened}});
  }
}

void KafkaSource::PauseReopening() {
  MutexLock lock(gate_);
  if (!stopping_) stop_.WaitFor(gate_, kReopenInterval);
}

// What was wrong before counts until the source is a member again.
void KafkaSource::LookAtHealth() {
  if (must_reopen_ || consumer_.failed()) return;
  const absl::Status trouble = consumer_.trouble();
  if (!trouble.ok() || consumer_.is_member()) SetHealth(trouble);
}

void KafkaSource::SetHealth(const absl::Status& health) {
  MutexLock lock(health_mutex_);
  health_ = health;
}

absl::Status KafkaSource::Health() const {
  if (stopping_) return absl::OkStatus();
  MutexLock lock(health_mutex_);
  return health_;
}

void KafkaSource::ReadRound() {
  if (consumer_.failed()) return;
  const int64_t now_nanos = absl::ToUnixNanos(clock_.Now());
  takes_round_ = accepting();
  const bool holds = std::any_of(
      assigned_.begin(), assigned_.end(),
      [](const auto& one) { return one.second.reader->holds_offers(); });
  consumer_.Poll(holds ? kImpatientPollInterval : kPollInterval,
                 kMaxRoundRecords, [&](const rd_kafka_message_t& message) {
                   if (takes_round_) Take(message, now_nanos);
                 });
  taker_ = {};
  for (auto& [key, one] : assigned_) one.reader->EndRound(now_nanos);
}

void KafkaSource::Take(const rd_kafka_message_t& message, int64_t now_nanos) {
  PartitionReader* const reader = TakerOf(message);
  if (reader == nullptr) return;
  if (message.offset != reader->next_offset()) {
    CheckOffset(*reader, message.offset);
  }
  if (!options_.payload_only) ReadHeaders(message, headers_);
  reader->Add({.offset = message.offset,
               .key = Bytes(message.key, message.key_len),
               .value = Bytes(message.payload, message.len),
               .headers = headers_},
              now_nanos);
}

// Records of a partition come many together: it is looked up once for them.
PartitionReader* KafkaSource::TakerOf(const rd_kafka_message_t& message) {
  if (taker_.topic == message.rkt && taker_.partition == message.partition) {
    return taker_.reader;
  }
  taker_ = {message.rkt, message.partition};
  const auto found =
      assigned_.find(Key(rd_kafka_topic_name(message.rkt), message.partition));
  // One that is to be rewound reads this again.
  if (found != assigned_.end() && !found->second.reader->must_read_again()) {
    taker_.reader = found->second.reader.get();
  }
  return taker_.reader;
}

// The records before `offset` that have not come: of transactions, replaced by
// later ones, or lost.
void KafkaSource::CheckOffset(const PartitionReader& reader, int64_t offset) {
  const int64_t expected = reader.next_offset();
  if (expected < 0 || offset == expected) return;
  if (offset > expected) return TellExpired(reader, offset);
  Logger::Process().Warn(
      "A Kafka topic ends before what was read of it: it was made anew, or "
      "brokers have lost records.",
      {{"topic", reader.partition().topic},
       {"partition", reader.partition().partition},
       {"read_up_to", expected},
       {"goes_on_at", offset}});
}

void KafkaSource::TellExpired(const PartitionReader& reader, int64_t offset) {
  const int64_t expected = reader.next_offset();
  const int64_t low = consumer_.KnownWatermarks(reader.partition()).low;
  if (low <= expected) return;
  const int64_t end = std::min(low, offset);
  if (expired_.has_value()) {
    expired_->Add(static_cast<uint64_t>(end - expected));
  }
  Logger::Process().Error("Kafka has deleted records before they were read.",
                          {{"component.name", options_.name},
                           {"topic", reader.partition().topic},
                           {"partition", reader.partition().partition},
                           {"from", expected},
                           {"to", end}});
}

void KafkaSource::OnEnd(const TopicPartition& end) {
  const auto found = assigned_.find(Key(end.topic, end.partition));
  // What was not taken does not count as read.
  if (!takes_round_ || found == assigned_.end()) return;
  PartitionReader& reader = *found->second.reader;
  if (reader.must_read_again() || reader.next_offset() == end.offset) return;
  CheckOffset(reader, end.offset);
  reader.SkipTo(end.offset);
}

void KafkaSource::OfferHeld() {
  for (auto& [key, one] : assigned_) {
    if (!one.reader->holds_offers()) continue;
    if (credit_.waiting() || !OfferAll(*one.reader)) return;
  }
}

bool KafkaSource::OfferAll(PartitionReader& reader) {
  while (true) {
    absl::Status offered;
    {
      MutexLock lock(gate_);
      if (!accepting_) return false;
      offered = reader.Offer(*outlet_);
      if (!offered.ok() && !absl::IsResourceExhausted(offered)) {
        accepting_ = false;
      }
    }
    if (offered.ok()) return true;
    if (!absl::IsResourceExhausted(offered)) return false;
    credit_.Ask(*outlet_);
    if (!credit_.WaitFor(absl::ToChronoMilliseconds(options_.patience)))
      return false;
  }
}

// Those whose batches are refused, those that are to be rewound, and all when
// enough is held, or nothing is taken any more.
void KafkaSource::PauseWhereNeeded() {
  size_t held = 0;
  for (const auto& [key, one] : assigned_) held += one.reader->held_bytes();
  const bool all = held > options_.consumer.max_buffer_bytes || !accepting();
  for (auto& [key, one] : assigned_) {
    PartitionReader& reader = *one.reader;
    const bool pause = all || reader.holds_offers() || reader.must_read_again();
    if (pause == reader.paused) continue;
    reader.paused = pause;
    if (pause) {
      consumer_.Pause(reader.partition());
    } else {
      consumer_.Resume(reader.partition());
    }
  }
}

void KafkaSource::RewindWhereNeeded() {
  const int64_t now = clock_.MonotonicNanos();
  for (auto& [key, one] : assigned_) {
    if (!one.reader->must_read_again()) continue;
    if (one.rewind_nanos < 0) {
      one.rewind_nanos = now + absl::ToInt64Nanoseconds(kRewindDelay);
    } else if (now >= one.rewind_nanos) {
      one.rewind_nanos = -1;
      TopicPartition place = one.reader->partition();
      place.offset = one.reader->position();
      const absl::Status sought = consumer_.Seek(place);
      if (sought.ok()) {
        one.reader->RewindTo(place.offset);
        continue;
      }
      Logger::Process().Error("Kafka source can't rewind.",
                              {{"topic", place.topic}, {"error", sought}});
    }
  }
}

void KafkaSource::CommitIfDue() {
  const int64_t now = clock_.MonotonicNanos();
  if (now < next_commit_nanos_ || consumer_.is_rebalancing()) return;
  next_commit_nanos_ = now + absl::ToInt64Nanoseconds(options_.commit_interval);
  std::vector<PartitionReader*> readers;
  for (auto& [key, one] : assigned_) readers.push_back(one.reader.get());
  Commit(readers, /*wait=*/false).IgnoreError();
  PublishLag();
}

// Of topics that are named; those that a pattern finds may be any number.
void KafkaSource::PublishLag() {
  if (lag_.empty()) return;
  std::vector<TopicPartition> places;
  for (const auto& [key, one] : assigned_) {
    places.push_back(one.reader->partition());
    places.back().offset = one.reader->position();
  }
  group_lag_.AskIfDue(places);
  std::map<std::string, int64_t> sums;
  for (const TopicPartition& place : places) {
    sums[place.topic] += group_lag_.LagOf(place);
  }
  for (auto& [topic, gauge] : lag_) {
    const auto sum = sums.find(topic);
    gauge.Set(sum == sums.end() ? 0 : static_cast<double>(sum->second));
  }
}

absl::Status KafkaSource::Commit(const std::vector<PartitionReader*>& readers,
                                 bool wait) {
  std::vector<TopicPartition> offsets;
  for (PartitionReader* reader : readers) {
    const int64_t position = reader->position();
    if (position <= reader->committed) continue;
    reader->committed = position;
    offsets.push_back(reader->partition());
    offsets.back().offset = position;
  }
  return consumer_.Commit(offsets, wait);
}

void KafkaSource::OnAssigned(std::vector<TopicPartition>& partitions) {
  const absl::Status found = FindStarts(partitions);
  if (!found.ok()) {
    // Nothing is read of what has no reader.
    Logger::Process().Warn("It is not known yet where a Kafka group goes on.",
                           {{"error", found}});
    SetHealth(found);
    must_reopen_ = true;
    return;
  }
  taker_ = {};
  group_lag_.AskSoon();
  for (const TopicPartition& one : partitions) {
    assigned_[Key(one.topic, one.partition)] = {
        .reader = std::make_unique<PartitionReader>(
            one,
            RecordDecoderOptions{.topic = one.topic,
                                 .partition = one.partition,
                                 .defaults = options_.defaults,
                                 .max_event_bytes = options_.max_event_bytes},
            clock_)};
  }
}

// Where the group goes on: what has been deleted since is missed only by who
// knows that.
absl::Status KafkaSource::FindStarts(std::vector<TopicPartition>& partitions) {
  PHOENIX_RETURN_IF_ERROR(consumer_.FindCommitted(partitions, kStartTimeout));
  return latest_start_.has_value() ? latest_start_->Fill(partitions)
                                   : absl::OkStatus();
}

void KafkaSource::OnRevoked(const std::vector<TopicPartition>& partitions,
                            bool lost) {
  taker_ = {};
  std::vector<PartitionReader*> readers;
  for (const TopicPartition& one : partitions) {
    const auto found = assigned_.find(Key(one.topic, one.partition));
    if (found != assigned_.end()) readers.push_back(found->second.reader.get());
  }
  absl::Duration left = lost ? absl::ZeroDuration() : options_.revoke_timeout;
  for (PartitionReader* reader : readers) {
    while (!stopping_ && !reader->Drain(kPollInterval) &&
           left > absl::ZeroDuration()) {
      left -= kPollInterval;
    }
  }
  if (!lost) {
    // Also what was committed without waiting: that may fail, too late.
    for (PartitionReader* reader : readers) reader->committed = -1;
    const absl::Status committed = Commit(readers, /*wait=*/true);
    if (!committed.ok()) {
      Logger::Process().Warn("Kafka offsets were not committed.",
                             {{"error", committed}});
    }
  }
  for (const TopicPartition& one : partitions) {
    const auto found = assigned_.find(Key(one.topic, one.partition));
    if (found == assigned_.end()) continue;
    // librdkafka remembers a pause, also for when the partition comes back.
    if (found->second.reader->paused) consumer_.Resume(one);
    assigned_.erase(found);
  }
}

// So all are committed again with the next.
void KafkaSource::OnCommitFailed() {
  for (auto& [key, one] : assigned_) one.reader->committed = -1;
}

std::vector<const char*> KafkaSource::refusal_reasons() const {
  return {kEventInvalid, kEventTooLarge};
}

}  // namespace phoenix
