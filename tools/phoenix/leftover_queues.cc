#include "tools/phoenix/leftover_queues.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <system_error>
#include <utility>

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

// In the folder of a log or of a queue: the folders of all queues that its
// pipeline has had and that are still there, a line each.
constexpr char kNoteFile[] = "queues";

using Folders = std::set<fs::path>;

fs::path Canonical(const fs::path& path) {
  std::error_code ignored;
  return fs::weakly_canonical(path, ignored);
}

// The sink whose queue is in the folder; empty: of this pipeline none is.
absl::StatusOr<std::string> SinkOf(const fs::path& folder,
                                   const std::string& pipeline) {
  const auto meta = ReadLogMeta(PosixFileSystem(), folder.string());
  if (!meta.ok()) return meta.status();
  const std::string prefix = SinkLogName(pipeline, "");
  if (meta->pipeline.compare(0, prefix.size(), prefix) != 0) return "";
  return meta->pipeline.substr(prefix.size());
}

// As a queue of another process is, of a pipeline that runs more than once.
bool IsOpenElsewhere(const fs::path& folder) {
  return absl::IsFailedPrecondition(
      LockLogFolder(PosixFileSystem(), folder.string()).status());
}

bool IsThere(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(folder, ignored);
}

std::optional<fs::path> LogFolder(const CompiledPipeline& pipeline) {
  if (!pipeline.log || pipeline.log->kafka != nullptr) return std::nullopt;
  return Canonical(pipeline.log->path);
}

Folders FoldersInUse(const CompiledPipeline& pipeline) {
  Folders folders;
  for (const CompiledSink& sink : pipeline.sinks) {
    if (sink.queue.spill) folders.insert(Canonical(sink.queue.spill->path));
  }
  return folders;
}

Folders FoldersWithANote(const CompiledPipeline& pipeline) {
  Folders folders = FoldersInUse(pipeline);
  if (const auto log = LogFolder(pipeline)) folders.insert(*log);
  return folders;
}

std::string NoteIn(const fs::path& folder) {
  return ReadWholeFile(PosixFileSystem(), (folder / kNoteFile).string())
      .value_or("");
}

Folders NotedFolders(const CompiledPipeline& pipeline) {
  Folders noted;
  for (const fs::path& folder : FoldersWithANote(pipeline)) {
    std::istringstream lines(NoteIn(folder));
    for (std::string line; std::getline(lines, line);) {
      noted.insert(Canonical(line));
    }
  }
  return noted;
}

// Adds the folders of logs in `place` and as many levels further down.
void AddLogsIn(const fs::path& place, int levels, Folders& folders) {
  std::error_code error;
  int looked_at = 0;
  for (fs::directory_iterator at(place, error), end; !error && at != end;
       at.increment(error)) {
    if (++looked_at > kMaxNeighbours) return;
    std::error_code ignored;
    if (!at->is_directory(ignored)) continue;
    if (fs::exists(at->path() / kMetaFile, ignored)) {
      folders.insert(Canonical(at->path()));
    } else if (levels > 0) {
      AddLogsIn(at->path(), levels - 1, folders);
    }
  }
}

// Where files put queues: `NAME.queues/SINK` in the working directory, beside
// the log, and beside other such queues.
Folders LogsNearby(const CompiledPipeline& pipeline) {
  Folders places = {Canonical(".")};
  if (const auto log = LogFolder(pipeline)) places.insert(log->parent_path());
  for (const fs::path& queue : FoldersInUse(pipeline)) {
    places.insert(queue.parent_path());
    places.insert(queue.parent_path().parent_path());
  }
  Folders logs;
  for (const fs::path& place : places) AddLogsIn(place, 1, logs);
  return logs;
}

// What is known of the folders of all queues of the pipeline, in use and left
// over: their sinks, or why those that are on record can't be read.
using Queues = std::map<fs::path, absl::StatusOr<std::string>>;

Queues FindQueues(const CompiledPipeline& pipeline) {
  const Folders in_use = FoldersInUse(pipeline);
  const Folders noted = NotedFolders(pipeline);
  Folders folders = LogsNearby(pipeline);
  folders.insert(in_use.begin(), in_use.end());
  folders.insert(noted.begin(), noted.end());
  Queues queues;
  for (const fs::path& folder : folders) {
    const bool is_known = in_use.contains(folder) || noted.contains(folder);
    auto sink = SinkOf(folder, pipeline.name);
    const bool is_ours = sink.ok() ? !sink->empty() : is_known;
    if (!is_ours || !IsThere(folder)) continue;
    if (!is_known && IsOpenElsewhere(folder)) continue;
    queues.emplace(folder, std::move(sink));
  }
  return queues;
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

std::string Line(const fs::path& folder,
                 const absl::StatusOr<std::string>& sink) {
  const std::string shown = folder.lexically_proximate(Canonical(".")).string();
  if (!sink.ok()) {
    return Cat("folder '", shown, "' held a queue of this pipeline, and can't ",
               "be looked at now: ", FromAbsl(sink.status().message()));
  }
  return Cat("folder '", shown, "' holds the queue of a sink '", *sink,
             "' that this file does not keep there", ContentOf(shown),
             ": a file that names it delivers what is in it; remove the "
             "folder if that is not wanted");
}

}  // namespace

std::vector<std::string> LeftoverQueues(const CompiledPipeline& pipeline) {
  const Folders in_use = FoldersInUse(pipeline);
  std::vector<std::string> lines;
  for (const auto& [folder, sink] : FindQueues(pipeline)) {
    if (in_use.contains(folder) || IsOpenElsewhere(folder)) continue;
    lines.push_back(Line(folder, sink));
  }
  return lines;
}

absl::Status NoteQueues(const CompiledPipeline& pipeline) {
  std::string note;
  for (const auto& [folder, sink] : FindQueues(pipeline)) {
    CatTo(note, folder.string(), "\n");
  }
  absl::Status noted;
  for (const fs::path& folder : FoldersWithANote(pipeline)) {
    if (NoteIn(folder) == note) continue;
    noted.Update(
        WriteWholeFile(PosixFileSystem(), folder.string(), kNoteFile, note));
  }
  return noted;
}

}  // namespace phoenix
