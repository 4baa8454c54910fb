#include "libs/sinks/kafka/kafka_sink.h"

#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/component/testing/test_batch.h"
#include "libs/kafka/testing/mock_cluster.h"

namespace phoenix {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr size_t kMaxRecordBytes = 1'000'000;

class KafkaSinkTest : public testing::Test {
 protected:
  KafkaSinkTest() { cluster_.CreateTopic("t", 1); }

  KafkaSink::Options Options() {
    KafkaSink::Options options;
    options.name = "out";
    options.encoder.format = RecordEncoder::Format::kPayload;
    options.producer.connection = cluster_.connection();
    options.producer.topic = "t";
    options.producer.delivery_timeout = absl::Seconds(1);
    options.producer.max_record_bytes = kMaxRecordBytes;
    options.producer.connection.properties["reconnect.backoff.max.ms"] = "100";
    return options;
  }

  static void WriteRows(KafkaSink& sink, int rows, OutcomeRecorder& recorder) {
    std::vector<std::string> payloads;
    for (int i = 0; i < rows; ++i) payloads.push_back(std::to_string(i));
    sink.Write(AllOf(MakeBatch(payloads)), recorder.Callback());
  }

  static absl::Status FirstError(const OutcomeRecorder& recorder) {
    return recorder.outcome().details().at(0).status;
  }

