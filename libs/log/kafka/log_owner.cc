#include "libs/log/kafka/log_owner.h"

#include <memory>

#include "absl/status/statusor.h"
#include "libs/base/status_builder.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/kafka/handles.h"
#include "libs/kafka/topic_snapshot.h"
#include "libs/log/kafka/fetched_record.h"
#include "libs/log/kafka/log_record.h"

namespace phoenix {
namespace {

// The offset that comes next; what was committed into a topic that is gone may
// lie beyond the end of this one.
int64_t NextOf(const Watermarks& marks, int32_t partition,
               const std::map<int32_t, CommittedOffset>& committed) {
  const auto found = committed.find(partition);
  if (found == committed.end() || found->second.offset > marks.high) {
    return marks.low;
  }
  return found->second.offset;
}

absl::Status CheckRecord(const TopicSnapshot& snapshot, int32_t partition,
                         int64_t offset, const std::string& pipeline) {
  PHOENIX_ASSIGN_OR_RETURN(const auto reader, snapshot.Read(partition, offset));
  PHOENIX_ASSIGN_OR_RETURN(const KafkaMessagePtr record, reader->Next());
  if (record == nullptr) return absl::OkStatus();
  const absl::Status ours = CheckPipeline(FetchedRecordOf(*record), pipeline);
  if (ours.ok()) return ours;
  return StatusBuilder(ours).Context(Cat("partition ", partition)).Build();
}

absl::Status CheckFirst(const TopicSnapshot& snapshot,
                        const std::string& pipeline,
                        const std::map<int32_t, CommittedOffset>& committed) {
  int32_t partition = 0;
  for (const Watermarks& marks : snapshot.partitions()) {
    const int64_t next = NextOf(marks, partition, committed);
    if (next < marks.high) {
      return CheckRecord(snapshot, partition, next, pipeline);
    }
    ++partition;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckLogOwner(
    const KafkaLogOptions& options,
    const std::map<int32_t, CommittedOffset>& committed) {
  if (options.pipeline.empty()) return absl::OkStatus();
  const auto snapshot = TopicSnapshot::Open(options.connection, options.topic,
                                            options.open_timeout);
  if (!snapshot.ok()) return absl::OkStatus();
  const absl::Status first =
      CheckFirst(**snapshot, options.pipeline, committed);
  return absl::IsFailedPrecondition(first) ? first : absl::OkStatus();
}

}  // namespace phoenix
