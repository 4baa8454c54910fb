#ifndef LIBS_CEL_ACTIVATION_H_
#define LIBS_CEL_ACTIVATION_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "libs/cel/arena.h"
#include "libs/cel/environment.h"
#include "libs/cel/value.h"

namespace phoenix::cel {

// Gives variables their values, when they are asked for: an expression that
// short-circuits never asks for what it did not need. May be asked for the
// same variable more than once.
class Activation {
 public:
  virtual ~Activation() = default;
  // The value of `variable`; none when it is not bound, which is an error of
  // kUnknownVariable. What must be made for it is made in `arena`.
  virtual std::optional<Value> Find(const Variable& variable,
                                    Arena& arena) const = 0;
};

// Bounds of one evaluation: at a bound it ends with kBudgetExceeded, which no
// operator absorbs.
struct EvaluationLimits {
  // Nodes evaluated, counting every pass of a comprehension's body. At some
  // tens of nanoseconds each a runaway rule stops within tens of milliseconds.
  uint64_t max_steps = 1'000'000;
  // Bytes of intermediate and final values in the arena. More than the
  // largest payload, so that a rule may rewrite a whole event.
  size_t max_bytes = 16 * 1024 * 1024;
};

}  // namespace phoenix::cel

#endif  // LIBS_CEL_ACTIVATION_H_
