#include "tools/phoenix/log_folders.h"

#include <string>

#include "absl/status/status.h"
#include "libs/base/text.h"
#include "libs/log/embedded/file_system.h"
#include "libs/log/embedded/log_meta.h"
#include "tools/phoenix/open_log.h"

namespace phoenix {
namespace {

void CheckFolder(const std::string& folder, const std::string& owner,
                 SourcePosition at, Diagnostics& diagnostics) {
  LogMeta wanted;
  wanted.pipeline = owner;
  const absl::Status status = CheckLogFolder(PosixFileSystem(), folder, wanted);
  if (status.ok()) return;
  diagnostics.Add(at,
                  Cat("folder '", folder, "': ", FromAbsl(status.message())));
}

}  // namespace

void CheckLogFolders(const LoadedPipeline& loaded,
                     const CompiledPipeline& pipeline,
                     Diagnostics& diagnostics) {
  if (pipeline.log.has_value() && pipeline.log->kafka == nullptr) {
    CheckFolder(pipeline.log->path, pipeline.name,
                loaded.positions.FindNearest("log.embedded.path"), diagnostics);
  }
  for (size_t i = 0; i < pipeline.sinks.size(); ++i) {
    const CompiledSink& sink = pipeline.sinks[i];
    if (!sink.queue.spill) continue;
    CheckFolder(
        sink.queue.spill->path, SinkLogName(pipeline.name, sink.name),
        loaded.positions.FindNearest(Cat("sinks[", i, "].queue.spill.path")),
        diagnostics);
  }
}

}  // namespace phoenix
