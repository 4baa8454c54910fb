#ifndef LIBS_SOURCES_KAFKA_PARTITION_READER_H_
#define LIBS_SOURCES_KAFKA_PARTITION_READER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>

#include "absl/status/status.h"
#include "libs/component/source.h"
#include "libs/kafka/group_consumer.h"
#include "libs/sources/kafka/offset_tracker.h"
#include "libs/sources/kafka/record_decoder.h"

namespace phoenix {

// One partition on its way into the pipeline: decodes records, offers what they
// make on a lane of its own, and keeps what is refused until there is credit.
// Used by one thread; outcomes come on any.
class PartitionReader {
 public:
  PartitionReader(TopicPartition partition, RecordDecoderOptions decode);

  // Records, in order; then the end of those that came together.
  void Add(const ReceivedRecord& record, int64_t now_nanos);
  void EndRound(int64_t now_nanos);

  // Offers what is held, in order. RESOURCE_EXHAUSTED: the rest is still held.
  absl::Status Offer(Outlet& outlet);

  bool holds_offers() const { return !held_.empty(); }
  size_t held_bytes() const { return held_bytes_; }

  // Lets go of what is held and of outcomes to come, and starts anew at the
  // position, which it returns: the records from there on are read again.
  int64_t Rewind();

  // Lets go of what is held, and waits for the outcomes of the rest.
  bool Drain(absl::Duration timeout);

  // The offset up to which all has its final outcome; negative before the
  // first record.
  int64_t position() const;

  // Whether it must be rewound before anything comes of it again.
  bool must_read_again() const;

  // The position that was committed last; for who commits it.
  int64_t committed = -1;

  // No records come for the time being; for who pauses it.
  bool paused = false;

  const TopicPartition& partition() const { return partition_; }

 private:
  struct Held {
    EventBatchPtr batch;         // Either this
    UnreadableInput unreadable;  // or this.
    int64_t end;                 // As of OffsetTracker::Begin.
    size_t bytes;
  };

  void Hold(Held held);
  absl::Status OfferOne(const Held& held, Outlet& outlet);

  const TopicPartition partition_;
  const uint64_t lane_;
  RecordDecoder decoder_;
  int64_t next_offset_ = -1;  // After the last record that was added.
  int64_t round_start_ = -1;  // Of the records that come together.
  std::deque<Held> held_;
  size_t held_bytes_ = 0;
  // Shared with the batches on their way. Null before the first record.
  std::shared_ptr<OffsetTracker> tracker_;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_KAFKA_PARTITION_READER_H_
