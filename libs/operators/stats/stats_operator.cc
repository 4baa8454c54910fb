#include "libs/operators/stats/stats_operator.h"

#include <cmath>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "libs/base/json_text.h"
#include "libs/base/text.h"
#include "libs/component/step_rows.h"
#include "libs/event/batch_builder.h"
#include "libs/operators/stats/key_texts.h"

namespace phoenix {
namespace {

std::string KeyJson(const StatsKey& key) {
  if (key.kind == StatsKey::Kind::kOthers) return "null";
  if (key.kind != StatsKey::Kind::kText) return key.text;
  std::string json;
  AppendJsonText(key.text, json);
  return json;
}

std::string Payload(const KeyedStats::Entry& entry) {
  const RunningStats& stats = entry.stats;
  return Cat("{\"key\":", KeyJson(entry.key),
             ",\"count\":", NumberText(stats.count()),
             ",\"mean\":", NumberText(stats.mean()),
             ",\"min\":", NumberText(stats.min()),
             ",\"max\":", NumberText(stats.max()), "}");
}

// A key for people, who must tell the number 1 from the text.
std::string Shown(const StatsKey& key) {
  switch (key.kind) {
    case StatsKey::Kind::kText:
    case StatsKey::Kind::kOthers:
      break;
    case StatsKey::Kind::kNumber:
      return key.text + " (number)";
    case StatsKey::Kind::kBool:
      return key.text + " (bool)";
  }
  return key.text;
}

std::string Summary(const RunningStats& stats) {
  return absl::StrFormat("count %d, mean %g, min %g, max %g", stats.count(),
                         stats.mean(), stats.min(), stats.max());
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
                                KeyTexts::kMaxKeyBytes))});
    } else if (!values.IsNumber(row) || !std::isfinite(values.AsNumber(row))) {
      unfit.push_back(
          {row, absl::InvalidArgumentError("'value' is no finite number")});
    } else {
      batch.Add(*key, values.AsNumber(row));
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
    event[Attribute::kSubject] = std::nullopt;
    if (!entry.key.text.empty()) {
      event[Attribute::kSubject] = entry.key.text;
    }
    event.payload = payload;
    if (builder.AddEvent(event).ok()) continue;
    batches.push_back(builder.Build(absl::ToUnixNanos(now)));
    builder.AddEvent(event).IgnoreError();  // It fits an empty batch.
  }
  if (!builder.empty())
    batches.push_back(builder.Build(absl::ToUnixNanos(now)));
  return batches;
}

size_t StatsOperator::max_memory_bytes() const {
  return options_.max_keys * (KeyTexts::kMaxKeyBytes + KeyedStats::kKeyBytes);
}

std::vector<std::string> StatsOperator::Report() const {
  const std::vector<KeyedStats::Entry> all = stats_.All();
  std::vector<std::string> lines = {absl::StrFormat("%d keys", all.size())};
  for (size_t i = 0; i < all.size() && i < kMaxReportedKeys; ++i) {
    lines.push_back(Cat(Shown(all[i].key), ": ", Summary(all[i].stats)));
  }
  if (all.size() > kMaxReportedKeys) {
    lines.push_back(
        absl::StrFormat("and %d more", all.size() - kMaxReportedKeys));
  }
  if (const RunningStats others = stats_.Others(); others.count() > 0) {
    lines.push_back(absl::StrFormat("all keys beyond the %d of 'max_keys': %s",
                                    options_.max_keys, Summary(others)));
  }
  return lines;
}

}  // namespace phoenix
