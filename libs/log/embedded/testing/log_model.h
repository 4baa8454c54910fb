#ifndef LIBS_LOG_EMBEDDED_TESTING_LOG_MODEL_H_
#define LIBS_LOG_EMBEDDED_TESTING_LOG_MODEL_H_

#include <cstdint>
#include <string>

namespace phoenix {

// Runs one random sequence of everything that can happen to an embedded log,
// appends, reads, cursors, rolls, lost power, failing and full disks, against a
// model in memory. The same seed gives the same sequence. After every reopening
// and at the end:
//   - every acknowledged batch that no policy dropped and that lies at or above
//     the cursor is there, equal, in order, with its offset and its lane;
//   - whatever is there was appended: nothing is invented, nothing comes twice;
//   - the cursor is not ahead of what was set, and not behind what was synced.
// Returns what was violated; empty when nothing was.
std::string RunLogModel(uint64_t seed);

}  // namespace phoenix

#endif  // LIBS_LOG_EMBEDDED_TESTING_LOG_MODEL_H_
