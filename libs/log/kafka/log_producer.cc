#include "libs/log/kafka/log_producer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "libs/base/clock.h"
#include "libs/base/status_builder.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/kafka_error.h"
#include "libs/kafka/record_fields.h"
#include "libs/kafka/topic_admin.h"
#include "libs/log/kafka/log_record.h"
#include "libs/telemetry/log.h"

namespace phoenix {
namespace {

// How long records wait for others to be sent along. They are batches already.
constexpr int kLingerMs = 1;

// How long the thread sleeps at most: it is woken when it is needed sooner.
constexpr int kPollMs = 100;

// When nothing was refused for so long, brokers are asked whether they are
// there again, and may take so long to say so.
constexpr absl::Duration kProbeInterval = absl::Seconds(1);
constexpr int kProbeMs = 1000;

// How long they may take to say what the topic's limit is: nothing is appended
// meanwhile.
constexpr absl::Duration kAskTimeout = absl::Seconds(3);

// How long brokers may take at the end: then producers are told to come again.
constexpr absl::Duration kMaxCloseTime = absl::Seconds(5);

// What a refused producer is told to wait.
constexpr absl::Duration kRetryDelay = absl::Milliseconds(100);

// librdkafka's own bounds.
constexpr uint64_t kMaxMessageBytes = 1'000'000'000;
constexpr uint64_t kMinQueueKiB = 64 << 10;

// An idempotent producer that gives a record up, or of which a request fails
// while others are under way, begins a new sequence. What it then sends again
// is new to brokers that had stored it: so it never gives up, and sends a
// broker one request at a time. Linger is short, and requests grow while one is
// under way.
constexpr char kNeverGivesUp[] = "0";
constexpr char kRequestsUnderWay[] = "1";

KafkaProperties PropertiesOf(const KafkaLogOptions& options,
                             const RecordLimits& limits, bool sends_alone) {
  KafkaProperties properties = {
      {"enable.idempotence", "true"},
      {"acks", "all"},
      {"allow.auto.create.topics", "false"},
      {"compression.codec", options.compression},
      {"linger.ms", Cat(kLingerMs)},
      {"message.timeout.ms", kNeverGivesUp},
      {"max.in.flight.requests.per.connection", kRequestsUnderWay},
      {"message.max.bytes",
       Cat(std::min<uint64_t>(limits.Of(1), kMaxMessageBytes))},
      // Room to spare: max_queued_bytes is the bound.
      {"queue.buffering.max.kbytes",
       Cat(std::max<uint64_t>(options.max_queued_bytes / 512, kMinQueueKiB))},
  };
  if (sends_alone) properties.emplace("batch.num.messages", "1");
  return properties;
}

// Waits for an answer for a while.
bool TopicHasLeaders(rd_kafka_t* client, const std::string& name) {
  const KafkaTopicPtr topic(rd_kafka_topic_new(client, name.c_str(), nullptr));
  const struct rd_kafka_metadata* found = nullptr;
  if (topic == nullptr ||
      rd_kafka_metadata(client, 0, topic.get(), &found, kProbeMs) !=
          RD_KAFKA_RESP_ERR_NO_ERROR) {
    return false;
  }
  bool has_leaders = found->topic_cnt == 1 && found->topics[0].err == 0;
  for (int i = 0; has_leaders && i < found->topics[0].partition_cnt; ++i) {
    has_leaders = found->topics[0].partitions[i].err == 0;
  }
  rd_kafka_metadata_destroy(found);
  return has_leaders;
}

EventBatchPtr Identified(const EventBatch& batch, BatchIdentity identity) {
  EventBatch::Columns columns = batch.columns();
  columns.identity = std::move(identity);
  return std::make_shared<const EventBatch>(std::move(columns));
}

}  // namespace

// A batch on its way, in one part or several.
struct LogProducer::Pending {
  EventBatchPtr batch;
  Log::AppendCallback done;
  std::string key;
  int32_t partition = 0;
  uint64_t bytes = 0;
  RecordParts parts;  // Their values are lent to librdkafka until the reports.
  size_t parts_left = 0;
  int64_t first_record = -1;
  int64_t due_nanos = 0;
  bool is_late = false;  // Its callback has been called.
  absl::Status error;
};

struct LogProducer::Part {
  std::shared_ptr<Pending> pending;
  size_t index = 0;
};

LogProducer::LogProducer(const KafkaLogOptions& options, LogTopic topic)
    : options_(options),
      topic_(std::move(topic)),
      limits_(topic_.max_record_bytes),
      stored_ends_(static_cast<size_t>(topic_.partitions)) {}

LogProducer::~LogProducer() { Close(); }

// Lanes may be numbers that count up, or hashes: both are spread.
int32_t LogProducer::PartitionOf(uint64_t lane, int partitions) {
  uint64_t mixed = (lane ^ (lane >> 30)) * 0xbf58476d1ce4e5b9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
  return static_cast<int32_t>((mixed ^ (mixed >> 31)) %
                              static_cast<uint64_t>(partitions));
}

absl::Status LogProducer::Start() {
  {
    MutexLock lock(mutex_);
    PHOENIX_RETURN_IF_ERROR(MakeClient());
  }
  // Of a topic that it does not know librdkafka asks once a second: so long
  // would the first batch wait. Without an answer it does.
  static_cast<void>(TopicHasLeaders(client_.get(), options_.topic));
  thread_ = std::thread([this] { Loop(); });
  return absl::OkStatus();
}

absl::Status LogProducer::MakeClient() {
  PHOENIX_ASSIGN_OR_RETURN(
      auto conf, MakeKafkaConf(options_.connection,
                               PropertiesOf(options_, limits_, sends_alone_)));
  rd_kafka_conf_set_opaque(conf.get(), this);
  rd_kafka_conf_set_dr_msg_cb(conf.get(), &OnReport);
  PHOENIX_ASSIGN_OR_RETURN(client_,
                           MakeKafkaClient(RD_KAFKA_PRODUCER, std::move(conf)));
  reports_.reset(rd_kafka_queue_get_main(client_.get()));
  return absl::OkStatus();
}

absl::Status LogProducer::Append(EventBatchPtr batch, uint64_t lane,
                                 Log::AppendCallback done) {
  std::optional<RecordLimits> limits;
  {
    // Before time is spent on encoding.
    MutexLock lock(mutex_);
    PHOENIX_RETURN_IF_ERROR(CheckRoom(batch->memory_bytes()));
    limits = limits_;
  }
  auto pending = std::make_shared<Pending>();
  PHOENIX_ASSIGN_OR_RETURN(pending->parts,
                           EncodeInParts(*batch, *limits, options_.topic));
  pending->parts_left = pending->parts.values.size();
  for (size_t i = 0; i < pending->parts_left; ++i) {
    pending->bytes += pending->parts.bytes(i);
  }
  pending->batch = std::move(batch);
  pending->done = std::move(done);
  pending->key = Cat(lane);
  pending->partition = PartitionOf(lane, topic_.partitions);
  pending->due_nanos = Clock::System().MonotonicNanos() +
                       absl::ToInt64Nanoseconds(options_.delivery_timeout);
  MutexLock lock(mutex_);
  PHOENIX_RETURN_IF_ERROR(CheckRoom(pending->bytes));
  counts_.queued_bytes += pending->bytes;
  under_way_.push_back(pending);
  Produce(pending);
  return absl::OkStatus();
}

absl::Status LogProducer::Refuse(EventBatchPtr batch, std::string_view why,
                                 Log::AppendCallback done) {
  auto pending = std::make_shared<Pending>();
  pending->bytes = batch->memory_bytes();
  pending->batch = std::move(batch);
  pending->done = std::move(done);
  pending->parts_left = 1;
  pending->error = absl::UnavailableError(ToAbsl(why));
  MutexLock lock(mutex_);
  PHOENIX_RETURN_IF_ERROR(CheckRoom(pending->bytes));
  counts_.queued_bytes += pending->bytes;
  refused_.push_back(std::make_unique<Part>(Part{pending}));
  rd_kafka_queue_yield(reports_.get());
  return absl::OkStatus();
}

bool LogProducer::HasRoomFor(uint64_t bytes) const {
  if (limit_is_wrong_) return false;
  return counts_.queued_bytes == 0 ||
         counts_.queued_bytes + bytes <= options_.max_queued_bytes;
}

absl::Status LogProducer::CheckRoom(uint64_t bytes) {
  if (closing_) {
    return absl::FailedPreconditionError(
        Cat("log '", options_.topic, "' is closed"));
  }
  if (HasRoomFor(bytes)) return absl::OkStatus();
  refused_bytes_ = std::max(refused_bytes_, bytes);
  const std::string why =
      limit_is_wrong_
          ? "what its topic takes at once is being found out"
          : Cat(counts_.queued_bytes, " bytes wait for Kafka, at most ",
                options_.max_queued_bytes);
  return StatusBuilder(absl::StatusCode::kResourceExhausted,
                       Cat("log '", options_.topic, "': ", why))
      .Reason("QUEUE_FULL")
      .Metadata("limitedBy", Cat("log '", options_.topic, "'"))
      .RetryAfter(kRetryDelay);
}

// Under the lock: all parts of a batch come one behind the other, and batches
// in the order in which they were appended.
void LogProducer::Produce(const std::shared_ptr<Pending>& pending) {
  for (size_t i = 0; i < pending->parts.values.size(); ++i) {
    auto part = std::make_unique<Part>(Part{pending, i});
    const rd_kafka_resp_err_t error = ProduceOne(*part);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      // The report takes it back.
      static_cast<void>(part.release());
      continue;
    }
    // Fails as what librdkafka could not deliver does, and the thread tells it:
    // callbacks may append.
    pending->error = StoreError(error);
    refused_.push_back(std::move(part));
    rd_kafka_queue_yield(reports_.get());
  }
}

