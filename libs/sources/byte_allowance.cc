#include "libs/sources/byte_allowance.h"

namespace phoenix {

bool ByteAllowance::Share::Resize(size_t bytes) {
  if (bytes > bytes_) {
    if (!allowance_.Take(bytes - bytes_)) return false;
  } else if (bytes < bytes_) {
    allowance_.used_bytes_ -= bytes_ - bytes;
  }
  bytes_ = bytes;
  return true;
}

bool ByteAllowance::Take(size_t bytes) {
  size_t used = used_bytes_;
  do {
    if (bytes > max_bytes_ - used) return false;
  } while (!used_bytes_.compare_exchange_weak(used, used + bytes));
  return true;
}

}  // namespace phoenix
