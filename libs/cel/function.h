#ifndef LIBS_CEL_FUNCTION_H_
#define LIBS_CEL_FUNCTION_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/cel/arena.h"
#include "libs/cel/type.h"
#include "libs/cel/value.h"

namespace phoenix::cel {

// What a function may use besides its arguments.
class CallContext {
 public:
  // `max_bytes` counts what the arena hands out from now on.
  CallContext(Arena& arena, size_t max_bytes)
      : arena_(arena), start_(arena.bytes_used()), max_bytes_(max_bytes) {}

  Arena& arena() { return arena_; }

  // Whether `bytes` more fit the evaluation's budget. Ask before allocating
  // anything whose size depends on the data; on false return
  // BudgetExceeded().
  bool Fits(size_t bytes) const {
    const size_t used = arena_.bytes_used() - start_;
    return used <= max_bytes_ && bytes <= max_bytes_ - used;
  }

  Value BudgetExceeded();
  Value Error(ErrorCode code, std::string_view message) {
    return Value::Error(arena_, code, message);
  }

 private:
  Arena& arena_;
  const size_t start_;
  const size_t max_bytes_;
};

// An implementation. The arguments are never errors, and their kinds are
// those of the overload's parameters; a failure is an error value. Must be
// pure and callable from many threads at once.
using FunctionImpl =
    std::function<Value(CallContext&, absl::Span<const Value>)>;

// Given the arguments that are constants (null where not), returns an
// implementation specialised for them (a compiled pattern, say), or an error
// that names what is wrong with the constant; null when there is nothing to
// gain. Called when a program is built.
using FunctionBinder = std::function<absl::StatusOr<FunctionImpl>(
    absl::Span<const Value* const> constants)>;

struct Overload {
  std::string id;  // unique, such as "add_int64"
  std::vector<Type> parameters;
  Type result;
  // x.f(y) rather than f(x, y); parameters[0] is then the receiver.
  bool is_member = false;
  FunctionImpl impl;  // may be null where the function has one for all
  FunctionBinder bind;
};

// A function and its overloads. Give `impl` where one implementation tells
// the operands apart by itself (operators do); it must return
// kNoSuchOverload for what it does not know, and is used instead of the
// overloads' own. Logical operators, ?: and comprehensions need no
// implementation: the evaluator does them itself.
struct Function {
  std::string name;
  std::vector<Overload> overloads;
  FunctionImpl impl;
  // What the function makes of an argument that is an error: another value, or
  // the error itself. Null for one that has no value then, as most have none.
  std::function<Value(const Value& error)> recover = nullptr;
};

// The functions that expressions may call. Fill it, then share it: const use
// is thread-safe, and pointers to overloads stay valid until the next Add().
class FunctionRegistry {
 public:
  FunctionRegistry() = default;
  FunctionRegistry(FunctionRegistry&&) = default;
  FunctionRegistry& operator=(FunctionRegistry&&) = default;

  // Adds overloads to a function, which is created when missing.
  // ALREADY_EXISTS when an overload id is known, or its parameter types
  // overlap with another overload of the same call style.
  absl::Status Add(Function function);

  // Null when there is none.
  const Function* Find(std::string_view name) const;
  // All names, sorted: for suggestions and for reference pages.
  std::vector<std::string_view> Names() const;

 private:
  std::map<std::string, std::unique_ptr<Function>, std::less<>> functions_;
};

// Whether a value may be passed for a parameter of type `type`: by kind, not
// by what a list or map holds.
bool Accepts(const Type& type, const Value& value);

// "(string, int)", or "string.(int)" for a member: an overload in messages.
std::string SignatureOf(const Overload& overload);

}  // namespace phoenix::cel

#endif  // LIBS_CEL_FUNCTION_H_
