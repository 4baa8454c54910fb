#ifndef LIBS_CEL_SUGGESTION_H_
#define LIBS_CEL_SUGGESTION_H_

#include <string>
#include <string_view>
#include <vector>

namespace phoenix::cel {

// The candidate that `name` is probably a misspelling of; empty when none is
// within about a third of its letters.
std::string_view NearestName(std::string_view name,
                             const std::vector<std::string_view>& candidates);

// " (did you mean 'x'?)" for the nearest candidate, or "".
std::string DidYouMean(std::string_view name,
                       const std::vector<std::string_view>& candidates);

}  // namespace phoenix::cel

#endif  // LIBS_CEL_SUGGESTION_H_
