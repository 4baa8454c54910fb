// The log against a real broker: what every engine promises, what instances of
// one log owe each other, and what becomes of it when the broker dies.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "integration/servers/kafka_records.h"
#include "integration/servers/kafka_server.h"
#include "integration/servers/shared_kafka.h"
#include "libs/base/text.h"
#include "libs/kafka/committed_offset.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/handles.h"
#include "libs/kafka/topic_admin.h"
#include "libs/log/kafka/kafka_log.h"
#include "libs/log/kafka/log_consumer.h"
#include "libs/log/kafka/log_producer.h"
#include "libs/log/kafka/log_record.h"
#include "libs/log/testing/log_client.h"
#include "libs/log/testing/log_suite.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

KafkaServer& Broker() { return SharedKafka(); }

std::string NewName() {
  static int count = 0;
  return "log-" + std::to_string(++count);
}

KafkaLogOptions OptionsOf(const std::string& topic, int partitions) {
  KafkaLogOptions options;
  options.connection.brokers = Broker().bootstrap();
  // Members that die are missed soon.
  options.connection.properties["session.timeout.ms"] = "6000";
  options.connection.properties["heartbeat.interval.ms"] = "500";
  options.topic = topic;
  options.group = "group-of-" + topic;
  options.create_topic = KafkaTopic{.name = topic,
                                    .partitions = partitions,
                                    .replication_factor = 1,
                                    .config = {}};
  options.commit_interval = absl::Milliseconds(100);
  return options;
}

class Fixture : public LogFixture {
 public:
  std::unique_ptr<Log> Open() override {
    auto log = KafkaLog::Open(OptionsOf(topic_, 1));
    EXPECT_TRUE(log.ok()) << log.status();
    return log.ok() ? *std::move(log) : nullptr;
  }

 private:
  const std::string topic_ = NewName();
};

const bool kRegistered = RegisterLogSuite({.name = "Kafka", .make_fixture = [] {
                                             return std::make_unique<Fixture>();
                                           }});

std::unique_ptr<KafkaLog> OpenLog(const KafkaLogOptions& options) {
  auto log = KafkaLog::Open(options);
  EXPECT_TRUE(log.ok()) << log.status();
  return *std::move(log);
}

TEST(KafkaLogTest, AcknowledgesWhatTheTopicPromises) {
  const auto alone = OpenLog(OptionsOf(NewName(), 2));
  EXPECT_EQ(alone->durability(), Durability::kOs);
  EXPECT_EQ(alone->partition_count(), 2);
  EXPECT_TRUE(alone->shared());
}

TEST(KafkaLogTest, SaysThatATopicIsMissing) {
  KafkaLogOptions options = OptionsOf(NewName(), 1);
  options.create_topic.reset();
  const absl::Status opened = KafkaLog::Open(options).status();
  EXPECT_EQ(opened.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(opened.message()), HasSubstr("`create_topic`"));
}

TEST(KafkaLogTest, SaysThatNoBrokerAnswers) {
  KafkaLogOptions options = OptionsOf(NewName(), 1);
  options.connection.brokers = "127.0.0.1:1";
  options.connection.properties["log_level"] = "0";
  options.open_timeout = absl::Seconds(1);
  const absl::Status opened = KafkaLog::Open(options).status();
  EXPECT_EQ(opened.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(opened.message()), HasSubstr("127.0.0.1:1"));
}

TEST(KafkaLogTest, RefusesATopicThatIsCompacted) {
  KafkaLogOptions options = OptionsOf(NewName(), 1);
  ASSERT_TRUE(
      Broker()
          .CreateTopic(options.topic, 1, {{"cleanup.policy", "compact"}})
          .ok());
  const absl::Status opened = KafkaLog::Open(options).status();
  EXPECT_EQ(opened.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(opened.message()), HasSubstr("cleanup.policy"));
}

TEST(KafkaLogTest, AddsPartitionsOnlyWhereItIsToldTo) {
  KafkaLogOptions options = OptionsOf(NewName(), 3);
  ASSERT_TRUE(Broker().CreateTopic(options.topic, 1).ok());
  const absl::Status opened = KafkaLog::Open(options).status();
  EXPECT_EQ(opened.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(opened.message()), HasSubstr("expected 3"));
  options.add_partitions = true;
  EXPECT_EQ(OpenLog(options)->partition_count(), 3);
}

