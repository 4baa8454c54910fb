#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "libs/telemetry/trace_context.h"

// What is accepted must be written so that it reads back as the same; anything
// else must only be refused.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view header(reinterpret_cast<const char*>(data), size);
  if (auto context = phoenix::ParseTraceparent(header); context.ok()) {
    context->flags &= phoenix::TraceContext::kSampledFlag;
    const auto again =
        phoenix::ParseTraceparent(phoenix::FormatTraceparent(*context));
    if (!again.ok() || *again != *context) std::abort();
  }
  if (phoenix::ValidateTracestate(header).ok() &&
      size > phoenix::kMaxTracestateBytes) {
    std::abort();
  }
  return 0;
}
