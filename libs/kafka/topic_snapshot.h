#ifndef LIBS_KAFKA_TOPIC_SNAPSHOT_H_
#define LIBS_KAFKA_TOPIC_SNAPSHOT_H_

#include <librdkafka/rdkafka.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/handles.h"
#include "libs/kafka/topic_admin.h"

namespace phoenix {

class TopicSnapshot;

// Reads one partition of a snapshot in order. Thread-compatible.
class SnapshotReader {
 public:
  // What is fetched ahead, in bytes: enough to keep a connection busy.
  static constexpr size_t kMaxBufferBytes = 8 << 20;

  // How long a broker may take to answer before Next gives up.
  static constexpr absl::Duration kMaxWait = absl::Seconds(10);

  ~SnapshotReader();
  SnapshotReader(const SnapshotReader&) = delete;
  SnapshotReader& operator=(const SnapshotReader&) = delete;

  // The next record, or null when there is none before the snapshot's end.
  // Records that the topic has deleted meanwhile are passed over. Blocks.
  // UNAVAILABLE: no broker answers; the same call may work later. The record
  // is destroyed before the snapshot.
  absl::StatusOr<KafkaMessagePtr> Next();

 private:
  friend class TopicSnapshot;
  SnapshotReader(rd_kafka_topic_t& topic, int32_t partition, int64_t end)
      : topic_(topic), partition_(partition), end_(end) {}

  std::string What() const;  // Reading it, for errors.

  rd_kafka_topic_t& topic_;
  const int32_t partition_;
  const int64_t end_;
  bool ended_ = false;
};

// What a topic holds, up to where each partition ended when this was opened.
// It is read by itself, in no group: whoever writes or reads the topic notices
// nothing. Of transactions only what was committed is seen. Thread-safe, but
// for Refresh.
class TopicSnapshot {
 public:
  // Asks for the ends of all partitions. NOT_FOUND when there is no such
  // topic, UNAVAILABLE when no broker answers in `timeout`; other errors are
  // those of KafkaStatus().
  static absl::StatusOr<std::unique_ptr<TopicSnapshot>> Open(
      const KafkaConnection& connection, const std::string& topic,
      absl::Duration timeout);

  // Ends from now on where the partitions, of which there may be more, end now.
  // On an error, as of Open, it stays what it was. Nothing else is called
  // meanwhile, and no reader is left from before.
  absl::Status Refresh();

  const std::string& topic() const { return topic_name_; }

  // The cluster's own id.
  const std::string& cluster() const { return cluster_; }

  // By partition; `high` is where the snapshot ends.
  const std::vector<Watermarks>& partitions() const { return partitions_; }

  // The offset of the first record with this time or a later one; the end of
  // the partition when there is none.
  absl::StatusOr<int64_t> FindOffset(int32_t partition, absl::Time time) const;

  // Reads from `offset` on, or else from the first record behind it. One
  // reader of a partition at a time; the snapshot outlives it.
  absl::StatusOr<std::unique_ptr<SnapshotReader>> Read(int32_t partition,
                                                       int64_t offset) const;

  // A setting of the topic; see TopicAdmin.
  absl::StatusOr<std::string> Setting(const std::string& name) const;

  // How many members a consumer group has just now.
  absl::StatusOr<int> CountMembers(const std::string& group) const;

 private:
  TopicSnapshot(std::string topic, absl::Duration timeout)
      : topic_name_(std::move(topic)), timeout_(timeout) {}

  absl::Status Connect(const KafkaConnection& connection);
  absl::Status FindEnds();

  const std::string topic_name_;
  const absl::Duration timeout_;
  KafkaClientPtr client_;
  KafkaTopicPtr topic_;
  std::string cluster_;
  std::vector<Watermarks> partitions_;
};

}  // namespace phoenix

#endif  // LIBS_KAFKA_TOPIC_SNAPSHOT_H_
