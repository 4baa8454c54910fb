// A partition that is read to its end, past transactions, at a real broker.
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "integration/servers/shared_kafka.h"
#include "libs/base/text.h"
#include "libs/kafka/committed_records.h"
#include "libs/kafka/handles.h"
#include "libs/kafka/record_view.h"
#include "libs/kafka/topic_writer.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int kTimeoutMs = 60'000;

class CommittedRecordsTest : public ::testing::Test {
 protected:
  CommittedRecordsTest() {
    connection_.brokers = SharedKafka().bootstrap();
    EXPECT_TRUE(SharedKafka().CreateTopic(topic_, 1).ok());
  }

  void Write(const std::string& value) {
    const auto writer = TopicWriter::Create(connection_, topic_);
    ASSERT_TRUE(writer.ok()) << writer.status();
    ASSERT_TRUE((*writer)->Write({{{.key = "k", .value = value}}}).ok());
  }

  // A producer with an open transaction that has one record.
  KafkaClientPtr WriteInTransaction(const char* value) {
    auto conf = MakeKafkaConf(connection_, {{"transactional.id", topic_}});
    EXPECT_TRUE(conf.ok());
    auto client = MakeKafkaClient(RD_KAFKA_PRODUCER, *std::move(conf));
    EXPECT_TRUE(client.ok());
    rd_kafka_t* const producer = client->get();
    EXPECT_EQ(rd_kafka_init_transactions(producer, kTimeoutMs), nullptr);
    EXPECT_EQ(rd_kafka_begin_transaction(producer), nullptr);
    EXPECT_EQ(rd_kafka_producev(producer, RD_KAFKA_V_TOPIC(topic_.c_str()),
                                RD_KAFKA_V_PARTITION(0),
                                RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                RD_KAFKA_V_VALUE(const_cast<char*>(value), 1),
                                RD_KAFKA_V_END),
              RD_KAFKA_RESP_ERR_NO_ERROR);
    EXPECT_EQ(rd_kafka_flush(producer, kTimeoutMs), RD_KAFKA_RESP_ERR_NO_ERROR);
    return *std::move(client);
  }

  absl::Status Read() {
    values_.clear();
    return ReadCommittedRecords(connection_, topic_, 0, cancelled_,
                                [this](const rd_kafka_message_t& message) {
                                  values_.emplace_back(RecordValue(message));
                                });
  }

  KafkaConnection connection_;
  const std::string topic_ =
      Cat("of-", testing::UnitTest::GetInstance()->current_test_info()->name());
  std::atomic<bool> cancelled_ = false;
  std::vector<std::string> values_;
};

TEST_F(CommittedRecordsTest, AreReadUpToTheEnd) {
  EXPECT_TRUE(Read().ok());
  EXPECT_THAT(values_, IsEmpty());
  Write("a");
  Write("b");
  EXPECT_TRUE(Read().ok());
  EXPECT_THAT(values_, ElementsAre("a", "b"));
}

TEST_F(CommittedRecordsTest, AreNotAllBeforeATransactionHasEnded) {
  Write("a");
  const KafkaClientPtr producer = WriteInTransaction("t");
  Write("b");
  const absl::Status waited = Read();
  EXPECT_TRUE(absl::IsUnavailable(waited)) << waited;
  EXPECT_THAT(std::string(waited.message()), HasSubstr("has not ended"));

  std::thread reader([this] {
    const absl::Status read = Read();
    EXPECT_TRUE(read.ok()) << read;
  });
  EXPECT_EQ(rd_kafka_commit_transaction(producer.get(), kTimeoutMs), nullptr);
  reader.join();
  EXPECT_THAT(values_, ElementsAre("a", "t", "b"));
}

TEST_F(CommittedRecordsTest, EndBehindATransactionThatWasAborted) {
  Write("a");
  const KafkaClientPtr producer = WriteInTransaction("t");
  EXPECT_EQ(rd_kafka_abort_transaction(producer.get(), kTimeoutMs), nullptr);
  EXPECT_TRUE(Read().ok());
  EXPECT_THAT(values_, ElementsAre("a"));
}

TEST_F(CommittedRecordsTest, AreNotWaitedForOnceItIsCancelled) {
  const KafkaClientPtr producer = WriteInTransaction("t");
  cancelled_ = true;
  EXPECT_TRUE(absl::IsCancelled(Read()));
}

}  // namespace
}  // namespace phoenix
