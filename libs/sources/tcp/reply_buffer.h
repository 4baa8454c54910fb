#ifndef LIBS_SOURCES_TCP_REPLY_BUFFER_H_
#define LIBS_SOURCES_TCP_REPLY_BUFFER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "libs/component/ack_level.h"

namespace phoenix {

// The lines of JSON that tell a sender what was refused:
// `{"error":"...","line":17}`. Bounded, since a sender need not read them: what
// finds no room is counted and told at the end. Thread-compatible.
class ReplyBuffer {
 public:
  // What one sender can make the process hold.
  static constexpr size_t kMaxBytes = 64 << 10;

  // Says that a line was refused.
  void AddLineError(std::string_view error, uint64_t line);

  // Says something of the connection as a whole.
  void AddError(std::string_view error);

  // Adds how many errors found no room, if any.
  void AddOmitted();

  // Says, as the last thing, that the connection ends before all of its lines
  // were taken: why, and how many lines from its first one on are final. Comes
  // whether there is room or not.
  void AddClosing(std::string_view why, uint64_t final_lines);

  // Says, as the last thing, that every line has been taken, how many there
  // were, and what that is worth: the end of a connection alone says nothing,
  // since a process that is killed leaves one too.
  void AddReceipt(uint64_t final_lines, AckLevel ack_level);

  bool empty() const { return text_.empty(); }

  // Everything said since the last call.
  std::string Take();

 private:
  void Append(std::string_view line);

  std::string text_;
  uint64_t omitted_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_TCP_REPLY_BUFFER_H_
