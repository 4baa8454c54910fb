#ifndef LIBS_PIPELINE_READ_FILE_H_
#define LIBS_PIPELINE_READ_FILE_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"

namespace phoenix {

// The bytes of a file of at most `max_bytes`. NOT_FOUND or PERMISSION_DENIED;
// FAILED_PRECONDITION for a directory or what is larger; the message names the
// file.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes);

}  // namespace phoenix

#endif  // LIBS_PIPELINE_READ_FILE_H_
