#ifndef INTEGRATION_SERVERS_KAFKA_RECORDS_H_
#define INTEGRATION_SERVERS_KAFKA_RECORDS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace phoenix {

// A record as a test writes it or finds it.
struct TestRecord {
  std::optional<std::string> key = {};
  std::optional<std::string> value = {};
  std::map<std::string, std::string> headers = {};
  int partition = 0;
};

// Writes records in order, each to its partition, and returns when the broker
// has them all.
absl::Status WriteRecords(const std::string& bootstrap,
                          const std::string& topic,
                          const std::vector<TestRecord>& records);

// The same in one transaction, which is committed in the end, or aborted.
absl::Status WriteTransaction(const std::string& bootstrap,
                              const std::string& topic,
                              const std::vector<TestRecord>& records,
                              bool commit = true);

// Deletes the records of the partition before `offset`, as retention does.
absl::Status DeleteRecords(const std::string& bootstrap,
                           const std::string& topic, int partition,
                           int64_t offset);

// All records that a topic of up to `partitions` partitions holds now, in order
// within each partition; those of transactions that were committed only.
absl::StatusOr<std::vector<TestRecord>> ReadRecords(
    const std::string& bootstrap, const std::string& topic, int partitions = 1);

// The values of records.
std::vector<std::string> ValuesOf(const std::vector<TestRecord>& records);

}  // namespace phoenix

#endif  // INTEGRATION_SERVERS_KAFKA_RECORDS_H_