  MockCluster cluster_;
};

TEST_F(KafkaSinkTest, SettlesByReportsOfDelivery) {
  KafkaSink sink(Options());
  ASSERT_TRUE(sink.Open().ok());
  OutcomeRecorder recorder;
  WriteRows(sink, 100, recorder);
  sink.Flush();
  ASSERT_EQ(recorder.calls(), 1u);
  EXPECT_THAT(recorder.names(), Each("delivered"));
  EXPECT_TRUE(sink.Close().ok());
  EXPECT_THAT(sink.Report(), ElementsAre("100 records written to topic 't'"));
}

TEST_F(KafkaSinkTest, RejectsARecordThatIsTooLargeAndSaysTheLimit) {
  KafkaSink sink(Options());
  ASSERT_TRUE(sink.Open().ok());
  OutcomeRecorder recorder;
  sink.Write(
      AllOf(MakeBatch({std::string("1"), std::string(kMaxRecordBytes + 1, 'x'),
                       std::string("3")})),
      recorder.Callback());
  sink.Flush();
  EXPECT_THAT(recorder.names(),
              ElementsAre("delivered", "rejected", "delivered"));
  EXPECT_THAT(std::string(FirstError(recorder).message()),
              HasSubstr("record has '1000001' bytes, topic 't' takes at most "
                        "'1000000'"));
}

TEST_F(KafkaSinkTest, RejectsARecordThatTheBrokerRefuses) {
  KafkaSink sink(Options());
  ASSERT_TRUE(sink.Open().ok());
  cluster_.FailNext(MockCluster::kProduce, {RD_KAFKA_RESP_ERR_INVALID_RECORD});
  OutcomeRecorder refused;
  WriteRows(sink, 1, refused);
  sink.Flush();
  EXPECT_THAT(refused.names(), ElementsAre("rejected"));
  OutcomeRecorder next;
  WriteRows(sink, 1, next);
  sink.Flush();
  EXPECT_THAT(next.names(), ElementsAre("delivered"));
}

TEST_F(KafkaSinkTest, TriesABatchAgainThatTheBrokerFindsTooLarge) {
  KafkaSink sink(Options());
  ASSERT_TRUE(sink.Open().ok());
  cluster_.FailNext(MockCluster::kProduce,
                    {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE});
  OutcomeRecorder refused;
  WriteRows(sink, 3, refused);
  sink.Flush();
  EXPECT_THAT(refused.names(), Each("retry"));
  EXPECT_THAT(std::string(FirstError(refused).message()),
              HasSubstr("a batch of records is larger than it takes at once"));
  OutcomeRecorder again;
  WriteRows(sink, 3, again);
  sink.Flush();
  EXPECT_THAT(again.names(), Each("delivered"));
}

TEST_F(KafkaSinkTest, RejectsARecordThatIsTooLargeAloneAndSaysItsSize) {
  KafkaSink sink(Options());
  ASSERT_TRUE(sink.Open().ok());
  cluster_.FailNext(MockCluster::kProduce,
                    {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE});
  OutcomeRecorder recorder;
  sink.Write(AllOf(MakeBatch({std::string(kMaxRecordBytes - 10, 'x')})),
             recorder.Callback());
  sink.Flush();
  EXPECT_THAT(recorder.names(), ElementsAre("rejected"));
  EXPECT_THAT(std::string(FirstError(recorder).message()),
              HasSubstr("record has '999990' bytes, topic 't' takes fewer"));
}

TEST_F(KafkaSinkTest, TriesAgainWhatItIsNotAllowedToWriteForNow) {
  KafkaSink sink(Options());
  ASSERT_TRUE(sink.Open().ok());
  cluster_.FailNext(MockCluster::kProduce,
                    {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED});
  OutcomeRecorder recorder;
  WriteRows(sink, 2, recorder);
  sink.Flush();
  EXPECT_THAT(recorder.names(), Each("retry"));
  EXPECT_EQ(FirstError(recorder).code(), absl::StatusCode::kPermissionDenied);
  EXPECT_THAT(std::string(FirstError(recorder).message()),
              HasSubstr("write to topic 't'"));
}

TEST_F(KafkaSinkTest, TakesEverythingBackWhenTheBrokerIsDown) {
  KafkaSink sink(Options());
  ASSERT_TRUE(sink.Open().ok());
  OutcomeRecorder before;
  WriteRows(sink, 1, before);
  sink.Flush();
  EXPECT_THAT(before.names(), ElementsAre("delivered"));

  cluster_.SetDown();
  OutcomeRecorder down[2];
  for (OutcomeRecorder& recorder : down) WriteRows(sink, 10, recorder);
  sink.Flush();
  for (OutcomeRecorder& recorder : down) {
    ASSERT_EQ(recorder.calls(), 1u);
    EXPECT_THAT(recorder.names(), Each("retry"));
    EXPECT_EQ(FirstError(recorder).code(), absl::StatusCode::kUnavailable);
  }

  cluster_.SetUp();
  OutcomeRecorder after;
  WriteRows(sink, 10, after);
  sink.Flush();
  EXPECT_THAT(after.names(), Each("delivered"));
}

TEST_F(KafkaSinkTest, GoesOnWithANewProducerAfterAFatalError) {
  KafkaSink sink(Options());
  ASSERT_TRUE(sink.Open().ok());
  cluster_.FailNext(MockCluster::kProduce,
                    {RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER});
  OutcomeRecorder first;
  WriteRows(sink, 1, first);
  sink.Flush();
  EXPECT_THAT(first.names(), ElementsAre("retry"));
  OutcomeRecorder second;
  WriteRows(sink, 1, second);
  sink.Flush();
  EXPECT_THAT(second.names(), ElementsAre("delivered"));
}

TEST_F(KafkaSinkTest, OpensWithoutABrokerAndWritesOnceThereIsOne) {
  KafkaSink::Options options = Options();
  cluster_.SetDown();
  KafkaSink sink(options);
  ASSERT_TRUE(sink.Open().ok());
  cluster_.SetUp();
  OutcomeRecorder recorder;
  WriteRows(sink, 1, recorder);
  sink.Flush();
  EXPECT_THAT(recorder.names(), ElementsAre("delivered"));
}

TEST_F(KafkaSinkTest, StopsWaitingWhenItIsCancelled) {
  KafkaSink::Options options = Options();
  options.producer.delivery_timeout = absl::Minutes(5);
  KafkaSink sink(options);
  ASSERT_TRUE(sink.Open().ok());
  cluster_.SetDown();
  OutcomeRecorder recorder;
  WriteRows(sink, 10, recorder);
  std::thread flush([&] { sink.Flush(); });
  sink.Cancel();
  flush.join();
  EXPECT_THAT(recorder.names(), Each("retry"));
  OutcomeRecorder late;
  WriteRows(sink, 1, late);
  EXPECT_THAT(late.names(), ElementsAre("retry"));
}

TEST_F(KafkaSinkTest, HoldsNoMoreThanItsBuffer) {
  KafkaSink::Options options = Options();
  options.producer.max_buffer_bytes = 1 << 20;
  options.producer.linger = absl::Milliseconds(900);
  KafkaSink sink(options);
  ASSERT_TRUE(sink.Open().ok());
  // Records wait for more, and are reported within later calls only.
  OutcomeRecorder first;
  sink.Write(AllOf(MakeBatch({std::string(700'000, 'x')})), first.Callback());
  EXPECT_EQ(first.calls(), 0u);
  cluster_.SetDown();
  OutcomeRecorder second;
  std::thread write([&] {
    sink.Write(AllOf(MakeBatch({std::string(700'000, 'x')})),
               second.Callback());
  });
  // The second waits for the first, whose time runs out.
  write.join();
  EXPECT_EQ(first.calls(), 1u);
  EXPECT_TRUE(sink.Close().ok());
}

}  // namespace
}  // namespace phoenix