// An instance of a log in a group, and all that it has read and not settled.
class Instance {
 public:
  explicit Instance(const KafkaLogOptions& options) : log_(OpenLog(options)) {
    EXPECT_TRUE(log_->Subscribe(partitions_).ok());
  }
  ~Instance() { log_->Close().IgnoreError(); }

  std::vector<int32_t> WaitForPartitions(size_t count) {
    return partitions_.WaitFor(count);
  }

  KafkaLog& log() { return *log_; }

 private:
  AssignedPartitions partitions_;
  std::unique_ptr<KafkaLog> log_;
};

// A lane whose batches go to the partition.
uint64_t LaneOf(int32_t partition, int partitions) {
  uint64_t lane = 0;
  while (LogProducer::PartitionOf(lane, partitions) != partition) ++lane;
  return lane;
}

// As a producer does that is told to send again: brokers may not know yet a
// topic that was just made.
bool AppendForSure(Log& log, const std::string& payload, uint64_t lane) {
  const auto end = std::chrono::steady_clock::now() + kTestDeadline;
  while (std::chrono::steady_clock::now() < end) {
    const auto appended = AppendAndWait(log, BatchOf({payload}), lane);
    if (appended.ok()) return true;
    EXPECT_TRUE(absl::IsUnavailable(appended.status())) << appended.status();
  }
  return false;
}

std::vector<std::string> AppendTo(Log& log, int32_t partition, int count) {
  static int number = 0;
  std::vector<std::string> payloads;
  for (int i = 0; i < count; ++i) {
    payloads.push_back(std::to_string(++number));
    EXPECT_TRUE(AppendForSure(log, payloads.back(),
                              LaneOf(partition, log.partition_count())));
  }
  return payloads;
}

std::vector<LogEntry> ReadPartition(Log& log, int32_t partition, size_t count) {
  const auto cursor = log.cursor(partition);
  EXPECT_TRUE(cursor.ok()) << cursor.status();
  auto reader = log.Read(partition, *cursor);
  EXPECT_TRUE(reader.ok()) << reader.status();
  return ReadAndWait(**reader, count);
}

TEST(KafkaLogTest, SharesPartitionsAndReadsWhatTheOtherHasAppended) {
  const KafkaLogOptions options = OptionsOf(NewName(), 4);
  Instance one(options);
  EXPECT_THAT(one.WaitForPartitions(4), SizeIs(4));
  Instance other(options);
  const std::vector<int32_t> theirs = other.WaitForPartitions(2);
  ASSERT_THAT(one.WaitForPartitions(2), SizeIs(2));
  EXPECT_EQ(one.log().Read(theirs[0], 0).status().code(),
            absl::StatusCode::kFailedPrecondition);
  const auto wanted = AppendTo(one.log(), theirs[0], 3);
  EXPECT_EQ(PayloadsOf(ReadPartition(other.log(), theirs[0], 3)), wanted);
}

TEST(KafkaLogTest, HandsAPartitionOnAtItsCursor) {
  const KafkaLogOptions options = OptionsOf(NewName(), 1);
  std::vector<std::string> wanted;
  int64_t second = 0;
  {
    Instance one(options);
    ASSERT_THAT(one.WaitForPartitions(1), SizeIs(1));
    wanted = AppendTo(one.log(), 0, 3);
    const auto entries = ReadPartition(one.log(), 0, 3);
    ASSERT_THAT(entries, SizeIs(3));
    second = entries[1].first_offset;
    // The third is final, the second is not.
    ASSERT_TRUE(one.log().SetCursor(0, entries[0].end_offset()).ok());
  }
  Instance other(options);
  ASSERT_THAT(other.WaitForPartitions(1), SizeIs(1));
  const auto entries = ReadPartition(other.log(), 0, 2);
  EXPECT_THAT(PayloadsOf(entries), ElementsAre(wanted[1], wanted[2]));
  EXPECT_EQ(entries[0].batch->identity().first_offset, second);
}

