#ifndef LIBS_BASE_FAILPOINT_H_
#define LIBS_BASE_FAILPOINT_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

// A place where a test, or whoever tries the program out, can make it fail:
//
//   PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("log.append.before_sync"));
//
// gives OK and costs one relaxed load unless a failpoint is armed somewhere in
// the process. Names are lower-case, of three parts: library, deed, place.
#define PHOENIX_FAILPOINT(name)                                             \
  (::phoenix::failpoint_internal::any_armed.load(std::memory_order_relaxed) \
       ? ::phoenix::failpoint_internal::Site<name>::point.Hit()             \
       : ::phoenix::failpoint_internal::Site<name>::Unarmed())

namespace phoenix {

// The environment variable that ArmFailpointsFromEnvironment reads.
inline constexpr char kFailpointsVariable[] = "PHOENIX_FAILPOINTS";

// Arms failpoints: `name=action` or `name=action@n`, separated by commas. With
// @n only the n-th hit, from 1, does it, counted from the arming. Actions:
//   kill      SIGKILL to this process, as a crash would
//   error     the place fails with UNAVAILABLE (ENOSPC-like: error:full)
//   pause:T   the thread sleeps for T (50ms, 2s)
//   count     nothing but the count
// INVALID_ARGUMENT names what is not understood, or is no failpoint of this
// program; nothing is armed then. Thread-safe.
absl::Status ArmFailpoints(std::string_view spec);

// Arms what PHOENIX_FAILPOINTS says, if it is set.
absl::Status ArmFailpointsFromEnvironment();

// Disarms all and sets the counts to 0.
void DisarmFailpoints();

// The names of all failpoints that are linked in, sorted.
std::vector<std::string> FailpointNames();

// How often a failpoint was reached since the first one was armed; 0 when it
// is unknown.
uint64_t FailpointHits(std::string_view name);

// Arms for the life of a scope, in tests.
class ScopedFailpoints {
 public:
  explicit ScopedFailpoints(std::string_view spec);
  ~ScopedFailpoints() { DisarmFailpoints(); }
  ScopedFailpoints(const ScopedFailpoints&) = delete;
  ScopedFailpoints& operator=(const ScopedFailpoints&) = delete;
};

namespace failpoint_internal {

extern std::atomic<bool> any_armed;

// One failpoint: registers itself when the program starts and is never
// destroyed before its end.
class Point {
 public:
  explicit Point(std::string_view name);

  // Does what is armed.
  absl::Status Hit();

  std::string_view name() const { return name_; }

 private:
  std::string_view name_;
};

// A text as a template argument.
template <size_t kSize>
struct Name {
  consteval Name(const char (&text)[kSize]) {
    std::copy_n(text, kSize, characters);
  }
  constexpr std::string_view view() const { return {characters, kSize - 1}; }
  char characters[kSize];
};

template <Name kName>
struct Site {
  // Naming `point` is what makes the compiler register it, reached or not.
  static absl::Status Unarmed() {
    static_cast<void>(&point);
    return absl::OkStatus();
  }
  static inline Point point{kName.view()};
};

}  // namespace failpoint_internal
}  // namespace phoenix

#endif  // LIBS_BASE_FAILPOINT_H_
