#ifndef LIBS_IO_WRITE_ALL_H_
#define LIBS_IO_WRITE_ALL_H_

#include <string_view>

namespace phoenix {

// Writes all bytes, however many calls it takes: 0, or the errno of the call
// that failed, after which any part of the bytes may have been written. Blocks
// as the descriptor does.
int WriteAll(int fd, std::string_view bytes);

}  // namespace phoenix

#endif  // LIBS_IO_WRITE_ALL_H_
