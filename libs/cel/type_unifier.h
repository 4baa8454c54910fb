#ifndef LIBS_CEL_TYPE_UNIFIER_H_
#define LIBS_CEL_TYPE_UNIFIER_H_

#include <map>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "libs/cel/type.h"

namespace phoenix::cel {

// Finds out what type parameters stand for, by unification: `list(T)` and
// `list(int)` make T an int. One of them serves one check of one expression.
//
// Types are gradual: dyn fits everything. Null fits messages, wrappers,
// timestamps, durations and opaque types.
class TypeUnifier {
 public:
  // Whether a value of type `from` may be used where `to` is expected. When it
  // may, what was learned about type parameters is kept; else nothing is.
  bool Assign(const Type& from, const Type& to);
  // All or nothing.
  bool Assign(absl::Span<const Type> from, absl::Span<const Type> to);

  // The one type for values of both, dyn when they have nothing in common.
  // For the elements of a literal.
  Type Join(const Type& a, const Type& b);

  // `type` with known parameters replaced. Unknown ones stay, or become dyn
  // when `unknown_to_dyn`.
  Type Substitute(const Type& type, bool unknown_to_dyn) const;

  // A copy of `type` in which every type parameter `T` is a new one of its
  // own: each use of a generic overload gets its own. `renamed` holds the
  // names given so far for this use.
  Type Instantiate(const Type& type, std::map<std::string, Type>& renamed);

  // A type parameter that nothing is known of: the element of `[]`.
  Type Fresh();

 private:
  using Substitutions = std::map<std::string, Type, std::less<>>;

  bool Unify(const Type& from, const Type& to);
  bool UnifyAll(absl::Span<const Type> from, absl::Span<const Type> to);
  // Whether `param` can stand for `type`; `*bound` is set when it already
  // stood for something.
  bool Bind(const Type& type, const Type& param, bool* bound);
  bool Mentions(const Type& type, std::string_view param) const;
  const Type* Find(const Type& param) const;

  Substitutions known_;
  int next_param_ = 0;
};

// Whether null is a value of the type.
bool IsNullable(const Type& type);

}  // namespace phoenix::cel

#endif  // LIBS_CEL_TYPE_UNIFIER_H_
