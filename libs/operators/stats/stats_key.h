#ifndef LIBS_OPERATORS_STATS_STATS_KEY_H_
#define LIBS_OPERATORS_STATS_STATS_KEY_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace phoenix {

// What events are grouped by: the number 1 and the text "1" are two keys, 1 and
// 1.0 are one. Borrows its text.
struct StatsKeyView {
  // kOthers stands for all keys that there is no room for, and has no text.
  enum class Kind : uint8_t { kText, kNumber, kBool, kOthers };

  Kind kind = Kind::kText;
  std::string_view text;  // Of a number or bool: its JSON text.

  // Texts first, then numbers, each by their text.
  friend auto operator<=>(const StatsKeyView&, const StatsKeyView&) = default;
};

// A key that owns its text.
struct StatsKey {
  using Kind = StatsKeyView::Kind;

  StatsKey() = default;
  explicit StatsKey(StatsKeyView view) : kind(view.kind), text(view.text) {}

  StatsKeyView view() const { return {kind, text}; }

  Kind kind = Kind::kText;
  std::string text;
};

// For hash maps that are asked by views.
struct StatsKeyHash {
  using is_transparent = void;
  size_t operator()(StatsKeyView key) const {
    return std::hash<std::string_view>()(key.text) ^
           static_cast<size_t>(key.kind);
  }
  size_t operator()(const StatsKey& key) const { return (*this)(key.view()); }
};

struct StatsKeyEqual {
  using is_transparent = void;
  bool operator()(StatsKeyView a, StatsKeyView b) const { return a == b; }
  bool operator()(const StatsKey& a, StatsKeyView b) const {
    return a.view() == b;
  }
  bool operator()(StatsKeyView a, const StatsKey& b) const {
    return a == b.view();
  }
  bool operator()(const StatsKey& a, const StatsKey& b) const {
    return a.view() == b.view();
  }
};

}  // namespace phoenix

#endif  // LIBS_OPERATORS_STATS_STATS_KEY_H_
