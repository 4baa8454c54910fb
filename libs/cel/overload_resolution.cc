#include "libs/cel/overload_resolution.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "libs/base/text.h"
#include "libs/cel/operators.h"
#include "libs/cel/text.h"

namespace phoenix::cel {
namespace {

// More candidates in one message are noise.
constexpr size_t kMaxCandidates = 8;

bool TakesNumbers(const Overload& overload) {
  return std::all_of(overload.parameters.begin(), overload.parameters.end(),
                     [](const Type& type) { return type.is_number(); });
}

bool AnyDynamic(const std::vector<Type>& types) {
  return std::any_of(types.begin(), types.end(),
                     [](const Type& type) { return type.is_dynamic(); });
}

std::string TextOf(const Type& type) { return type.ToString(); }

}  // namespace

std::optional<ResolvedCall> ResolveOverloads(const Function& function,
                                             bool is_member,
                                             const std::vector<Type>& arguments,
                                             TypeUnifier& unifier) {
  std::optional<ResolvedCall> call;
  for (const Overload& overload : function.overloads) {
    if (overload.is_member != is_member) continue;
    std::map<std::string, Type> renamed;
    std::vector<Type> parameters;
    for (const Type& parameter : overload.parameters) {
      parameters.push_back(unifier.Instantiate(parameter, renamed));
    }
    if (!unifier.Assign(arguments, parameters)) continue;
    Type type = unifier.Substitute(
        unifier.Instantiate(overload.result, renamed), false);
    // What comes out of something dynamic is dynamic: were it left open, its
    // first use would decide what only the data can.
    if (type.kind() == TypeKind::kParam && AnyDynamic(arguments)) type = Type();
    if (!call.has_value()) {
      call = ResolvedCall{{}, std::move(type)};
    } else if (call->type != type) {
      call->type = Type();
    }
    call->overloads.push_back(&overload);
  }
  return call;
}

std::vector<const Overload*> OverloadsByShape(const Function& function,
                                              bool is_member,
                                              size_t argument_count) {
  std::vector<const Overload*> overloads;
  for (const Overload& overload : function.overloads) {
    if (overload.is_member == is_member &&
        overload.parameters.size() == argument_count) {
      overloads.push_back(&overload);
    }
  }
  return overloads;
}

void PromoteDynArithmetic(const Function& function,
                          const std::vector<Type>& arguments,
                          ResolvedCall& call) {
  const bool is_integer =
      call.type.kind() == TypeKind::kInt || call.type.kind() == TypeKind::kUint;
  if (!AnyDynamic(arguments) || !is_integer || !IsPromotable(function.name))
    return;
  call.type = Type();
  call.overloads.clear();
  for (const Overload& overload : function.overloads) {
    if (TakesNumbers(overload)) call.overloads.push_back(&overload);
  }
}

std::string NoOverloadMessage(const Function& function, bool is_member,
                              std::vector<Type> arguments) {
  std::string receiver;
  if (is_member) {
    receiver = Cat(arguments[0].ToString(), ".");
    arguments.erase(arguments.begin());
  }
  const size_t shown = std::min(function.overloads.size(), kMaxCandidates);
  std::string candidates =
      Join(absl::MakeConstSpan(function.overloads).subspan(0, shown), ", ",
           SignatureOf);
  if (shown < function.overloads.size()) candidates += ", ...";
  return Cat("no overload of '", DisplayName(function.name), "' takes ",
             receiver, "(", Join(arguments, ", ", TextOf),
             "), candidates: ", candidates);
}

}  // namespace phoenix::cel
