#include "libs/cel/test_evaluator.h"

#include <utility>

#include "libs/base/text.h"

namespace phoenix::cel {

void TestEvaluator::Bind(std::string name, Type type, Value value) {
  Declare(name, std::move(type));
  activation_.Set(*environment_.FindVariable(name), value);
}

void TestEvaluator::Declare(std::string name, Type type) {
  environment_.AddVariable(std::move(name), std::move(type)).IgnoreError();
}

absl::StatusOr<Value> TestEvaluator::Run(std::string_view text) {
  absl::StatusOr<Ast> ast = Parse(text);
  if (!ast.ok()) return ast.status();
  auto checked = Check(*std::move(ast), environment_, check_options);
  if (!checked.ok()) return checked.status();
  auto program = Program::Create(*std::move(checked), program_options);
  if (!program.ok()) return program.status();
  programs_.push_back(*std::move(program));
  return programs_.back()->Evaluate(activation_, arena_);
}

std::string TestEvaluator::Evaluate(std::string_view text) {
  absl::StatusOr<Value> value = Run(text);
  if (!value.ok()) return std::string(value.status().message());
  return DebugString(*value);
}

std::string TestEvaluator::ErrorPosition(std::string_view text) {
  absl::StatusOr<Value> value = Run(text);
  if (!value.ok()) return std::string(value.status().message());
  if (!value->is_error()) return "no error";
  const SourcePosition at = programs_.back()->PositionOf(value->error());
  return Cat(at.line, ":", at.column, " ", ErrorCodeName(value->error().code));
}

std::string TestEvaluator::TypeOf(std::string_view text) {
  absl::StatusOr<Ast> ast = Parse(text);
  if (!ast.ok()) return std::string(ast.status().message());
  auto checked = Check(*std::move(ast), environment_, check_options);
  if (!checked.ok()) return std::string(checked.status().message());
  return (*checked)->result_type().ToString();
}

}  // namespace phoenix::cel
