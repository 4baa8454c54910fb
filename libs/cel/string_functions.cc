#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "libs/base/text.h"
#include "libs/cel/standard_functions.h"
#include "re2/re2.h"

namespace phoenix::cel {
namespace {

using Args = absl::Span<const Value>;

// What a pattern from a rule or from data may cost: RE2's programs are linear
// in the pattern, and this refuses counted repetitions that explode.
constexpr int64_t kMaxPatternMemoryBytes = 1 << 20;

RE2::Options PatternOptions() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxPatternMemoryBytes);
  return options;
}

re2::StringPiece Piece(std::string_view text) {
  return {text.data(), text.size()};
}

std::string PatternProblem(std::string_view pattern, const RE2& re) {
  return Cat("invalid pattern '", pattern.substr(0, 80), "': ", re.error());
}

Value Matches(CallContext& context, Args args) {
  const std::string_view pattern = args[1].string_value();
  RE2 re(Piece(pattern), PatternOptions());
  if (!re.ok()) {
    return context.Error(ErrorCode::kInvalidArgument,
                         PatternProblem(pattern, re));
  }
  return Value::Bool(RE2::PartialMatch(Piece(args[0].string_value()), re));
}

// A constant pattern is compiled once, with the program.
absl::StatusOr<FunctionImpl> BindMatches(
    absl::Span<const Value* const> constants) {
  if (constants[1] == nullptr || !constants[1]->is_string()) {
    return FunctionImpl();
  }
  const std::string_view pattern = constants[1]->string_value();
  auto re = std::make_shared<const RE2>(Piece(pattern), PatternOptions());
  if (!re->ok()) {
    return absl::InvalidArgumentError(PatternProblem(pattern, *re));
  }
  return FunctionImpl([re](CallContext&, Args args) {
    return Value::Bool(RE2::PartialMatch(Piece(args[0].string_value()), *re));
  });
}

Value Contains(CallContext&, Args args) {
  return Value::Bool(args[0].string_value().find(args[1].string_value()) !=
                     std::string_view::npos);
}

Value StartsWith(CallContext&, Args args) {
  return Value::Bool(
      args[0].string_value().starts_with(args[1].string_value()));
}

Value EndsWith(CallContext&, Args args) {
  return Value::Bool(args[0].string_value().ends_with(args[1].string_value()));
}

void AddPredicate(FunctionRegistry& registry, std::string name, std::string id,
                  FunctionImpl impl) {
  const Type text = TypeKind::kString;
  MustAdd(registry, {std::move(name),
                     {{std::move(id),
                       {text, text},
                       TypeKind::kBool,
                       true,
                       std::move(impl),
                       {}}},
                     {}});
}

}  // namespace

void AddStringFunctions(FunctionRegistry& registry) {
  AddPredicate(registry, "contains", "contains_string", Contains);
  AddPredicate(registry, "startsWith", "starts_with_string", StartsWith);
  AddPredicate(registry, "endsWith", "ends_with_string", EndsWith);
  const Type text = TypeKind::kString;
  const Type boolean = TypeKind::kBool;
  MustAdd(
      registry,
      {"matches",
       {{"matches", {text, text}, boolean, false, Matches, BindMatches},
        {"matches_string", {text, text}, boolean, true, Matches, BindMatches}},
       {}});
}

}  // namespace phoenix::cel
