#ifndef LIBS_BASE_STATUS_MACROS_H_
#define LIBS_BASE_STATUS_MACROS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Returns from the enclosing function when `expr` is not OK.
#define PHOENIX_RETURN_IF_ERROR(expr)                  \
  do {                                                 \
    absl::Status phoenix_status_ = (expr);             \
    if (!phoenix_status_.ok()) return phoenix_status_; \
  } while (false)

// `PHOENIX_ASSIGN_OR_RETURN(auto x, F());` unwraps a StatusOr or returns its
// status.
#define PHOENIX_ASSIGN_OR_RETURN(lhs, expr)                                \
  PHOENIX_ASSIGN_OR_RETURN_(PHOENIX_CONCAT_(phoenix_status_or_, __LINE__), \
                            lhs, expr)
#define PHOENIX_ASSIGN_OR_RETURN_(var, lhs, expr) \
  auto var = (expr);                              \
  if (!var.ok()) return std::move(var).status();  \
  lhs = *std::move(var)
#define PHOENIX_CONCAT_(a, b) PHOENIX_CONCAT_2_(a, b)
#define PHOENIX_CONCAT_2_(a, b) a##b

#endif  // LIBS_BASE_STATUS_MACROS_H_
