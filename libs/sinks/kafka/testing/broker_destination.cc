#include "libs/sinks/kafka/testing/broker_destination.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include "gtest/gtest.h"
#include "integration/servers/kafka_records.h"
#include "integration/servers/shared_kafka.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/component/testing/test_batch.h"
#include "libs/event/outcome.h"
#include "libs/event/selection.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/topic_admin.h"
#include "libs/kafka/topic_writer.h"

namespace phoenix {

KafkaServer& Broker() { return SharedKafka(); }

std::string NewName() {
  static int count = 0;
  return "topic-" + std::to_string(++count);
}

std::string NewTopic(int partitions) {
  const std::string name = NewName();
  const absl::Status created = Broker().CreateTopic(name, partitions);
  EXPECT_TRUE(created.ok()) << created;
  return name;
}

void SetMaxMessageBytes(const std::string& topic, int bytes) {
  KafkaConnection connection;
  connection.brokers = Broker().bootstrap();
  auto conf = MakeKafkaConf(connection, {});
  ASSERT_TRUE(conf.ok());
  const auto client = MakeKafkaClient(RD_KAFKA_PRODUCER, *std::move(conf));
  ASSERT_TRUE(client.ok());
  const absl::Status altered =
      TopicAdmin(**client, absl::Seconds(10))
          .AlterSettings(topic, {{"max.message.bytes", std::to_string(bytes)}});
  ASSERT_TRUE(altered.ok()) << altered;
  const TopicRecord larger{.value = std::string(bytes, 'x')};
  const auto writer = TopicWriter::Create(connection, topic);
  ASSERT_TRUE(writer.ok());
  while ((*writer)->Write({larger}).ok()) {
    const absl::Status deleted =
        DeleteRecords(connection.brokers, topic, 0, RD_KAFKA_OFFSET_END);
    ASSERT_TRUE(deleted.ok()) << deleted;
  }
}

KafkaSink::Options OptionsFor(const std::string& topic) {
  KafkaSink::Options options;
  options.name = "out";
  options.encoder.format = RecordEncoder::Format::kPayload;
  options.producer.connection.brokers = Broker().bootstrap();
  options.producer.connection.properties["log_level"] = "0";
  options.producer.topic = topic;
  return options;
}

std::vector<std::string> Values(const std::string& topic, int partitions) {
  const auto records = ReadRecords(Broker().bootstrap(), topic, partitions);
  EXPECT_TRUE(records.ok()) << records.status();
  return records.ok() ? ValuesOf(*records) : std::vector<std::string>();
}

std::vector<std::string> Numbers(int from, int count) {
  std::vector<std::string> numbers;
  for (int i = from; i < from + count; ++i) {
    numbers.push_back(std::to_string(i));
  }
  return numbers;
}

EventBatchPtr Logged(int64_t first_offset, int count, int partition,
                     int64_t tenure) {
  auto columns = MakeBatch(Numbers(first_offset, count))->columns();
  columns.identity = {.log = "log",
                      .partition = partition,
                      .first_offset = first_offset,
                      .tenure = tenure};
  return std::make_shared<const EventBatch>(std::move(columns));
}

std::vector<std::string> Deliver(Sink& sink, BatchView view) {
  OutcomeRecorder recorder;
  sink.Write(std::move(view), recorder.Callback());
  sink.Flush();
  EXPECT_EQ(recorder.calls(), 1u);
  for (const OutcomeDetail& detail : recorder.outcome().details()) {
    GTEST_LOG_(INFO) << detail.row << ": " << detail.status;
  }
  return recorder.names();
}

std::vector<std::string> Deliver(Sink& sink, EventBatchPtr batch) {
  return Deliver(sink, AllOf(std::move(batch)));
}

void DeliverAll(Sink& sink, std::vector<BatchView> views) {
  while (!views.empty()) {
    std::vector<BatchView> again;
    for (const BatchView& view : views) {
      sink.Write(view, [&again, view](const BatchOutcome& outcome) {
        Selection rows;
        for (uint32_t row : view.rows) {
          if (outcome.at(row) == Outcome::kDelivered) continue;
          EXPECT_EQ(outcome.at(row), Outcome::kRetry);
          rows.push_back(row);
        }
        if (!rows.empty()) again.push_back({view.batch, rows});
      });
    }
    sink.Flush();
    views = std::move(again);
  }
}

void DeliverThroughARestart(Sink& sink) {
  constexpr int kBatches = 5;
  constexpr int kRows = 20;
  constexpr int kRounds = kRestartedRows / (kBatches * kRows);
  ASSERT_TRUE(sink.Open().ok());
  // The server is for this thread alone, so the sink gets another.
  std::atomic<int> rounds = 0;
  std::thread writer([&] {
    for (; rounds < kRounds; ++rounds) {
      std::vector<BatchView> views;
      for (int i = 0; i < kBatches; ++i) {
        views.push_back(AllOf(Logged((rounds * kBatches + i) * kRows, kRows)));
      }
      DeliverAll(sink, std::move(views));
    }
    EXPECT_TRUE(sink.Close().ok());
  });
  while (rounds < kRounds / 3) std::this_thread::yield();
  EXPECT_LT(rounds, kRounds);
  const absl::Status restarted = Broker().Restart();
  EXPECT_TRUE(restarted.ok()) << restarted;
  writer.join();
}

TopicFixture::TopicFixture(MakeSinkFor make_sink)
    : make_sink_(std::move(make_sink)) {}

TopicFixture::~TopicFixture() { Broker().Resume(); }

std::vector<std::string> TopicFixture::Arrived() {
  std::vector<std::string> values = Values(topic_);
  for (std::string& value : values) {
    std::replace(value.begin(), value.end(), '\n', ' ');
    std::replace(value.begin(), value.end(), '\r', ' ');
  }
  return values;
}

bool TopicFixture::Break() {
  Broker().Pause();
  return true;
}

}  // namespace phoenix
