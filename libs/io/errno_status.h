#ifndef LIBS_IO_ERRNO_STATUS_H_
#define LIBS_IO_ERRNO_STATUS_H_

#include <string>

#include "absl/status/status.h"

namespace phoenix {

// The status of a failed system call; `context` says what could not be done to
// what. The code says what to do about it:
//   RESOURCE_EXHAUSTED   something is full (disk, quota, descriptors, memory):
//                        it may work later;
//   UNAVAILABLE          the device failed: it may work later;
//   CANCELLED            a wait was ended: it may work later;
//   PERMISSION_DENIED, NOT_FOUND, FAILED_PRECONDITION
//                        it will not work until somebody changes something.
absl::Status ErrnoStatus(int error_number, const std::string& context);

// Whether what ErrnoStatus described may work later by itself.
bool MayWorkLater(const absl::Status& status);

}  // namespace phoenix

#endif  // LIBS_IO_ERRNO_STATUS_H_
