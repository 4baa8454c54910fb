#ifndef LIBS_KAFKA_HANDLES_H_
#define LIBS_KAFKA_HANDLES_H_

#include <librdkafka/rdkafka.h>

#include <memory>

namespace phoenix {

// Owners of librdkafka's objects. A handle is thread-compatible unless its
// comment says otherwise.

template <auto kDestroy>
struct KafkaDelete {
  template <typename T>
  void operator()(T* object) const {
    kDestroy(object);
  }
};

// A producer or consumer. Thread-safe. Destroying one waits for its threads;
// records that it still holds are dropped without a report.
using KafkaClientPtr =
    std::unique_ptr<rd_kafka_t, KafkaDelete<rd_kafka_destroy>>;

// A configuration that no client has taken over yet.
using KafkaConfPtr =
    std::unique_ptr<rd_kafka_conf_t, KafkaDelete<rd_kafka_conf_destroy>>;

// One topic of a producer. Destroyed before its client.
using KafkaTopicPtr =
    std::unique_ptr<rd_kafka_topic_t, KafkaDelete<rd_kafka_topic_destroy>>;

// Thread-safe. Destroyed before its client.
using KafkaQueuePtr =
    std::unique_ptr<rd_kafka_queue_t, KafkaDelete<rd_kafka_queue_destroy>>;

using KafkaEventPtr =
    std::unique_ptr<rd_kafka_event_t, KafkaDelete<rd_kafka_event_destroy>>;

// Null: no error.
using KafkaErrorPtr =
    std::unique_ptr<rd_kafka_error_t, KafkaDelete<rd_kafka_error_destroy>>;

// A received record; destroyed before its client.
using KafkaMessagePtr =
    std::unique_ptr<rd_kafka_message_t, KafkaDelete<rd_kafka_message_destroy>>;

// Headers that no record has taken over yet.
using KafkaHeadersPtr =
    std::unique_ptr<rd_kafka_headers_t, KafkaDelete<rd_kafka_headers_destroy>>;

// Partitions with offsets.
using KafkaPartitionsPtr =
    std::unique_ptr<rd_kafka_topic_partition_list_t,
                    KafkaDelete<rd_kafka_topic_partition_list_destroy>>;

// Who commits offsets within a transaction.
using KafkaGroupPtr =
    std::unique_ptr<rd_kafka_consumer_group_metadata_t,
                    KafkaDelete<rd_kafka_consumer_group_metadata_destroy>>;

}  // namespace phoenix

#endif  // LIBS_KAFKA_HANDLES_H_
