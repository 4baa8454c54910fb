#ifndef LIBS_SINKS_STDOUT_CANCELLABLE_WRITER_H_
#define LIBS_SINKS_STDOUT_CANCELLABLE_WRITER_H_

#include <atomic>
#include <cstddef>
#include <string_view>

namespace phoenix {

// Writes lines to a descriptor whose reader may be slow or asleep, such that
// the wait for it can be ended. It leaves the flags of the descriptor alone:
// they are shared with whoever else has it, a shell's terminal say. Instead it
// waits until a pipe has room, and writes no more at once than that room.
// Write: one thread at a time; Cancel: any thread.
class CancellableWriter {
 public:
  // The room that a pipe has when it has any (PIPE_BUF): such a write does not
  // block, and is not mixed with those of others.
  static constexpr size_t kMaxPiece = 4096;

  // `fd` outlives the writer and is not closed.
  explicit CancellableWriter(int fd);

  // Writes `lines`, each ended by a line end; pieces end with a line where it
  // fits into one. 0, or the errno of what failed: ECANCELED after Cancel when
  // there is no room. `written` becomes the number of bytes that were written.
  int Write(std::string_view lines, size_t& written);

  // From now on Write does not wait.
  void Cancel() { cancelled_ = true; }

 private:
  bool WaitForRoom() const;
  size_t PieceOf(std::string_view lines) const;

  const int fd_;
  const bool never_waits_;
  std::atomic<bool> cancelled_ = false;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_STDOUT_CANCELLABLE_WRITER_H_
