#include "tools/phoenix/leftover_queues.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string_view>
#include <system_error>

#include "libs/base/text.h"
#include "libs/log/embedded/file_system.h"
#include "libs/log/embedded/log_check.h"
#include "libs/log/embedded/log_meta.h"
#include "tools/phoenix/open_log.h"

namespace phoenix {
namespace {

namespace fs = std::filesystem;

// More than anybody has; a folder with more is looked at no further.
constexpr int kMaxNeighbours = 1000;

fs::path Canonical(const fs::path& path) {
  std::error_code ignored;
  return fs::weakly_canonical(path, ignored);
}

// Where queues may lie.
std::set<fs::path> Places(const CompiledPipeline& pipeline) {
  std::set<fs::path> places = {Canonical(".")};
  const auto add = [&](const std::string& path) {
    places.insert(Canonical(path).parent_path());
  };
  if (pipeline.log) add(pipeline.log->path);
  for (const CompiledSink& sink : pipeline.sinks) {
    if (sink.queue.spill) add(sink.queue.spill->path);
  }
  return places;
}

std::set<fs::path> FoldersInUse(const CompiledPipeline& pipeline) {
  std::set<fs::path> folders;
  for (const CompiledSink& sink : pipeline.sinks) {
    if (sink.queue.spill) folders.insert(Canonical(sink.queue.spill->path));
  }
  return folders;
}

// In words; empty when it can't be told.
std::string ContentOf(const std::string& folder) {
  int64_t end = 0;
  const auto survey =
      SurveyLog(PosixFileSystem(), folder, [&end](const LogEntry& entry) {
        end = std::max(end, entry.end_offset());
        return true;
      });
  if (!survey.ok() || !survey->cursor.has_value()) return "";
  return end > survey->cursor->cursor_offset ? ", with undelivered events"
                                             : "; it is empty";
}

// The sink whose queue is in the folder, of this pipeline; else empty.
std::string SinkOf(const fs::path& folder, const std::string& pipeline) {
  const auto meta = ReadLogMeta(PosixFileSystem(), folder.string());
  const std::string prefix = SinkLogName(pipeline, "");
  if (!meta.ok() || meta->pipeline.compare(0, prefix.size(), prefix) != 0) {
    return "";
  }
  return meta->pipeline.substr(prefix.size());
}

std::string Line(const fs::path& folder, const std::string& sink) {
  const std::string shown = folder.lexically_proximate(Canonical(".")).string();
  return Cat("folder '", shown, "' holds the queue of a sink '", sink,
             "' that this file does not keep there", ContentOf(shown),
             ": a file that names it delivers what is in it; remove the "
             "folder if that is not wanted");
}

}  // namespace

std::vector<std::string> LeftoverQueues(const CompiledPipeline& pipeline) {
  const std::set<fs::path> in_use = FoldersInUse(pipeline);
  std::vector<std::string> lines;
  for (const fs::path& place : Places(pipeline)) {
    std::error_code error;
    int looked_at = 0;
    for (fs::directory_iterator at(place, error), end; !error && at != end;
         at.increment(error)) {
      if (++looked_at > kMaxNeighbours) break;
      if (!fs::exists(at->path() / kMetaFile, error)) continue;
      const fs::path folder = Canonical(at->path());
      if (in_use.contains(folder)) continue;
      const std::string sink = SinkOf(folder, pipeline.name);
      if (!sink.empty()) lines.push_back(Line(folder, sink));
    }
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace phoenix
