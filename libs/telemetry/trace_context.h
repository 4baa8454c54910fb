#ifndef LIBS_TELEMETRY_TRACE_CONTEXT_H_
#define LIBS_TELEMETRY_TRACE_CONTEXT_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/base/random.h"

namespace phoenix {

// The W3C trace context of an event: which trace it belongs to. Carried with
// the event and never overwritten by a hop. A plain value; thread-compatible.
struct TraceContext {
  std::array<uint8_t, 16> trace_id{};
  std::array<uint8_t, 8> parent_id{};  // The span that sent the event.
  uint8_t flags = 0;

  bool sampled() const { return (flags & kSampledFlag) != 0; }
  static constexpr uint8_t kSampledFlag = 1;

  friend bool operator==(const TraceContext&, const TraceContext&) = default;
};

// Reads the header `traceparent`. Versions above 00 are read as far as 00
// knows them, as the standard demands. INVALID_ARGUMENT says what is wrong.
absl::StatusOr<TraceContext> ParseTraceparent(std::string_view header);

// Writes it in version 00; flags that 00 does not know are left out.
std::string FormatTraceparent(const TraceContext& context);

// OK when `header` is a `tracestate` that may be passed on as it is.
absl::Status ValidateTracestate(std::string_view header);

// The standard asks that 512 bytes at least are passed on; so many are.
inline constexpr size_t kMaxTracestateBytes = 512;
inline constexpr int kMaxTracestateMembers = 32;

// A new trace, and a new span of the same trace. Ids are never all zero.
TraceContext NewTrace(Random& random, bool sampled);
TraceContext ChildOf(const TraceContext& parent, Random& random);

}  // namespace phoenix

#endif  // LIBS_TELEMETRY_TRACE_CONTEXT_H_
