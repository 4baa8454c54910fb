#include "libs/log/kafka/log_record.h"

#include <cstring>
#include <memory>
#include <utility>

#include "absl/strings/numbers.h"
#include "libs/base/shared_bytes.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/event/batch_codec.h"
#include "libs/event/identity_field.h"

namespace phoenix {
namespace {

absl::Status Corrupt(const FetchedRecord& record, std::string_view why) {
  return absl::DataLossError(Cat("record ", record.offset, ": ", why));
}

absl::Status CheckVersion(const FetchedRecord& record) {
  int version = 0;
  if (!absl::SimpleAtoi(ToAbsl(record.version), &version) || version < 1) {
    return Corrupt(record, Cat("header '", kLogRecordHeader,
                               "' is missing or no version: no log wrote it"));
  }
  if (version <= kLogRecordVersion) return absl::OkStatus();
  return absl::FailedPreconditionError(
      Cat("record ", record.offset, ": has format version ", version,
          ", expected at most ", kLogRecordVersion,
          ": read it with the version of phoenix that wrote it"));
}

// The copy outlives librdkafka's buffer, and the batch is encoded as it travels
// with its identity behind it.
SharedBytes WithIdentity(std::string_view value, std::string_view identity) {
  const size_t size = value.size() + identity.size();
  auto bytes = std::make_shared_for_overwrite<char[]>(size);
  std::memcpy(bytes.get(), value.data(), value.size());
  std::memcpy(bytes.get() + value.size(), identity.data(), identity.size());
  const std::string_view view(bytes.get(), size);
  return SharedBytes(std::move(bytes), view);
}

}  // namespace

absl::StatusOr<LogEntry> DecodeLogRecord(const FetchedRecord& record,
                                         const std::string& log_name,
                                         int32_t partition, int64_t tenure) {
  PHOENIX_RETURN_IF_ERROR(CheckVersion(record));
  LogEntry entry;
  entry.first_offset = FirstEventOf(record.offset);
  entry.append_time = record.time;
  if (!absl::SimpleAtoi(ToAbsl(record.key), &entry.lane)) {
    return Corrupt(record, "key is no lane");
  }
  const std::string identity =
      EncodeIdentityField({.log = log_name,
                           .partition = partition,
                           .first_offset = entry.first_offset,
                           .tenure = tenure});
  auto batch = DecodeEventBatch(WithIdentity(record.value, identity));
  if (!batch.ok()) return Corrupt(record, FromAbsl(batch.status().message()));
  entry.batch = *std::move(batch);
  return entry;
}

absl::Status CheckPipeline(const FetchedRecord& record,
                           std::string_view pipeline) {
  if (record.pipeline.empty() || pipeline.empty() ||
      record.pipeline == pipeline) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(Cat(
      "record ", record.offset, ": is of the log of pipeline '",
      record.pipeline, "', not of '", pipeline,
      "': expected a topic of its own: write another name as `topic`, or, if "
      "the pipeline was renamed, drain it under its old name first"));
}

}  // namespace phoenix
