#ifndef LIBS_FLOW_TEST_BATCH_H_
#define LIBS_FLOW_TEST_BATCH_H_

#include <cstdint>
#include <string>
#include <vector>

#include "libs/event/selection.h"

namespace phoenix::flow {

// A view of all rows of a batch of text payloads.
BatchView MakeTestBatch(const std::vector<std::string>& payloads);

// As above, with `rows` payloads of `payload_bytes` each.
BatchView MakeTestBatch(uint32_t rows, size_t payload_bytes = 8);

}  // namespace phoenix::flow

#endif  // LIBS_FLOW_TEST_BATCH_H_