// So many are not to come again after a kill.
TEST(KafkaLogTest, CommitsBeforeItsTimeWhatHasMovedFar) {
  constexpr int kRecords = LogConsumer::kMaxUncommittedRecords;
  KafkaLogOptions options = OptionsOf(NewName(), 1);
  options.commit_interval = absl::Hours(1);
  Instance one(options);
  ASSERT_THAT(one.WaitForPartitions(1), SizeIs(1));
  AppendTo(one.log(), 0, kRecords);
  const auto entries = ReadPartition(one.log(), 0, kRecords);
  ASSERT_THAT(entries, SizeIs(kRecords));
  ASSERT_TRUE(one.log().SetCursor(0, entries.back().end_offset()).ok());
  int64_t committed = 0;
  while (committed < kRecords) {
    const auto found = ReadCommittedOffset(options.connection, options.group,
                                           options.topic, 0, absl::Seconds(30));
    ASSERT_TRUE(found.ok()) << found.status();
    committed = found->has_value() ? (*found)->offset : 0;
  }
  EXPECT_EQ(committed, kRecords);
}

// A sink asks again what was written once the partition may have been away.
TEST(KafkaLogTest, NumbersEachAssignment) {
  const KafkaLogOptions options = OptionsOf(NewName(), 1);
  std::vector<int64_t> tenures;
  for (int run = 0; run < 2; ++run) {
    Instance one(options);
    ASSERT_THAT(one.WaitForPartitions(1), SizeIs(1));
    AppendTo(one.log(), 0, 1);
    const auto entries = ReadPartition(one.log(), 0, 1);
    ASSERT_THAT(entries, SizeIs(1));
    tenures.push_back(entries[0].batch->identity().tenure);
  }
  EXPECT_GT(tenures[0], 0);
  EXPECT_GT(tenures[1], tenures[0]);
}

TEST(KafkaLogTest, CountsAndPassesOverWhatNoLogHasWritten) {
  const KafkaLogOptions options = OptionsOf(NewName(), 1);
  Instance one(options);
  ASSERT_THAT(one.WaitForPartitions(1), SizeIs(1));
  auto wanted = AppendTo(one.log(), 0, 1);
  ASSERT_TRUE(WriteRecords(Broker().bootstrap(), options.topic,
                           {{.value = "{\"no\": \"batch\"}"}})
                  .ok());
  wanted.push_back(AppendTo(one.log(), 0, 1)[0]);
  const auto entries = ReadPartition(one.log(), 0, 2);
  EXPECT_EQ(PayloadsOf(entries), wanted);
  EXPECT_EQ(one.log().Stats().corrupt_records, 1u);
}

TEST(KafkaLogTest, RefusesATopicThatHasEventsOfAnotherPipeline) {
  KafkaLogOptions options = OptionsOf(NewName(), 2);
  options.pipeline = "orders";
  {
    Instance one(options);
    AppendTo(one.log(), 1, 2);
  }
  EXPECT_TRUE(KafkaLog::Open(options).ok());
  options.pipeline = "billing";
  options.group = "billing";
  const absl::Status opened = KafkaLog::Open(options).status();
  EXPECT_EQ(opened.code(), absl::StatusCode::kFailedPrecondition);
  for (const std::string& named :
       {Cat("topic '", options.topic, "'"), std::string("partition 1"),
        std::string("'orders'"), std::string("'billing'")}) {
    EXPECT_THAT(std::string(opened.message()), HasSubstr(named));
  }
}

TEST(KafkaLogTest, TakesATopicThatItsGroupHasDrainedUnderAnotherName) {
  KafkaLogOptions options = OptionsOf(NewName(), 1);
  options.pipeline = "orders";
  {
    Instance one(options);
    ASSERT_THAT(one.WaitForPartitions(1), SizeIs(1));
    AppendTo(one.log(), 0, 2);
    const auto entries = ReadPartition(one.log(), 0, 2);
    ASSERT_THAT(entries, SizeIs(2));
    ASSERT_TRUE(one.log().SetCursor(0, entries[1].end_offset()).ok());
  }
  options.pipeline = "billing";
  Instance renamed(options);
  ASSERT_THAT(renamed.WaitForPartitions(1), SizeIs(1));
  const auto wanted = AppendTo(renamed.log(), 0, 1);
  EXPECT_EQ(PayloadsOf(ReadPartition(renamed.log(), 0, 1)), wanted);
}

