#include "libs/sinks/postgres/staged_rows.h"

#include <utility>

namespace phoenix {

void StagedRows::Add(const BatchView& view, const std::string& component,
                     SettleCallback settle, CopyEncoder& encoder) {
  auto progress = std::make_shared<WriteInProgress>(
      view.batch->size(), view.rows, component, std::move(settle));
  ends_.clear();
  errors_.clear();
  size_t begin = tuples_.size();
  encoder.Encode(view, tuples_, ends_, errors_);
  const auto write = static_cast<uint32_t>(writes_.size());
  writes_.push_back({progress, view.batch->identity(), rows_.size(), 0});
  auto error = errors_.begin();
  for (size_t i = 0; i < view.rows.size(); ++i) {
    if (error != errors_.end() && error->index == i) {
      progress->Settle(i, i + 1, Outcome::kRejected, error->status);
      ++error;
      continue;
    }
    rows_.push_back(
        {write, static_cast<uint32_t>(i), view.rows[i], begin, ends_[i]});
    begin = ends_[i];
  }
  writes_.back().end = rows_.size();
  if (writes_.back().begin == writes_.back().end) writes_.pop_back();
}

void StagedRows::AppendTuples(const std::vector<size_t>& rows,
                              std::vector<std::string_view>& pieces) const {
  const std::string_view tuples = tuples_;
  for (size_t i = 0; i < rows.size();) {
    const size_t begin = rows_[rows[i]].begin;
    size_t end = rows_[rows[i]].end;
    for (++i; i < rows.size() && rows_[rows[i]].begin == end; ++i) {
      end = rows_[rows[i]].end;
    }
    pieces.push_back(tuples.substr(begin, end - begin));
  }
}

void StagedRows::Settle(size_t row, Outcome outcome, const absl::Status& why) {
  const Row& staged = rows_[row];
  writes_[staged.write].progress->Settle(staged.index, staged.index + 1,
                                         outcome, why);
}

void StagedRows::Clear() {
  tuples_.clear();
  rows_.clear();
  writes_.clear();
}

}  // namespace phoenix
