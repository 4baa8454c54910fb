#include "libs/log/embedded/file_system.h"

#include "libs/base/status_macros.h"
#include "libs/base/text.h"

namespace phoenix {

absl::StatusOr<std::string> ReadWholeFile(FileSystem& files,
                                          const std::string& path) {
  PHOENIX_ASSIGN_OR_RETURN(const auto file, files.Open(path, OpenMode::kRead));
  PHOENIX_ASSIGN_OR_RETURN(const uint64_t size, file->Size());
  std::string content(size, '\0');
  PHOENIX_ASSIGN_OR_RETURN(const size_t read,
                           file->ReadAt(0, content.data(), content.size()));
  content.resize(read);
  return content;
}

absl::Status MoveAway(const absl::Status& status) {
  if (!absl::IsFailedPrecondition(status)) return status;
  return absl::FailedPreconditionError(
      Cat(FromAbsl(status.message()), ": move it out of the log's folder"));
}

absl::Status WriteWholeFile(FileSystem& files, const std::string& folder,
                            const std::string& name, std::string_view content) {
  const std::string path = Cat(folder, "/", name);
  const std::string next = path + ".next";
  {
    PHOENIX_ASSIGN_OR_RETURN(const auto file,
                             files.Open(next, OpenMode::kCreate));
    PHOENIX_RETURN_IF_ERROR(file->WriteAt(0, {content}));
    PHOENIX_RETURN_IF_ERROR(file->Sync());
  }
  PHOENIX_RETURN_IF_ERROR(files.Rename(next, path));
  return files.SyncFolder(folder);
}

}  // namespace phoenix
