#include "libs/log/embedded/reserve_file.h"

#include "libs/base/status_macros.h"

namespace phoenix {

ReserveFile::ReserveFile(FileSystem& files, const std::string& folder)
    : files_(files), path_(folder + "/reserve") {}

absl::Status ReserveFile::Take() {
  if (taken_) return absl::OkStatus();
  const absl::Status status = TryToTake();
  taken_ = status.ok();
  if (!taken_) GiveUp();
  return status;
}

absl::Status ReserveFile::TryToTake() {
  PHOENIX_ASSIGN_OR_RETURN(const auto file,
                           files_.Open(path_, OpenMode::kCreate));
  return file->Allocate(kBytes);
}

void ReserveFile::GiveUp() {
  files_.Remove(path_).IgnoreError();
  taken_ = false;
}

}  // namespace phoenix
