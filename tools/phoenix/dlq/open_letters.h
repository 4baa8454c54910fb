#ifndef TOOLS_PHOENIX_DLQ_OPEN_LETTERS_H_
#define TOOLS_PHOENIX_DLQ_OPEN_LETTERS_H_

#include <memory>

#include "absl/status/statusor.h"
#include "libs/pipeline/compiled_pipeline.h"
#include "tools/phoenix/dlq/letter_store.h"

namespace phoenix {

// How to open the letters of a pipeline: in a table, or in a topic of Kafka.
// It does not refer to the pipeline. FAILED_PRECONDITION when they go to a sink
// of another kind, or in a form that can't be read back: it says which, and
// what to do instead.
absl::StatusOr<LetterOpener> FindLetters(const CompiledPipeline& pipeline);

// Opens them at once. Null: no letter has come yet.
absl::StatusOr<std::unique_ptr<LetterStore>> OpenLettersOf(
    const CompiledPipeline& pipeline, LetterAccess access);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_DLQ_OPEN_LETTERS_H_
