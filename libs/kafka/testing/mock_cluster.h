#ifndef LIBS_KAFKA_TESTING_MOCK_CLUSTER_H_
#define LIBS_KAFKA_TESTING_MOCK_CLUSTER_H_

// rdkafka_mock.h does not include what it needs.
// clang-format off
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
// clang-format on

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "libs/kafka/connection.h"
#include "libs/kafka/handles.h"

namespace phoenix {

// librdkafka's own broker for tests, in this process: one that speaks the
// protocol, keeps records in memory, and fails as it is told. For what a real
// broker can't be made to do, and where starting one takes too long.
// Thread-compatible.
class MockCluster {
 public:
  // The API keys of requests, as the protocol numbers them.
  static constexpr int16_t kProduce = 0;
  static constexpr int16_t kOffsetCommit = 8;
  static constexpr int16_t kOffsetFetch = 9;
  static constexpr int16_t kFindCoordinator = 10;
  static constexpr int16_t kJoinGroup = 11;
  static constexpr int16_t kHeartbeat = 12;
  static constexpr int16_t kSyncGroup = 14;
  static constexpr int16_t kInitProducerId = 22;
  static constexpr int16_t kAddPartitionsToTxn = 24;
  static constexpr int16_t kEndTxn = 26;

  MockCluster()
      : owner_(rd_kafka_new(RD_KAFKA_PRODUCER, nullptr, nullptr, 0)),
        cluster_(rd_kafka_mock_cluster_new(owner_.get(), 1)) {}
  ~MockCluster() { rd_kafka_mock_cluster_destroy(cluster_); }
  MockCluster(const MockCluster&) = delete;
  MockCluster& operator=(const MockCluster&) = delete;

  KafkaConnection connection() const {
    KafkaConnection connection;
    connection.brokers = rd_kafka_mock_cluster_bootstraps(cluster_);
    connection.properties["log_level"] = "0";
    return connection;
  }

  void CreateTopic(const std::string& name, int partitions) {
    rd_kafka_mock_topic_create(cluster_, name.c_str(), partitions, 1);
  }

  // The next requests of this kind are answered with these errors.
  void FailNext(int16_t api_key, std::vector<rd_kafka_resp_err_t> errors) {
    rd_kafka_mock_push_request_errors_array(cluster_, api_key, errors.size(),
                                            errors.data());
  }

  // The broker is gone, and there again.
  void SetDown() { rd_kafka_mock_broker_set_down(cluster_, 1); }
  void SetUp() { rd_kafka_mock_broker_set_up(cluster_, 1); }

 private:
  const KafkaClientPtr owner_;
  rd_kafka_mock_cluster_t* const cluster_;
};

}  // namespace phoenix

#endif  // LIBS_KAFKA_TESTING_MOCK_CLUSTER_H_
