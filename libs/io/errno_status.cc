#include "libs/io/errno_status.h"

#include <cerrno>
#include <system_error>

namespace phoenix {
namespace {

absl::StatusCode CodeOf(int error_number) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return absl::StatusCode::kResourceExhausted;
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::StatusCode::kPermissionDenied;
    case ENOENT:
      return absl::StatusCode::kNotFound;
    case EISDIR:
    case ENOTDIR:
    case ELOOP:
    case ENAMETOOLONG:
    case EFBIG:
    case EINVAL:
    case ENXIO:
    case EPIPE:
    case EEXIST:
      return absl::StatusCode::kFailedPrecondition;
    case ECANCELED:
      return absl::StatusCode::kCancelled;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

}  // namespace

absl::Status ErrnoStatus(int error_number, const std::string& context) {
  // As strerror, but safe with several threads.
  return absl::Status(
      CodeOf(error_number),
      context + ": " + std::generic_category().message(error_number));
}

bool MayWorkLater(const absl::Status& status) {
  return absl::IsResourceExhausted(status) || absl::IsUnavailable(status) ||
         absl::IsCancelled(status);
}

}  // namespace phoenix