TEST(KafkaLogTest, StopsAtAnEventThatAnotherPipelineAppendsMeanwhile) {
  KafkaLogOptions options = OptionsOf(NewName(), 1);
  options.pipeline = "orders";
  Instance one(options);
  ASSERT_THAT(one.WaitForPartitions(1), SizeIs(1));
  options.pipeline = "billing";
  options.group = "billing";
  {
    const auto other = OpenLog(options);
    AppendTo(*other, 0, 1);
  }
  const auto reader = one.log().Read(0, 0);
  ASSERT_TRUE(reader.ok()) << reader.status();
  absl::Status read;
  while (read.ok()) read = (*reader)->Next().status();
  EXPECT_EQ(read.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(read.message()), HasSubstr("'billing'"));
}

TEST(KafkaLogTest, CountsTheRecordsThatAreNotFinal) {
  const KafkaLogOptions options = OptionsOf(NewName(), 2);
  Instance one(options);
  ASSERT_THAT(one.WaitForPartitions(2), SizeIs(2));
  const auto wait_for_lag = [&one](uint64_t lag) {
    while (one.log().Stats().lag_records != lag) std::this_thread::yield();
  };
  AppendTo(one.log(), 0, 3);
  AppendTo(one.log(), 1, 2);
  wait_for_lag(5);
  const auto entries = ReadPartition(one.log(), 0, 3);
  ASSERT_TRUE(one.log().SetCursor(0, entries[1].end_offset()).ok());
  wait_for_lag(3);
  ASSERT_TRUE(one.log().SetCursor(0, entries[2].end_offset()).ok());
  wait_for_lag(2);
}

// A client of the broker; of a group where one is named.
KafkaClientPtr ClientOf(const std::string& group = "") {
  KafkaConnection connection;
  connection.brokers = Broker().bootstrap();
  KafkaProperties properties;
  if (!group.empty()) properties["group.id"] = group;
  return *MakeKafkaClient(group.empty() ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER,
                          *MakeKafkaConf(connection, properties));
}

