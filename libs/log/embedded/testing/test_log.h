#ifndef LIBS_LOG_EMBEDDED_TESTING_TEST_LOG_H_
#define LIBS_LOG_EMBEDDED_TESTING_TEST_LOG_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/base/clock.h"
#include "libs/log/embedded/embedded_log.h"
#include "libs/log/embedded/file_system.h"

namespace phoenix {

// Options of a log in "/log" without a thread that holds nothing in memory and
// keeps the past: every read is one of the disk.
EmbeddedLogOptions TestLogOptions();

// Opens it, without a word.
absl::StatusOr<std::unique_ptr<EmbeddedLog>> OpenTestLog(
    const EmbeddedLogOptions& options, FileSystem& files, Clock& clock);

// A batch that is the same for the same seed, of 1 to `max_events` events.
EventBatchPtr TestBatch(uint64_t seed, uint32_t max_events = 10);

// Appends and stores it: the batch with its identity, or why not.
absl::StatusOr<EventBatchPtr> AppendAndStore(EmbeddedLog& log,
                                             EventBatchPtr batch);

// All events of an entry and its offset, in words.
std::string DescribeEntry(const LogEntry& entry);

// Every entry from `offset` on; the test fails when one can't be read.
std::vector<std::string> DescribeLog(Log& log, int64_t offset = 0);

}  // namespace phoenix

#endif  // LIBS_LOG_EMBEDDED_TESTING_TEST_LOG_H_
