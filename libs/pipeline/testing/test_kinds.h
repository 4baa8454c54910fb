#ifndef LIBS_PIPELINE_TESTING_TEST_KINDS_H_
#define LIBS_PIPELINE_TESTING_TEST_KINDS_H_

#include "libs/component/registry.h"

namespace phoenix {

// The kinds of test_kinds.proto, as components that do nothing: source `door`;
// steps `keep` (compiles its condition) and `change` (compiles its values);
// sinks `file` (holds up to 1000 bytes) and `nowhere`.
ComponentRegistry TestKinds();

}  // namespace phoenix

#endif  // LIBS_PIPELINE_TESTING_TEST_KINDS_H_