rd_kafka_resp_err_t LogProducer::ProduceOne(Part& part) {
  const Pending& pending = *part.pending;
  const std::string version = Cat(kLogRecordVersion);
  RecordFields fields;
  fields.Add(RD_KAFKA_VTYPE_TOPIC).u.cstr = options_.topic.c_str();
  fields.Add(RD_KAFKA_VTYPE_PARTITION).u.i32 = pending.partition;
  fields.Add(RD_KAFKA_VTYPE_OPAQUE).u.ptr = &part;
  fields.Add(RD_KAFKA_VTYPE_MSGFLAGS).u.i = 0;
  fields.AddBytes(RD_KAFKA_VTYPE_KEY, pending.key);
  fields.AddBytes(RD_KAFKA_VTYPE_VALUE,
                  pending.parts.values[part.index].view());
  fields.AddHeader(kLogRecordHeader, version);
  if (!options_.pipeline.empty()) {
    fields.AddHeader(kLogPipelineHeader, options_.pipeline);
  }
  return fields.ProduceTo(*client_);
}

void LogProducer::OnReport(rd_kafka_t*, const rd_kafka_message_t* message,
                           void* self) {
  auto* const producer = static_cast<LogProducer*>(self);
  std::unique_ptr<Part> part(static_cast<Part*>(message->_private));
  if (message->err == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) {
    producer->NoteTooLarge(*part);
  }
  producer->Finish(std::move(part), producer->StoreError(message->err),
                   message->offset);
}

