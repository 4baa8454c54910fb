#include "libs/operators/stats/stats_operator.h"

#include <charconv>
#include <cmath>
#include <deque>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "libs/base/json_text.h"
#include "libs/component/step_rows.h"
#include "libs/event/batch_builder.h"

namespace phoenix {
namespace {

// The longest decimal form of a double or a 64-bit number.
constexpr size_t kMaxNumberBytes = 32;

template <typename Number>
std::string NumberText(Number number) {
  char text[kMaxNumberBytes];
  return std::string(text, std::to_chars(text, std::end(text), number).ptr);
}

// The keys of one batch as text: text as it is, other values in memory of its
// own that lives as long as this.
class KeyTexts {
 public:
  explicit KeyTexts(const ValueColumn& keys) : keys_(keys) {}

  // Nothing when the row's value can't be a key.
  std::optional<std::string_view> at(uint32_t row) {
    switch (keys_.tag(row)) {
      case ValueTag::kString:
        if (keys_.AsText(row).size() > StatsOperator::kMaxKeyBytes) return {};
        return keys_.AsText(row);
      case ValueTag::kBool:
        return keys_.AsBool(row) ? "true" : "false";
      case ValueTag::kInt:
        return Keep(NumberText(keys_.AsInt(row)));
      case ValueTag::kUint:
        return Keep(NumberText(keys_.AsUint(row)));
      case ValueTag::kDouble:
        return Keep(NumberText(keys_.AsDouble(row)));
      default:
        return std::nullopt;
    }
  }

 private:
  std::string_view Keep(std::string text) {
    return kept_.emplace_back(std::move(text));
  }

  const ValueColumn& keys_;
  std::deque<std::string> kept_;  // Views into its strings stay valid.
};

std::string Payload(const KeyedStats::Entry& entry) {
  std::string json = "{\"key\":";
  AppendJsonText(entry.first, json);
  const RunningStats& stats = entry.second;
  return json + ",\"count\":" + NumberText(stats.count()) +
         ",\"mean\":" + NumberText(stats.mean()) +
         ",\"min\":" + NumberText(stats.min()) +
         ",\"max\":" + NumberText(stats.max()) + "}";
}

}  // namespace

StatsOperator::StatsOperator(Options options, absl::Time start)
    : options_(std::move(options)),
      start_(start),
      stats_(options_.max_keys),
      next_(start + options_.interval) {}

void StatsOperator::Process(StepRun& run) {
  RowErrors errors;
  // Copied: the frame may move it when it evaluates the value.
  const ValueColumn keys =
      run.frame().Evaluate(options_.key, run.rows(), errors);
  const ValueColumn& values =
      run.frame().Evaluate(options_.value, run.rows(), errors);
  SortFailures(errors);
  run.failed() = std::move(errors);
  TakeOut(run.failed(), run.rows());

  KeyTexts texts(keys);
  BatchStats batch;
  RowErrors unfit;
  for (uint32_t row : run.rows()) {
    const auto key = texts.at(row);
    if (!key.has_value()) {
      unfit.push_back({row, absl::InvalidArgumentError(absl::StrFormat(
                                "'key' is no text of at most %d bytes, "
                                "number or bool",
                                kMaxKeyBytes))});
    } else if (!values.IsNumber(row) || !std::isfinite(values.AsNumber(row))) {
      unfit.push_back(
          {row, absl::InvalidArgumentError("'value' is no finite number")});
    } else {
      batch[*key].Add(values.AsNumber(row));
    }
  }
  stats_.Merge(batch);
  TakeOut(unfit, run.rows());
  for (RowError& error : unfit) run.failed().push_back(std::move(error));
  SortFailures(run.failed());
}

std::vector<EventBatchPtr> StatsOperator::Tick(absl::Time now, bool last) {
  if (!last && now < next_) return {};
  next_ = now + options_.interval;
  return Publish(now);
}

std::vector<EventBatchPtr> StatsOperator::Publish(absl::Time now) {
  BatchBuilder builder({.source = absl::StrFormat(
                            "/phoenix/%s/%s", options_.pipeline, options_.name),
                        .type = std::string(kStatsType),
                        .data_content_type = "application/json"});
  std::vector<EventBatchPtr> batches;
  EventFields event;
  for (const KeyedStats::Entry& entry : stats_.TakeChanged()) {
    const std::string id =
        absl::StrFormat("%d-%d", absl::ToUnixNanos(start_), published_++);
    const std::string payload = Payload(entry);
    event[Attribute::kId] = id;
    if (!entry.first.empty()) event[Attribute::kSubject] = entry.first;
    event.payload = payload;
    if (builder.AddEvent(event).ok()) continue;
    batches.push_back(builder.Build(absl::ToUnixNanos(now)));
    builder.AddEvent(event).IgnoreError();  // It fits an empty batch.
  }
  if (!builder.empty())
    batches.push_back(builder.Build(absl::ToUnixNanos(now)));
  return batches;
}

std::vector<std::string> StatsOperator::Report() const {
  const std::vector<KeyedStats::Entry> all = stats_.All();
  std::vector<std::string> lines = {absl::StrFormat("%d keys", all.size())};
  for (size_t i = 0; i < all.size() && i < kMaxReportedKeys; ++i) {
    const auto& [key, stats] = all[i];
    lines.push_back(absl::StrFormat("%s: count %d, mean %g, min %g, max %g",
                                    key, stats.count(), stats.mean(),
                                    stats.min(), stats.max()));
  }
  if (all.size() > kMaxReportedKeys) {
    lines.push_back(
        absl::StrFormat("and %d more", all.size() - kMaxReportedKeys));
  }
  if (const uint64_t overflow = stats_.overflow_count(); overflow > 0) {
    lines.push_back(absl::StrFormat(
        "%d events with keys beyond the %d of 'max_keys' not counted", overflow,
        options_.max_keys));
  }
  return lines;
}

}  // namespace phoenix
