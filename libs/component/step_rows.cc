#include "libs/component/step_rows.h"

#include <algorithm>

namespace phoenix {

void SortFailures(RowErrors& failed) {
  std::stable_sort(
      failed.begin(), failed.end(),
      [](const RowError& a, const RowError& b) { return a.row < b.row; });
  const auto end = std::unique(
      failed.begin(), failed.end(),
      [](const RowError& a, const RowError& b) { return a.row == b.row; });
  failed.erase(end, failed.end());
}

void TakeOut(const RowErrors& failed, Selection& rows) {
  if (failed.empty()) return;
  auto next = failed.begin();
  const auto is_failed = [&](uint32_t row) {
    while (next != failed.end() && next->row < row) ++next;
    return next != failed.end() && next->row == row;
  };
  rows.erase(std::remove_if(rows.begin(), rows.end(), is_failed), rows.end());
}

}  // namespace phoenix
