#include "tools/phoenix/past/comparison.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "libs/base/text.h"
#include "tools/phoenix/cli/canonical_json.h"

namespace phoenix {
namespace {

std::vector<std::pair<size_t, size_t>> PairSinks(
    const CompiledPipeline& current, const CompiledPipeline& candidate,
    size_t none) {
  std::vector<std::pair<size_t, size_t>> pairs;
  std::vector<bool> paired(candidate.sinks.size(), false);
  for (size_t i = 0; i < current.sinks.size(); ++i) {
    size_t other = none;
    for (size_t k = 0; k < candidate.sinks.size(); ++k) {
      if (candidate.sinks[k].name == current.sinks[i].name) other = k;
    }
    if (other != none) paired[other] = true;
    pairs.emplace_back(i, other);
  }
  for (size_t k = 0; k < paired.size(); ++k) {
    if (!paired[k]) pairs.emplace_back(none, k);
  }
  return pairs;
}

// What a change of fates is; nothing when it is none.
std::optional<Change> ChangeOf(Fate before, Fate after) {
  if (before == after) return std::nullopt;
  if (after == Fate::kFailed) return Change::kNewlyFailing;
  if (after == Fate::kFiltered) return Change::kNewlyFiltered;
  return before == Fate::kFiltered ? Change::kNoLongerFiltered
                                   : Change::kNoLongerFailing;
}

std::string Indented(const std::string& lines) {
  std::string text;
  size_t begin = 0;
  while (begin < lines.size()) {
    const size_t end = std::min(lines.find('\n', begin), lines.size());
    CatTo(text, "    ", lines.substr(begin, end - begin), "\n");
    begin = end + 1;
  }
  return text;
}

std::string PayloadDiff(std::string_view before, std::string_view after) {
  const std::string was = CanonicalJson(before);
  const std::string is = CanonicalJson(after);
  if (was == is) return "    the same value in other bytes\n";
  return Indented(LineDiff(was, is));
}

}  // namespace

const char* ChangeName(Change change) {
  switch (change) {
    case Change::kNewlyFiltered:
      return "newly filtered";
    case Change::kNoLongerFiltered:
      return "no longer filtered";
    case Change::kNewlyFailing:
      return "newly failing";
    case Change::kNoLongerFailing:
      return "no longer failing";
    case Change::kRoutedElsewhere:
      return "routed elsewhere";
    case Change::kPayloadChanged:
      return "payload changed";
  }
  return "";
}

Comparison::Comparison(const CompiledPipeline& current,
                       const CompiledPipeline& candidate, Clock& clock)
    : before_(current, clock),
      after_(candidate, clock),
      sinks_(PairSinks(current, candidate, kNone)) {}

void Comparison::Add(const LogEntry& entry, int64_t from_offset) {
  Selection rows;
  SelectAll(entry.batch->size(), rows);
  std::erase_if(rows, [&](uint32_t row) {
    return entry.first_offset + row < from_offset;
  });
  before_.Run(entry.batch, rows);
  after_.Run(entry.batch, rows);
  changed_.assign(entry.batch->size(), false);
  CompareFates(entry, rows);
  CompareSinks(entry);
  ComparePayloads(entry, rows);
  events_ += rows.size();
  changed_events_ +=
      static_cast<uint64_t>(std::count(changed_.begin(), changed_.end(), true));
}

void Comparison::CompareFates(const LogEntry& entry, const Selection& rows) {
  for (uint32_t row : rows) {
    const auto change = ChangeOf(before_.fate(row), after_.fate(row));
    if (change.has_value()) Note(*change, entry, row);
  }
}

void Comparison::CompareSinks(const LogEntry& entry) {
  static const Selection& nobody = *new Selection;
  Selection differing;
  Selection more;
  Selection merged;
  for (const auto& [before, after] : sinks_) {
    more.clear();
    merged.clear();
    const Selection& was = before == kNone ? nobody : before_.RowsOf(before);
    const Selection& is = after == kNone ? nobody : after_.RowsOf(after);
    std::set_symmetric_difference(was.begin(), was.end(), is.begin(), is.end(),
                                  std::back_inserter(more));
    std::set_union(differing.begin(), differing.end(), more.begin(), more.end(),
                   std::back_inserter(merged));
    differing.swap(merged);
  }
  for (uint32_t row : differing) {
    if (BothRouted(row)) Note(Change::kRoutedElsewhere, entry, row);
  }
}

void Comparison::ComparePayloads(const LogEntry& entry, const Selection& rows) {
  for (uint32_t row : rows) {
    if (!BothRouted(row)) continue;
    const std::string_view before = before_.payload(row);
    const std::string_view after = after_.payload(row);
    const bool same_place =
        before.data() == after.data() && before.size() == after.size();
    if (same_place || before == after) continue;
    Note(Change::kPayloadChanged, entry, row);
  }
}

void Comparison::Note(Change change, const LogEntry& entry, uint32_t row) {
  changed_[row] = true;
  ++counts_[static_cast<size_t>(change)];
  auto& examples = examples_[static_cast<size_t>(change)];
  if (examples.size() < kMaxExamples) {
    examples.push_back(Example(change, entry, row));
  }
}

std::string Comparison::Example(Change change, const LogEntry& entry,
                                uint32_t row) const {
  const std::string event =
      Cat("offset ", entry.first_offset + row, ", id '",
          entry.batch->attribute(Attribute::kId).ToString(row), "'\n");
  if (change == Change::kPayloadChanged) {
    return Cat(event, PayloadDiff(before_.payload(row), after_.payload(row)));
  }
  return Cat(event, "    now:       ", before_.Describe(row),
             "\n    candidate: ", after_.Describe(row), "\n");
}

}  // namespace phoenix