void CommitOffset(const KafkaLogOptions& options, int32_t partition,
                  int64_t offset, const std::string& metadata = "") {
  const KafkaClientPtr client = ClientOf(options.group);
  const KafkaPartitionsPtr offsets(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_t& place = *rd_kafka_topic_partition_list_add(
      offsets.get(), options.topic.c_str(), partition);
  place.offset = offset;
  place.metadata = strdup(metadata.c_str());  // The list frees it.
  place.metadata_size = metadata.size();
  ASSERT_EQ(rd_kafka_commit(client.get(), offsets.get(), 0),
            RD_KAFKA_RESP_ERR_NO_ERROR);
}

CommittedOffset CommittedOf(const KafkaLogOptions& options) {
  const KafkaClientPtr client = ClientOf(options.group);
  const auto committed =
      TopicAdmin(*client, absl::Seconds(30)).FindOwnCommitted(options.topic, 1);
  EXPECT_TRUE(committed.ok()) << committed.status();
  return committed->contains(0) ? committed->at(0) : CommittedOffset{-1};
}

void DeleteTopic(const KafkaLogOptions& options) {
  const KafkaClientPtr client = ClientOf();
  TopicAdmin admin(*client, absl::Seconds(30));
  ASSERT_TRUE(admin.Delete(options.topic).ok());
  while (admin.Describe(options.topic).ok()) std::this_thread::yield();
}

void MakeTopicAnew(const KafkaLogOptions& options) {
  DeleteTopic(options);
  const absl::Status made = Broker().CreateTopic(options.topic, 1);
  ASSERT_TRUE(made.ok()) << made;
}

// Reads and settles what comes until all of these have come; how the events
// name their log.
std::set<std::string> Consume(Log& log, const std::vector<std::string>& all) {
  std::set<std::string> missing(all.begin(), all.end());
  std::set<std::string> names;
  const auto end = std::chrono::steady_clock::now() + kTestDeadline;
  while (!missing.empty() && std::chrono::steady_clock::now() < end) {
    std::this_thread::yield();
    const auto cursor = log.cursor(0);
    if (!cursor.ok()) continue;
    auto reader = log.Read(0, *cursor);
    if (!reader.ok()) continue;
    while (true) {
      const auto entry = (*reader)->Next();
      if (!entry.ok() || !entry->has_value()) break;
      if (missing.erase(std::string((*entry)->batch->payload(0))) > 0) {
        names.insert(std::string((*entry)->batch->identity().log));
      }
      log.SetCursor(0, (*entry)->end_offset()).IgnoreError();
    }
  }
  EXPECT_THAT(missing, IsEmpty());
  return names;
}

TEST(KafkaLogTest, RefusesATopicThatHasLostWhatTheGroupHasRead) {
  const KafkaLogOptions options = OptionsOf(NewName(), 2);
  {
    const auto log = OpenLog(options);
    AppendTo(*log, 1, 1);
  }
  CommitOffset(options, 1, 100);
  const absl::Status opened = KafkaLog::Open(options).status();
  EXPECT_EQ(opened.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(opened.message()), HasSubstr("has lost records"));
}

TEST(KafkaLogTest, GivesATopicMadeAnewAnotherName) {
  const KafkaLogOptions options = OptionsOf(NewName(), 1);
  std::set<std::string> before;
  {
    Instance one(options);
    before = Consume(one.log(), AppendTo(one.log(), 0, 3));
  }
  DeleteTopic(options);
  Instance other(options);
  // As many again, and more: offsets of both are the same.
  const auto names = Consume(other.log(), AppendTo(other.log(), 0, 5));
  EXPECT_THAT(before, SizeIs(1));
  EXPECT_THAT(names, SizeIs(1));
  EXPECT_NE(names, before);
}

TEST(KafkaLogTest, KeepsItsNameForAsLongAsTheTopicIsThere) {
  const KafkaLogOptions options = OptionsOf(NewName(), 1);
  std::set<std::string> names;
  std::vector<std::string> all;
  for (int run = 0; run < 3; ++run) {
    Instance one(options);
    const auto some = AppendTo(one.log(), 0, 2);
    all.insert(all.end(), some.begin(), some.end());
    names.merge(Consume(one.log(), some));
  }
  EXPECT_THAT(names, SizeIs(1));
  // Though the cluster has forgotten what the group had read.
  KafkaLogOptions forgetful = options;
  forgetful.group += "-2";
  Instance one(forgetful);
  EXPECT_EQ(Consume(one.log(), all), names);
}

TEST(KafkaLogTest, TakesNoCursorOfATopicThatIsGone) {
  const KafkaLogOptions options = OptionsOf(NewName(), 1);
  {
    Instance one(options);
    Consume(one.log(), AppendTo(one.log(), 0, 3));
  }
  const CommittedOffset late = CommittedOf(options);
  EXPECT_EQ(late.offset, 3);
  for (const int64_t offset : {int64_t{2}, int64_t{100}}) {
    MakeTopicAnew(options);
    std::vector<std::string> all;
    {
      const auto log = OpenLog(options);
      all = AppendTo(*log, 0, 4);
    }
    // By a process that had not noticed.
    CommitOffset(options, 0, offset, late.metadata);
    Instance one(options);
    Consume(one.log(), all);
  }
}

TEST(KafkaLogTest, BeginsAnewWithItsTopicWhileItRuns) {
  const KafkaLogOptions options = OptionsOf(NewName(), 1);
  Instance one(options);
  const auto before = Consume(one.log(), AppendTo(one.log(), 0, 3));
  // Fewer records than were read, as many, and more.
  for (const int count : {1, 2, 8}) {
    MakeTopicAnew(options);
    const auto names = Consume(one.log(), AppendTo(one.log(), 0, count));
    EXPECT_FALSE(names.contains(*before.begin()));
  }
}

// Of a group that has read up to 100 in a topic that ends at 3, as after an
// unclean election; found once it has begun.
class LostLogTest : public ::testing::Test {
 protected:
  void Open() {
    {
      Instance one(options_);
      Consume(one.log(), AppendTo(one.log(), 0, 3));
    }
    log_ = OpenLog(options_);
    CommitOffset(options_, 0, 100, CommittedOf(options_).metadata);
    ASSERT_TRUE(log_->Subscribe(partitions_).ok());
    while (log_->WaitsFor().find("has lost records") == std::string::npos) {
      std::this_thread::yield();
    }
  }

  const KafkaLogOptions options_ = OptionsOf(NewName(), 1);
  AssignedPartitions partitions_;
  std::unique_ptr<KafkaLog> log_;
};

TEST_F(LostLogTest, TakesNothingThatNobodyWouldRead) {
  ASSERT_NO_FATAL_FAILURE(Open());
  const absl::Status refused = AppendAndWait(*log_, BatchOf({"a"})).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("has lost records"));
  EXPECT_EQ(log_->Refuses(), refused.message());
  EXPECT_EQ(log_->Stats().unread_batches, 0u);
  EXPECT_TRUE(log_->Close().ok());
}

