#ifndef LIBS_BASE_NEAREST_NAME_H_
#define LIBS_BASE_NEAREST_NAME_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/types/span.h"

namespace phoenix {

// How many characters must be inserted, removed, replaced or swapped with
// their neighbour to make `a` of `b`; a letter's case does not count. Takes
// time by the product of the sizes.
size_t EditDistance(std::string_view a, std::string_view b);

// The name that whoever wrote `name` most likely meant: the nearest of `known`,
// the first of several. Empty when none is near, that is within a third of
// name's length and with something in common, and when `name` is longer than
// kMaxSuggestBytes.
std::string_view NearestName(std::string_view name,
                             absl::Span<const std::string_view> known);

// For the end of an error message: ": did you mean 'filter'?" or nothing.
std::string Suggestion(std::string_view name,
                       absl::Span<const std::string_view> known);

// No name that we know is longer; what is longer is no misspelling of one.
inline constexpr size_t kMaxSuggestBytes = 64;

}  // namespace phoenix

#endif  // LIBS_BASE_NEAREST_NAME_H_
