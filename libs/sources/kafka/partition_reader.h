#ifndef LIBS_SOURCES_KAFKA_PARTITION_READER_H_
#define LIBS_SOURCES_KAFKA_PARTITION_READER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "libs/base/clock.h"
#include "libs/component/source.h"
#include "libs/kafka/group_consumer.h"
#include "libs/sources/kafka/batch_sizer.h"
#include "libs/sources/kafka/offset_tracker.h"
#include "libs/sources/kafka/record_decoder.h"

namespace phoenix {

// One partition on its way into the pipeline: decodes records, offers what they
// make on a lane of its own, and keeps what is refused until there is credit.
// Used by one thread; outcomes come on any.
class PartitionReader {
 public:
  // Begins at the partition's offset, if that is none of librdkafka's own;
  // otherwise with what comes first. `clock` outlives the outcomes.
  PartitionReader(TopicPartition partition, RecordDecoderOptions decode,
                  Clock& clock);

  // Records, in order; then the end of those that came together. One with a
  // lower offset than before is of a topic that was made anew.
  void Add(const ReceivedRecord& record, int64_t now_nanos);
  void EndRound(int64_t now_nanos);

  // No record comes before `offset` any more.
  void SkipTo(int64_t offset);

  // The offset that comes next, if no record is left out; negative when
  // nothing is known.
  int64_t next_offset() const { return next_offset_; }

  // Offers what is held, in order. RESOURCE_EXHAUSTED: the rest is still held.
  absl::Status Offer(Outlet& outlet);

  bool holds_offers() const { return !held_.empty(); }
  size_t held_bytes() const { return held_bytes_; }

  // Lets go of what is held and of outcomes to come, and starts anew at
  // `offset`, a former position: the records from there on are read again.
  void RewindTo(int64_t offset);

  // Lets go of what is held, and waits for the outcomes of the rest.
  bool Drain(absl::Duration timeout);

  // The offset up to which all has its final outcome; negative as long as it
  // is not known where to begin.
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
    std::shared_ptr<OffsetTracker> tracker;
    uint64_t group;  // Of the tracker.
    size_t bytes;
  };

  void BeginAt(int64_t offset);
  void Hold(EventBatchPtr batch, UnreadableInput unreadable,
            std::vector<int64_t> offsets);
  absl::Status OfferOne(const Held& held, Outlet& outlet);

  const TopicPartition partition_;
  const uint64_t lane_;
  Clock& clock_;
  RecordDecoder decoder_;
  int64_t next_offset_ = -1;
  std::deque<Held> held_;
  size_t held_bytes_ = 0;
  // Shared with the batches on their way; the tracker is null as long as it is
  // not known where to begin.
  std::shared_ptr<OffsetTracker> tracker_;
  const std::shared_ptr<BatchSizer> sizer_ = std::make_shared<BatchSizer>();
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_KAFKA_PARTITION_READER_H_