absl::Status LogProducer::StoreError(rd_kafka_resp_err_t error) const {
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  const absl::Status status =
      KafkaStatus(error, Cat("log '", options_.topic, "'"));
  if (error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) {
    return StatusBuilder(absl::StatusCode::kUnavailable,
                         Cat(FromAbsl(status.message()),
                             ": it is tried in smaller parts when it is sent "
                             "again"))
        .RetryAfter(kRetryDelay);
  }
  // To whoever appends it is all the same: it is not stored, and may be later.
  return absl::UnavailableError(status.message());
}

// On the thread.
void LogProducer::Finish(std::unique_ptr<Part> part, const absl::Status& stored,
                         int64_t record) {
  Pending& pending = *part->pending;
  bool last = false;
  {
    MutexLock lock(mutex_);
    ++counts_.records;
    if (stored.ok()) {
      // Less than before where the topic was made anew.
      stored_ends_[static_cast<size_t>(pending.partition)] = record + 1;
      if (part->index == 0) pending.first_record = record;
    } else if (pending.error.ok()) {
      pending.error = stored;
    }
    last = --pending.parts_left == 0;
  }
  if (last) FinishBatch(pending);
}

void LogProducer::FinishBatch(Pending& pending) {
  {
    MutexLock lock(mutex_);
    counts_.queued_bytes -= pending.bytes;
  }
  if (!pending.is_late) Tell(pending);
}

