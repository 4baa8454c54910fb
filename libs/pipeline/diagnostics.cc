#include "libs/pipeline/diagnostics.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "libs/pipeline/cat.h"

namespace phoenix {
namespace {

// Names beyond this length are not compared: no key is as long.
constexpr size_t kMaxComparedLength = 64;

// Insertions, deletions, changes and swaps of neighbours that make `a` of `b`.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1), last(b.size() + 1),
      row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, change});
      const bool swapped =
          i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

bool Before(const Diagnostic& a, const Diagnostic& b) {
  return std::tie(a.position.line, a.position.column) <
         std::tie(b.position.line, b.position.column);
}

bool Same(const Diagnostic& a, const Diagnostic& b) {
  return !Before(a, b) && !Before(b, a) && a.message == b.message;
}

}  // namespace

void Diagnostics::Add(SourcePosition position, std::string message) {
  ++count_;
  if (kept_.size() < kMaxKept) kept_.push_back({position, std::move(message)});
}

std::vector<Diagnostic> Diagnostics::Sorted() const {
  std::vector<Diagnostic> sorted = kept_;
  std::stable_sort(sorted.begin(), sorted.end(), Before);
  sorted.erase(std::unique(sorted.begin(), sorted.end(), Same), sorted.end());
  return sorted;
}

std::string Diagnostics::ToString() const {
  std::string text;
  for (const Diagnostic& d : Sorted()) {
    CatAppend(text, file_, ":");
    if (d.position.line > 0) {
      CatAppend(text, d.position.line, ":", d.position.column, ":");
    }
    CatAppend(text, " ", d.message, "\n");
  }
  const int hidden = count_ - static_cast<int>(kept_.size());
  if (hidden > 0) CatAppend(text, file_, ": and ", hidden, " more\n");
  return text;
}

const std::string* NearestName(std::string_view name,
                               const std::vector<std::string>& known) {
  if (name.empty() || name.size() > kMaxComparedLength) return nullptr;
  const std::string* nearest = nullptr;
  // A third of the letters wrong is another word.
  size_t limit = std::max<size_t>(1, name.size() / 3);
  for (const std::string& candidate : known) {
    if (candidate.size() > kMaxComparedLength) continue;
    const size_t distance = EditDistance(name, candidate);
    if (distance > limit || (nearest != nullptr && distance == limit)) continue;
    nearest = &candidate;
    limit = distance;
  }
  return nearest;
}

std::string DidYouMean(std::string_view name,
                       const std::vector<std::string>& known) {
  const std::string* nearest = NearestName(name, known);
  if (nearest == nullptr) return "";
  return Cat(": did you mean '", *nearest, "'?");
}

std::string OneOf(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    const bool last = i + 1 == names.size();
    CatAppend(text, i == 0 ? "" : last ? " or " : ", ", "'", names[i], "'");
  }
  return text;
}

}  // namespace phoenix
