#include "libs/sinks/file/offset_window.h"

#include <algorithm>

namespace phoenix {

bool OffsetWindow::HasAnyOf(const BatchView& view) const {
  const BatchIdentity& identity = view.batch->identity();
  if (identity.first_offset < 0 || offsets_.empty()) return false;
  const auto found = offsets_.find({identity.log, identity.partition});
  if (found == offsets_.end()) return false;
  const OffsetSet& taken = found->second;
  // Most come in order, behind all that were taken.
  if (identity.first_offset >= taken.end()) return false;
  return std::any_of(view.rows.begin(), view.rows.end(), [&](uint32_t row) {
    return taken.Contains(identity.first_offset + row);
  });
}

void OffsetWindow::Add(const BatchView& view) {
  const BatchIdentity& identity = view.batch->identity();
  if (identity.first_offset < 0 || view.rows.empty()) return;
  OffsetSet& taken = offsets_[{identity.log, identity.partition}];
  const size_t had = taken.page_count();
  for (size_t i = 0; i < view.rows.size();) {
    const size_t first = i++;
    while (i < view.rows.size() && view.rows[i] == view.rows[i - 1] + 1) ++i;
    taken.Add(identity.first_offset + view.rows[first],
              identity.first_offset + view.rows[i - 1] + 1);
  }
  pages_ += taken.page_count() - had;
}

void OffsetWindow::Clear() {
  offsets_.clear();
  pages_ = 0;
}

}  // namespace phoenix
