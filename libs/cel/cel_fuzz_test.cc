// Any bytes go through parser, checker (strict and lenient) and evaluator:
// each may refuse them, none may crash, hang or use more than its bounds.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "libs/cel/cel.h"

namespace phoenix::cel {
namespace {

struct Fixture {
  Fixture() {
    environment.AddVariable("data", Type()).IgnoreError();
    environment.AddVariable("name", TypeKind::kString).IgnoreError();
    data.Insert(Value::String("a"), Value::Int(20));
    data.Insert(Value::String("b"), Value::String("text"));
    activation.Set(*environment.FindVariable("data"), Value::Map(data));
    activation.Set(*environment.FindVariable("name"), Value::String("aab"));
  }

  Environment environment;
  HashedMap data;
  ValueActivation activation;
};

void Run(const Fixture& fixture, std::string_view text, bool lenient) {
  std::vector<Issue> issues;
  std::optional<Ast> ast = Parse(text, {}, &issues);
  if (!ast.has_value()) {
    if (issues.empty()) std::abort();
    return;
  }
  CheckOptions check_options;
  check_options.lenient = lenient;
  check_options.promote_dyn_arithmetic = true;
  auto checked =
      Check(*std::move(ast), fixture.environment, check_options, &issues);
  if (checked == nullptr) {
    if (issues.empty() || lenient) std::abort();
    return;
  }
  ProgramOptions options;
  options.promote_dyn_arithmetic = true;
  options.limits.max_steps = 10'000;
  options.limits.max_bytes = 1 << 20;
  auto program = Program::Create(checked, options);
  if (!program.ok()) return;
  Arena arena;
  DebugString((*program)->Evaluate(fixture.activation, arena));
}

}  // namespace
}  // namespace phoenix::cel

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto* const kFixture = new phoenix::cel::Fixture();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  phoenix::cel::Run(*kFixture, text, /*lenient=*/false);
  phoenix::cel::Run(*kFixture, text, /*lenient=*/true);
  return 0;
}
