#ifndef TOOLS_PHOENIX_DLQ_OPEN_LETTERS_H_
#define TOOLS_PHOENIX_DLQ_OPEN_LETTERS_H_

#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "libs/pipeline/compiled_pipeline.h"
#include "tools/phoenix/dlq/letter_store.h"
#include "tools/phoenix/dlq/letter_topic.h"

namespace phoenix {

// How to open the letters of a pipeline: in a table, or in a topic of Kafka.
// It does not refer to the pipeline. FAILED_PRECONDITION when they go to a sink
// of another kind, or in a form that can't be read back: it says which, and
// what to do instead.
absl::StatusOr<LetterOpener> FindLetters(const CompiledPipeline& pipeline);

// Opens them at once. Null: no letter has come yet.
absl::StatusOr<std::unique_ptr<LetterStore>> OpenLettersOf(
    const CompiledPipeline& pipeline, LetterAccess access);

// The topic of Kafka that has a pipeline's letters; none: they are elsewhere,
// or can't be read back. It does not refer to the pipeline.
std::optional<LetterTopic> FindLetterTopic(const CompiledPipeline& pipeline);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_DLQ_OPEN_LETTERS_H_
