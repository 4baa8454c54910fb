#ifndef LIBS_CEL_ENVIRONMENT_H_
#define LIBS_CEL_ENVIRONMENT_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "libs/cel/function.h"
#include "libs/cel/standard_functions.h"
#include "libs/cel/type.h"
#include "libs/cel/type_provider.h"

namespace phoenix::cel {

// A declared variable. `index` counts from 0 in the order of declaration, so
// that an activation can hold its values in an array.
struct Variable {
  std::string name;  // may be qualified, "request.auth"
  Type type;
  uint32_t index = 0;
};

// What names mean in an expression: variables, functions, message types and
// the container in which names are looked up. Fill it, then share it: const
// use is thread-safe. Checked expressions point into it, so it must outlive
// them.
class Environment {
 public:
  // `functions` and `types` are borrowed and must outlive the environment.
  explicit Environment(const FunctionRegistry& functions = StandardFunctions(),
                       const TypeProvider* types = nullptr)
      : functions_(functions), types_(types) {}
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  // ALREADY_EXISTS when the name is taken. A JSON value is declared as dyn:
  // whatever is selected of it is dyn again.
  absl::Status AddVariable(std::string name, Type type);

  // A package such as "cel.expr": the name `a` is then looked up as
  // cel.expr.a, cel.a and a. Empty by default.
  void set_container(std::string container) {
    container_ = std::move(container);
  }

  const std::string& container() const { return container_; }
  const FunctionRegistry& functions() const { return functions_; }
  const TypeProvider* types() const { return types_; }
  // In the order of declaration.
  const std::vector<std::unique_ptr<Variable>>& variables() const {
    return variables_;
  }
  // Null when there is none of exactly this name.
  const Variable* FindVariable(std::string_view name) const;

  // The names that `name` may stand for in the container, nearest first.
  // A name that begins with '.' stands only for itself.
  std::vector<std::string> Candidates(std::string_view name) const;

 private:
  const FunctionRegistry& functions_;
  const TypeProvider* types_;
  std::string container_;
  std::vector<std::unique_ptr<Variable>> variables_;
  std::map<std::string, const Variable*, std::less<>> by_name_;
};

}  // namespace phoenix::cel

#endif  // LIBS_CEL_ENVIRONMENT_H_