void LogProducer::Tell(Pending& pending) {
  {
    MutexLock lock(mutex_);
    refusal_ = pending.error;
    probe_nanos_ = Clock::System().MonotonicNanos() +
                   absl::ToInt64Nanoseconds(kProbeInterval);
    if (pending.error.ok()) {
      ++counts_.appended_batches;
      counts_.appended_events += pending.batch->size();
    } else {
      ++counts_.failed_batches;
    }
  }
  if (!pending.error.ok()) {
    pending.done(pending.error);
    return;
  }
  pending.done(Identified(
      *pending.batch, {.log = topic_.log_name,
                       .partition = pending.partition,
                       .first_offset = FirstEventOf(pending.first_record)}));
}

void LogProducer::WhenRoom(absl::AnyInvocable<void()> callback) {
  MutexLock lock(mutex_);
  waiters_.push_back(std::move(callback));
  if (reports_ != nullptr) rd_kafka_queue_yield(reports_.get());
}

void LogProducer::Loop() {
  while (true) {
    rd_kafka_poll(client_.get(), kPollMs);
    FinishRefused();
    TellLate();
    RestartIfFailed();
    LearnLimitIfWrong();
    ProbeIfRefused();
    CallWaiters();
    if (MayEnd()) return;
  }
}

void LogProducer::FinishRefused() {
  std::vector<std::unique_ptr<Part>> refused;
  {
    MutexLock lock(mutex_);
    refused.swap(refused_);
  }
  for (auto& part : refused) {
    const absl::Status why = part->pending->error;
    Finish(std::move(part), why, -1);
  }
}

// Whoever waits for a batch that brokers have not stored in time is told to
// send it again. It stays under way, for the sake of the sequence.
void LogProducer::TellLate() {
  for (const std::shared_ptr<Pending>& pending : TakeLate()) {
    pending->is_late = true;
    pending->error = absl::UnavailableError(
        Cat("log '", options_.topic, "': brokers have not stored it in ",
            absl::FormatDuration(options_.delivery_timeout)));
    Tell(*pending);
  }
}

std::vector<std::shared_ptr<LogProducer::Pending>> LogProducer::TakeLate() {
  const int64_t now = Clock::System().MonotonicNanos();
  std::vector<std::shared_ptr<Pending>> late;
  MutexLock lock(mutex_);
  for (; !under_way_.empty(); under_way_.pop_front()) {
    std::shared_ptr<Pending> oldest = under_way_.front().lock();
    if (oldest == nullptr) continue;
    if (oldest->due_nanos > now) break;
    late.push_back(std::move(oldest));
  }
  return late;
}

// While the log says that it refuses nobody may append: so the topic's brokers
// are asked whether they are there.
void LogProducer::ProbeIfRefused() {
  {
    MutexLock lock(mutex_);
    const bool is_due = Clock::System().MonotonicNanos() >= probe_nanos_;
    if (refusal_.ok() || closing_ || !is_due) return;
  }
  if (!TopicHasLeaders(client_.get(), options_.topic)) return;
  MutexLock lock(mutex_);
  refusal_ = absl::OkStatus();
}

std::string LogProducer::refuses() const {
  MutexLock lock(mutex_);
  return std::string(refusal_.message());
}

