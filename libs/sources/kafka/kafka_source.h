#ifndef LIBS_SOURCES_KAFKA_KAFKA_SOURCE_H_
#define LIBS_SOURCES_KAFKA_KAFKA_SOURCE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/base/mutex.h"
#include "libs/component/source.h"
#include "libs/event/batch_builder.h"
#include "libs/kafka/group_consumer.h"
#include "libs/kafka/group_lag.h"
#include "libs/kafka/latest_start.h"
#include "libs/kafka/topic_keeper.h"
#include "libs/sources/kafka/credit_wait.h"
#include "libs/sources/kafka/partition_reader.h"
#include "libs/telemetry/metrics.h"

namespace phoenix {

struct KafkaSourceOptions {
  std::string name;  // Of the component.
  GroupConsumerOptions consumer;
  bool from_latest = false;  // Where a new group begins; see LatestStart.
  std::optional<TopicWish> create_topics = {};  // Those that are no patterns.
  EventDefaults defaults;                       // Of plain records.
  bool payload_only = false;  // All are plain: headers are not looked at.
  size_t max_event_bytes = BatchLimits::kDefaultMaxEventBytes;
  absl::Duration commit_interval = absl::Seconds(1);

  // How long credit is waited for before partitions are paused: that throws
  // away what has been fetched, which a moment's wait saves.
  absl::Duration patience = absl::Milliseconds(200);

  // How long partitions that go to another member wait for outcomes.
  absl::Duration revoke_timeout = absl::Seconds(10);
};

// The source `kafka`: one thread that is a member of a consumer group. Each
// partition has a lane of its own. One whose batch is refused is paused until
// there is credit, while the thread goes on polling, as membership demands.
// Offsets are committed up to the first record without final outcome; when an
// event is to be read again, its partition is rewound there. Records that the
// topic has deleted before they came are counted and told. While no broker
// answers, and as long as it is not known where to begin, the thread begins
// anew again and again.
class KafkaSource : public Source, private GroupConsumer::Listener {
 public:
  // The most records of one poll: batches of them are large enough to be
  // cheap, and small enough that no partition waits long for another.
  static constexpr size_t kMaxRoundRecords = 10'000;

  // `clock` outlives the source.
  KafkaSource(KafkaSourceOptions options, Clock& clock);
  ~KafkaSource() override;

  absl::Status Start(Outlet& outlet) override;
  void StopAccepting() override;
  void Stop() override;

  void PublishMetrics(MetricsRegistry& registry) override;

  // While it runs: what keeps it from reading, or its group from taking its
  // offsets.
  absl::Status Health() const override;

  // What is fetched, and the batches made of it that are not taken.
  std::vector<const char*> refusal_reasons() const override;
  size_t max_memory_bytes() const override {
    return 3 * options_.consumer.max_buffer_bytes;
  }

  const KafkaSourceOptions& options() const { return options_; }

 private:
  struct Assigned {
    std::unique_ptr<PartitionReader> reader;
    int64_t rewind_nanos = -1;  // When it will be rewound; negative: not.
  };
  using Key = std::pair<std::string, int32_t>;

  // Who takes the records of a partition; null: nobody, for now.
  struct Taker {
    const rd_kafka_topic_t* topic = nullptr;
    int32_t partition = 0;
    PartitionReader* reader = nullptr;
  };

  void OnAssigned(std::vector<TopicPartition>& partitions) override;
  void OnRevoked(const std::vector<TopicPartition>& partitions,
                 bool lost) override;
  void OnCommitFailed() override;
  void OnEnd(const TopicPartition& end) override;

  absl::Status Open();
  absl::Status MakeTopics();
  void Run();
  void Reopen();
  void PauseReopening();
  void LookAtHealth();
  void SetHealth(const absl::Status& health);
  void ReadRound();
  void Take(const rd_kafka_message_t& message, int64_t now_nanos);
  void CheckOffset(const PartitionReader& reader, int64_t offset);
  void TellExpired(const PartitionReader& reader, int64_t offset);
  PartitionReader* TakerOf(const rd_kafka_message_t& message);
  void OfferHeld();
  bool OfferAll(PartitionReader& reader);
  void PauseWhereNeeded();
  void RewindWhereNeeded();
  void CommitIfDue();
  absl::Status FindStarts(std::vector<TopicPartition>& partitions);
  void PublishLag();
  absl::Status Commit(const std::vector<PartitionReader*>& readers, bool wait);
  bool accepting() const;

  const KafkaSourceOptions options_;
  Clock& clock_;
  std::optional<TopicKeeper> topics_;
  GroupConsumer consumer_;
  std::optional<LatestStart> latest_start_;
  GroupLag group_lag_;
  std::map<Key, Assigned> assigned_;
  Taker taker_;  // Of the record that came last.
  std::vector<ReceivedRecord::Header> headers_;  // For its memory.
  int64_t next_commit_nanos_ = 0;
  bool takes_round_ = false;  // What comes in a poll.
  bool must_reopen_ = false;

  std::map<std::string, Gauge> lag_;  // By topic.
  std::optional<Counter> expired_;

  Outlet* outlet_ = nullptr;
  CreditWait credit_;
  std::atomic<bool> stopping_ = false;
  // Held over an offer, so that none is made after StopAccepting.
  mutable Mutex gate_;
  bool accepting_ ABSL_GUARDED_BY(gate_) = true;
  CondVar stop_;  // With the gate: stopping.
  mutable Mutex health_mutex_;
  absl::Status health_ ABSL_GUARDED_BY(health_mutex_);
  std::thread thread_;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_KAFKA_KAFKA_SOURCE_H_
