#include "libs/pipeline/diagnostics.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "libs/base/nearest_name.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

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
    CatTo(text, file_, ":");
    if (d.position.line > 0) {
      CatTo(text, d.position.line, ":", d.position.column, ":");
    }
    CatTo(text, " ", d.message, "\n");
  }
  const int hidden = count_ - static_cast<int>(kept_.size());
  if (hidden > 0) CatTo(text, file_, ": and ", hidden, " more\n");
  return text;
}

std::string DidYouMean(std::string_view name,
                       const std::vector<std::string>& known) {
  const std::vector<std::string_view> views(known.begin(), known.end());
  return Suggestion(name, views);
}

std::string OneOf(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    const bool last = i + 1 == names.size();
    CatTo(text, i == 0 ? "" : last ? " or " : ", ", "'", names[i], "'");
  }
  return text;
}

}  // namespace phoenix
