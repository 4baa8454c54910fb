#ifndef LIBS_PIPELINE_TESTING_TEST_KINDS_H_
#define LIBS_PIPELINE_TESTING_TEST_KINDS_H_

#include <cstdint>

#include "libs/component/registry.h"

namespace phoenix {

// The kinds of test_kinds.proto, as components that do nothing: source `door`
// (refuses a timeout of zero and a header `Host`); steps `keep` (compiles its
// condition) and `change` (compiles its values); sinks `file` (holds up to 1000
// bytes; refuses an empty path and devices) and `nowhere`.
ComponentRegistry TestKinds();

// Source `reader` and sink `writer`, of topics, which are not among them.
void AddTopicKinds(ComponentRegistry& registry);

// What `door` holds, the largest batch that it offers, and what `keep` holds.
inline constexpr int64_t kTestSourceBytes = 3000;
inline constexpr int64_t kTestBatchBytes = 2 << 20;
inline constexpr int64_t kTestStepBytes = 500;

}  // namespace phoenix

#endif  // LIBS_PIPELINE_TESTING_TEST_KINDS_H_
