#ifndef TOOLS_PHOENIX_DLQ_OPEN_LETTERS_H_
#define TOOLS_PHOENIX_DLQ_OPEN_LETTERS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "libs/pipeline/compiled_pipeline.h"
#include "libs/sinks/dead_letter_table/dead_letter_table.h"
#include "libs/sqlite/database.h"

namespace phoenix {

// The file of the table that a pipeline's dead letters go to.
// FAILED_PRECONDITION when they go to a sink of another kind: it says which,
// and what to do instead.
absl::StatusOr<std::string> LetterPath(const CompiledPipeline& pipeline);

// The table in that file, for a command that may wait some seconds for others
// that write. Null: there is no such file, for no dead letter has come yet.
absl::StatusOr<std::unique_ptr<DeadLetterTable>> OpenLetters(
    const std::string& path, SqliteDatabase::Mode mode);

// The two in one.
absl::StatusOr<std::unique_ptr<DeadLetterTable>> OpenLettersOf(
    const CompiledPipeline& pipeline, SqliteDatabase::Mode mode);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_DLQ_OPEN_LETTERS_H_