bool LogProducer::MayEnd() {
  MutexLock lock(mutex_);
  if (!closing_) return false;
  if (counts_.queued_bytes == 0) return true;
  if (Clock::System().MonotonicNanos() >= give_up_nanos_) {
    rd_kafka_purge(client_.get(),
                   RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  }
  return false;
}

// Whoever waits for room is called when there is as much as was refused: for
// less they would only be refused again.
void LogProducer::CallWaiters() {
  std::vector<absl::AnyInvocable<void()>> waiters;
  {
    MutexLock lock(mutex_);
    if (!HasRoomFor(refused_bytes_)) return;
    refused_bytes_ = 0;
    waiters.swap(waiters_);
  }
  for (auto& waiter : waiters) waiter();
}

// After a fatal error nothing more is sent. What waits is given up, and a new
// client begins with an identity of its own.
void LogProducer::RestartIfFailed() {
  char why[512] = {};
  if (rd_kafka_fatal_error(client_.get(), why, sizeof(why)) ==
      RD_KAFKA_RESP_ERR_NO_ERROR) {
    return;
  }
  Logger::Process().Error("The log's producer begins anew.",
                          {{"topic", options_.topic}, {"error", why}});
  ReplaceClient();
}

void LogProducer::ReplaceClient() {
  KafkaClientPtr replaced;
  {
    MutexLock lock(mutex_);
    reports_ = nullptr;
    replaced = std::move(client_);
    const absl::Status made = MakeClient();
    if (!made.ok()) {
      Logger::Process().Error("The log's producer can't begin anew.",
                              {{"error", made}});
      client_ = std::move(replaced);
      reports_.reset(rd_kafka_queue_get_main(client_.get()));
      return;
    }
  }
  rd_kafka_purge(replaced.get(),
                 RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  while (rd_kafka_outq_len(replaced.get()) > 0) {
    rd_kafka_poll(replaced.get(), kPollMs);
  }
}

// Several records may have been sent as one, then nobody knows which it was.
void LogProducer::NoteTooLarge(const Part& part) {
  const RecordParts& parts = part.pending->parts;
  MutexLock lock(mutex_);
  if (sends_alone_) {
    limits_.Refused(parts.bytes(part.index), parts.events[part.index]);
  } else if (!limit_is_wrong_) {
    limit_is_wrong_ = true;
    learn_by_nanos_ = Clock::System().MonotonicNanos() +
                      absl::ToInt64Nanoseconds(options_.delivery_timeout);
  }
}

// By another client, since what may be sent as one follows from the limit, and
// when nothing is under way, if that is soon: so that all is stored in order.
void LogProducer::LearnLimitIfWrong() {
  {
    MutexLock lock(mutex_);
    if (!limit_is_wrong_) return;
    const bool is_late = Clock::System().MonotonicNanos() >= learn_by_nanos_;
    if (counts_.queued_bytes > 0 && !is_late) return;
  }
  const auto said = TopicAdmin(*client_, kAskTimeout)
                        .TopicSetting(options_.topic, "max.message.bytes");
  size_t limit = 0;
  const bool known = said.ok() && absl::SimpleAtoi(*said, &limit);
  {
    MutexLock lock(mutex_);
    sends_alone_ = !known || limit >= limits_.Of(1);
    if (!sends_alone_) limits_.Lower(limit);
    Logger::Process().Warn(
        "The topic of the log takes no records as large as was known.",
        {{"topic", options_.topic},
         {"max.message.bytes", known ? Cat(limit) : "unknown"},
         {"sends_each_alone", sends_alone_}});
  }
  ReplaceClient();
  MutexLock lock(mutex_);
  limit_is_wrong_ = false;
}

std::vector<int64_t> LogProducer::stored_ends() const {
  MutexLock lock(mutex_);
  return stored_ends_;
}

LogProducer::Counts LogProducer::counts() const {
  MutexLock lock(mutex_);
  return counts_;
}

void LogProducer::Close() {
  {
    MutexLock lock(mutex_);
    closing_ = true;
    give_up_nanos_ = Clock::System().MonotonicNanos() +
                     absl::ToInt64Nanoseconds(kMaxCloseTime);
    if (reports_ != nullptr) rd_kafka_queue_yield(reports_.get());
  }
  if (thread_.joinable()) thread_.join();
  MutexLock lock(mutex_);
  waiters_.clear();
  reports_ = nullptr;
  client_ = nullptr;
}

}  // namespace phoenix
