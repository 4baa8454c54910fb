#include "tools/phoenix/dlq/open_letters.h"

#include <filesystem>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/sinks/dead_letter_table/dead_letter_table_sink.h"

namespace phoenix {
namespace {

// A pipeline that runs commits in milliseconds.
constexpr absl::Duration kMaxWait = absl::Seconds(10);

}  // namespace

absl::StatusOr<std::string> LetterPath(const CompiledPipeline& pipeline) {
  const CompiledSink& sink = pipeline.sinks[pipeline.dead_letter];
  const auto* const table =
      dynamic_cast<const DeadLetterTableSink*>(sink.sink.get());
  if (table != nullptr) return table->options().path;
  return absl::FailedPreconditionError(
      Cat("dead letters of '", pipeline.file, "' go to sink '", sink.name,
          "' of kind '", sink.kind, "', which can't be searched: expected '",
          kDefaultDeadLetterKind,
          "', which is the default; read the sink's destination by its own "
          "means, each dead letter is a line or record of JSON with its event "
          "under `event`"));
}

absl::StatusOr<std::unique_ptr<DeadLetterTable>> OpenLetters(
    const std::string& path, SqliteDatabase::Mode mode) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return nullptr;
  return DeadLetterTable::Open(path, {.mode = mode, .max_wait = kMaxWait});
}

absl::StatusOr<std::unique_ptr<DeadLetterTable>> OpenLettersOf(
    const CompiledPipeline& pipeline, SqliteDatabase::Mode mode) {
  PHOENIX_ASSIGN_OR_RETURN(const std::string path, LetterPath(pipeline));
  return OpenLetters(path, mode);
}

}  // namespace phoenix
