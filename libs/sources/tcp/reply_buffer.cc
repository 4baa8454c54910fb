#include "libs/sources/tcp/reply_buffer.h"

#include <utility>

#include "libs/base/json_text.h"
#include "libs/base/text.h"

namespace phoenix {

void ReplyBuffer::AddLineError(std::string_view error, uint64_t line) {
  Append("{\"error\":" + JsonText(error) + ",\"line\":" + std::to_string(line) +
         "}\n");
}

void ReplyBuffer::AddError(std::string_view error) {
  Append("{\"error\":" + JsonText(error) + "}\n");
}

void ReplyBuffer::AddOmitted() {
  if (omitted_ == 0) return;
  text_ += "{\"error\":\"more errors were left out\",\"count\":" +
           std::to_string(omitted_) + "}\n";
  omitted_ = 0;
}

void ReplyBuffer::AddClosing(std::string_view why, uint64_t final_lines) {
  const std::string count = std::to_string(final_lines);
  text_ += "{\"error\":" +
           JsonText(Cat(why, ": the first ", count,
                        " lines are final, send again what came after them")) +
           ",\"final_lines\":" + count + "}\n";
}

void ReplyBuffer::AddReceipt(uint64_t final_lines, AckLevel ack_level) {
  CatTo(text_, "{\"final_lines\":", final_lines, ",\"ack_level\":\"",
        AckLevelName(ack_level), "\"}\n");
}

std::string ReplyBuffer::Take() { return std::exchange(text_, {}); }

void ReplyBuffer::Append(std::string_view line) {
  if (text_.size() + line.size() > kMaxBytes) {
    ++omitted_;
  } else {
    text_ += line;
  }
}

}  // namespace phoenix