TEST_F(LostLogTest, GoesOnWithATopicThatIsMadeAnew) {
  ASSERT_NO_FATAL_FAILURE(Open());
  MakeTopicAnew(options_);
  while (!log_->Refuses().empty()) std::this_thread::yield();
  Consume(*log_, AppendTo(*log_, 0, 2));
  EXPECT_THAT(log_->WaitsFor(), IsEmpty());
}

void SetLimit(const KafkaLogOptions& options, const std::string& bytes) {
  const KafkaClientPtr client = ClientOf();
  const absl::Status set =
      TopicAdmin(*client, absl::Seconds(30))
          .AlterSettings(options.topic, {{"max.message.bytes", bytes}});
  ASSERT_TRUE(set.ok()) << set;
}

absl::Status AppendWhenRoom(Log& log, const EventBatchPtr& batch) {
  while (true) {
    const absl::Status appended = AppendAndWait(log, batch).status();
    if (!absl::IsResourceExhausted(appended)) return appended;
    std::this_thread::yield();
  }
}

TEST(KafkaLogTest, StoresSmallerPartsWhenTheTopicTakesLessThanItDid) {
  const KafkaLogOptions options = OptionsOf(NewName(), 1);
  Instance one(options);
  ASSERT_NO_FATAL_FAILURE(SetLimit(options, "10000"));
  const EventBatchPtr batch =
      BatchOf(std::vector<std::string>(50, std::string(1'000, 'x')));
  EXPECT_EQ(AppendWhenRoom(one.log(), batch).code(),
            absl::StatusCode::kUnavailable);
  const absl::Status again = AppendWhenRoom(one.log(), batch);
  EXPECT_TRUE(again.ok()) << again;
  const absl::Status large =
      AppendWhenRoom(one.log(), BatchOf({std::string(20'000, 'x')}));
  EXPECT_EQ(large.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(large.message()), HasSubstr("at most 10000"));
}

void DeleteRecords(const KafkaLogOptions& options, int64_t before) {
  const KafkaClientPtr client = ClientOf();
  const KafkaPartitionsPtr offsets(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(offsets.get(), options.topic.c_str(), 0)
      ->offset = before;
  rd_kafka_DeleteRecords_t* wanted = rd_kafka_DeleteRecords_new(offsets.get());
  const KafkaQueuePtr queue(rd_kafka_queue_new(client.get()));
  rd_kafka_DeleteRecords(client.get(), &wanted, 1, nullptr, queue.get());
  rd_kafka_DeleteRecords_destroy(wanted);
  const KafkaEventPtr done(rd_kafka_queue_poll(queue.get(), 30'000));
  ASSERT_NE(done, nullptr);
  ASSERT_EQ(rd_kafka_event_error(done.get()), RD_KAFKA_RESP_ERR_NO_ERROR);
}

TEST(KafkaLogTest, CountsWhatIsDeletedBeforeItIsRead) {
  KafkaLogOptions options = OptionsOf(NewName(), 1);
  options.max_buffer_bytes = 1 << 20;
  Instance one(options);
  ASSERT_THAT(one.WaitForPartitions(1), SizeIs(1));
  constexpr int kBatches = 200;
  const std::string filler(100'000, 'x');
  for (int i = 0; i < kBatches; ++i) {
    ASSERT_TRUE(
        AppendAndWait(one.log(), BatchOf({std::to_string(i) + filler})).ok());
  }
  // Nobody reads meanwhile: no more is fetched than has room.
  DeleteRecords(options, kBatches - 1);
  Consume(one.log(), {std::to_string(kBatches - 1) + filler});
  const uint64_t expired = one.log().Stats().expired_records;
  EXPECT_GT(expired, 0u);
  EXPECT_LT(expired, uint64_t{kBatches});
}

TEST(KafkaLogTest, PausesWhatNobodyReadsAndLosesNothing) {
  KafkaLogOptions options = OptionsOf(NewName(), 1);
  options.max_buffer_bytes = 1 << 20;
  Instance one(options);
  ASSERT_THAT(one.WaitForPartitions(1), SizeIs(1));
  constexpr int kBatches = 200;
  std::vector<std::string> wanted;
  for (int i = 0; i < kBatches; ++i) {
    wanted.push_back(std::to_string(i) + std::string(50'000, 'x'));
    ASSERT_TRUE(AppendAndWait(one.log(), BatchOf({wanted.back()})).ok());
  }
  EXPECT_EQ(PayloadsOf(ReadPartition(one.log(), 0, kBatches)), wanted);
}

// Appends as fast as it can, and remembers what was acknowledged.
class Load {
 public:
  explicit Load(Log& log) : log_(log), thread_([this] { Run(); }) {}
  ~Load() { Stop(); }

  std::set<std::string> Stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
    MutexLock lock(state_->mutex);
    while (state_->in_flight > 0) state_->changed.Wait(state_->mutex);
    return state_->acked;
  }

  void AwaitAcks(size_t count) {
    MutexLock lock(state_->mutex);
    while (state_->acked.size() < count) state_->changed.Wait(state_->mutex);
  }

  size_t acked() {
    MutexLock lock(state_->mutex);
    return state_->acked.size();
  }

 private:
  struct State {
    Mutex mutex;
    CondVar changed;
    std::set<std::string> acked ABSL_GUARDED_BY(mutex);
    int in_flight ABSL_GUARDED_BY(mutex) = 0;
  };

  void Run() {
    for (int i = 0; !stopping_; ++i) {
      {
        MutexLock lock(state_->mutex);
        while (state_->in_flight >= 100) state_->changed.Wait(state_->mutex);
        ++state_->in_flight;
      }
      const std::string payload = std::to_string(i);
      const absl::Status taken =
          log_.Append(BatchOf({payload}), static_cast<uint64_t>(i),
                      [state = state_, payload](const auto& appended) {
                        MutexLock lock(state->mutex);
                        --state->in_flight;
                        if (appended.ok()) state->acked.insert(payload);
                        state->changed.NotifyAll();
                      });
      if (taken.ok()) continue;
      MutexLock lock(state_->mutex);
      --state_->in_flight;
    }
  }

  Log& log_;
  const std::shared_ptr<State> state_ = std::make_shared<State>();
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

int64_t EndOf(const std::string& topic, int32_t partition) {
  const KafkaClientPtr client = ClientOf();
  const auto marks =
      TopicAdmin(*client, absl::Seconds(30)).FindWatermarks(topic, partition);
  EXPECT_TRUE(marks.ok()) << marks.status();
  return marks->high;
}

// Adds the payloads of all entries of a partition that has `records`.
void ReadToTheEnd(Log& log, int32_t partition, int64_t records,
                  std::set<std::string>& payloads) {
  auto reader = log.Read(partition, 0);
  ASSERT_TRUE(reader.ok()) << reader.status();
  for (int64_t read = 0; read < records;) {
    const auto entry = ReadAndWait(**reader);
    ASSERT_TRUE(entry.has_value()) << read << " of " << records;
    payloads.emplace(entry->batch->payload(0));
    read = RecordOf(entry->first_offset) + 1;
  }
}

TEST(KafkaLogTest, LosesNothingAckedWhenTheBrokerIsKilledUnderLoad) {
  const KafkaLogOptions options = OptionsOf(NewName(), 2);
  Instance one(options);
  ASSERT_THAT(one.WaitForPartitions(2), SizeIs(2));
  Load load(one.log());
  for (int kill = 0; kill < 3; ++kill) {
    load.AwaitAcks(load.acked() + 2'000);
    Broker().Kill();
    ASSERT_TRUE(Broker().Restart().ok());
  }
  load.AwaitAcks(load.acked() + 2'000);
  const std::set<std::string> acked = load.Stop();
  std::set<std::string> found;
  for (const int32_t partition : one.WaitForPartitions(2)) {
    ASSERT_NO_FATAL_FAILURE(ReadToTheEnd(
        one.log(), partition, EndOf(options.topic, partition), found));
  }
  std::set<std::string> lost;
  std::set_difference(acked.begin(), acked.end(), found.begin(), found.end(),
                      std::inserter(lost, lost.end()));
  EXPECT_THAT(lost, IsEmpty());
}

}  // namespace
}  // namespace phoenix
