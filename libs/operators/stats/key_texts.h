#ifndef LIBS_OPERATORS_STATS_KEY_TEXTS_H_
#define LIBS_OPERATORS_STATS_KEY_TEXTS_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "libs/operators/stats/stats_key.h"
#include "libs/rules/value_column.h"

namespace phoenix {

// The keys of one batch: text as it lies there, other values as text in memory
// of its own that lives as long as this. Borrows `keys`. Thread-compatible.
class KeyTexts {
 public:
  // A longer key is none: keys stay in memory.
  static constexpr size_t kMaxKeyBytes = 1024;

  explicit KeyTexts(const ValueColumn& keys) : keys_(keys) {}

  // Nothing when the row's value can't be a key. A number has one text, however
  // it was written: 1, 1.0 and 1e0 are the same key.
  std::optional<StatsKeyView> at(uint32_t row);

 private:
  std::optional<StatsKeyView> Real(double value);
  StatsKeyView Number(std::string text);

  const ValueColumn& keys_;
  std::deque<std::string> kept_;  // Views into its strings stay valid.
};

// A number in its shortest form.
std::string NumberText(double number);
std::string NumberText(int64_t number);
std::string NumberText(uint64_t number);

}  // namespace phoenix

#endif  // LIBS_OPERATORS_STATS_KEY_TEXTS_H_
