#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "libs/sinks/file/path_template.h"

namespace {

void Require(bool condition) {
  if (!condition) abort();
}

// Nothing that a value becomes can be or leave a name.
void CheckValue(std::string_view value) {
  std::string path;
  if (!phoenix::AppendPathValue(value, path)) {
    Require(path.empty());
    return;
  }
  Require(!path.empty() && path.size() <= phoenix::kMaxPathValueBytes);
  Require(path.front() != '.');
  Require(path.find('/') == std::string::npos);
  Require(path.find('\0') == std::string::npos);
}

void CheckTemplate(std::string_view text) {
  phoenix::PathTemplateError error;
  const auto parsed = phoenix::PathTemplate::Parse(text, error);
  if (!parsed.has_value()) {
    Require(error.offset <= text.size() && !error.message.empty());
    return;
  }
  Require(!parsed->directory().empty() && !parsed->parts().empty());
  Require(!parsed->has_fields() || parsed->directory() != "/");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  CheckValue(text);
  CheckTemplate(text);
  return 0;
}
