#include "libs/cel/suggestion.h"

#include <algorithm>
#include <cctype>
#include <numeric>

#include "libs/cel/text.h"

namespace phoenix::cel {
namespace {

// Longer names are no misspellings, and distances cost their product.
constexpr size_t kMaxNameBytes = 64;

// Levenshtein distance; a different case costs nothing.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const bool same = std::tolower(static_cast<unsigned char>(a[i - 1])) ==
                        std::tolower(static_cast<unsigned char>(b[j - 1]));
      const size_t replaced = diagonal + (same ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string_view NearestName(std::string_view name,
                             const std::vector<std::string_view>& candidates) {
  std::string_view nearest;
  if (name.size() > kMaxNameBytes) return nearest;
  size_t best = std::max<size_t>(name.size() / 3, 1) + 1;
  for (std::string_view candidate : candidates) {
    if (candidate.size() > kMaxNameBytes) continue;
    const size_t distance = EditDistance(name, candidate);
    if (distance < best && distance < candidate.size()) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string DidYouMean(std::string_view name,
                       const std::vector<std::string_view>& candidates) {
  std::string_view nearest = NearestName(name, candidates);
  return nearest.empty() ? "" : Cat(" (did you mean '", nearest, "'?)");
}

}  // namespace phoenix::cel
