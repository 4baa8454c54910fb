#ifndef LIBS_CEL_TEST_EVALUATOR_H_
#define LIBS_CEL_TEST_EVALUATOR_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "libs/cel/cel.h"

namespace phoenix::cel {

// Runs expressions through parser, checker and evaluator and gives what came
// out as text, so that tests read as tables.
class TestEvaluator {
 public:
  CheckOptions check_options;
  ProgramOptions program_options;

  // A variable and its value, which must outlive this object.
  void Bind(std::string name, Type type, Value value);
  // A variable without a value.
  void Declare(std::string name, Type type);

  // The result as DebugString shows it ("error(NO_SUCH_KEY: ...)" for an
  // error), or the issues as ToStatus lists them.
  std::string Evaluate(std::string_view text);
  // "line:column CODE" of the error that must come out.
  std::string ErrorPosition(std::string_view text);
  // The type that the checker finds, or the issues.
  std::string TypeOf(std::string_view text);

  Environment& environment() { return environment_; }
  Arena& arena() { return arena_; }

 private:
  Environment environment_;
  ValueActivation activation_;
  Arena arena_;
  // Results borrow from programs.
  std::vector<std::unique_ptr<const Program>> programs_;

  absl::StatusOr<Value> Run(std::string_view text);
};

}  // namespace phoenix::cel

#endif  // LIBS_CEL_TEST_EVALUATOR_H_
