// What a pipeline's rules cost, an event at a time in the figures: items are
// events of about 330 bytes, like those of a web server's log. The variable
// PHOENIX_BENCH_NDJSON may name a file whose first lines are taken instead of
// the generated ones; they must have the same fields.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "libs/base/random.h"
#include "libs/event/event_batch.h"
#include "libs/event/selection.h"
#include "libs/json/json_indexer.h"
#include "libs/rules/frame.h"
#include "libs/rules/rule_set.h"

namespace phoenix {
namespace {

constexpr uint32_t kEvents = 1'000;
constexpr uint64_t kSeed = 1;

constexpr char kKeep[] =
    "data.status >= 400 || (data.bytes != null && data.bytes > 5000)";

constexpr char kAgent[] =
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_1) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/32.0.1700.77 Safari/537.36";

// What the rules look at varies as in a real log, so that no branch is easier
// to predict than there.
std::string GeneratedLines() {
  static constexpr const char* kSections[] = {"presentations", "blog",
                                              "articles", "images"};
  Random random(kSeed);
  std::string lines;
  for (uint32_t i = 0; i < kEvents; ++i) {
    const std::string bytes =
        random.Chance(0.05) ? "null" : std::to_string(random.Below(15'000));
    absl::StrAppendFormat(
        &lines,
        R"({"client":"%d.%d.9.216","user":null,)"
        R"("time":"2015-05-17T10:05:%02d+00:00","method":"GET",)"
        R"("path":"/%s/2013/%d.png","protocol":"HTTP/1.1","status":%d,)"
        R"("bytes":%s,"referrer":%s,"agent":"%s"})"
        "\n",
        random.Below(256), random.Below(256), random.Below(60),
        kSections[random.Below(4)], random.Below(100'000),
        random.Chance(0.05) ? 404 : 200, bytes,
        random.Chance(0.4) ? "null" : "\"http://example.com/a/page/of/it\"",
        kAgent);
  }
  return lines;
}

std::string Lines() {
  const char* file = std::getenv("PHOENIX_BENCH_NDJSON");
  if (file == nullptr) return GeneratedLines();
  std::ifstream in(file);
  std::string lines, line;
  for (uint32_t i = 0; i < kEvents && std::getline(in, line); ++i) {
    lines += line + "\n";
  }
  return lines;
}

// A batch as a door makes it; its index known or not.
EventBatchPtr LogBatch(bool is_indexed) {
  std::string text = Lines();
  std::vector<ByteRange> rows;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin);
    rows.push_back({static_cast<uint32_t>(begin), static_cast<uint32_t>(end)});
    begin = end + 1;
  }
  EventBatch::Columns columns;
  columns.event_count = static_cast<uint32_t>(rows.size());
  if (is_indexed) {
    auto index = std::make_shared<JsonIndex>();
    std::vector<JsonError> errors;
    JsonIndexer().Index(text, rows, *index, errors);
    columns.payload.json_index = std::move(index);
  }
  columns.payload.blob = SharedBytes::FromString(std::move(text));
  columns.payload.ranges =
      std::make_shared<const std::vector<ByteRange>>(std::move(rows));
  return std::make_shared<const EventBatch>(std::move(columns));
}

// Filter, map and three routes, and a frame to run them.
class Pipeline {
 public:
  explicit Pipeline(const std::string& keep) {
    RuleSetBuilder builder;
    std::vector<RuleError> errors;
    keep_ = builder.AddCondition(keep, errors);
    std::vector<PayloadEdit> edits = {
        {PayloadEdit::Kind::kRename, "data.client", "data.client_ip", {}},
        {PayloadEdit::Kind::kSet, "data.stage", "",
         builder.AddExpression("'prod'", errors)}};
    std::vector<EditError> edit_errors;
    map_ = builder.AddEdits(std::move(edits), edit_errors);
    for (const char* prefix : {"/presentations", "/blog"}) {
      routes_.push_back(builder.AddCondition(
          "data.path.startsWith('" + std::string(prefix) + "')", errors));
    }
    rules_ = *builder.Build();
    frame_ = std::make_unique<Frame>(rules_);
  }

  void Begin(const EventBatchPtr& batch) {
    frame_->Reset(batch);
    SelectAll(batch->size(), rows_);
    errors_.clear();
  }
  void Filter() { frame_->Test(keep_, rows_, rows_, others_, errors_); }
  void Map() { frame_->Apply(map_, rows_, errors_); }
  void Route() {
    for (RuleId route : routes_) {
      frame_->Test(route, rows_, to_[route.index], rows_, errors_);
    }
  }
  void Run(const EventBatchPtr& batch) {
    Begin(batch);
    Filter();
    Map();
    Route();
  }

  Frame& frame() { return *frame_; }

 private:
  std::shared_ptr<const RuleSet> rules_;
  std::unique_ptr<Frame> frame_;
  RuleId keep_;
  EditId map_;
  std::vector<RuleId> routes_;
  Selection rows_;
  Selection others_;
  Selection to_[8];
  RowErrors errors_;
};

void CountEvents(benchmark::State& state, const EventBatchPtr& batch) {
  state.SetItemsProcessed(state.iterations() * batch->size());
}

// All of it, with and without an index from the door: the difference is what
// indexing and validating cost.
void Whole(benchmark::State& state, bool is_indexed) {
  const EventBatchPtr batch = LogBatch(is_indexed);
  Pipeline pipeline(kKeep);
  for (auto _ : state) pipeline.Run(batch);
  CountEvents(state, batch);
}
BENCHMARK_CAPTURE(Whole, indexed, true);
BENCHMARK_CAPTURE(Whole, not_indexed, false);

// Reading all paths of the pipeline, and the condition.
void ReadAndFilter(benchmark::State& state) {
  const EventBatchPtr batch = LogBatch(true);
  Pipeline pipeline(kKeep);
  for (auto _ : state) {
    pipeline.Begin(batch);
    pipeline.Filter();
  }
  CountEvents(state, batch);
}
BENCHMARK(ReadAndFilter);

// The condition over columns that are there.
void Filter(benchmark::State& state) {
  const EventBatchPtr batch = LogBatch(true);
  Pipeline pipeline(kKeep);
  pipeline.Begin(batch);
  pipeline.Filter();
  Selection rows, matching, others;
  RowErrors errors;
  SelectAll(batch->size(), rows);
  for (auto _ : state) {
    pipeline.frame().Test({0}, rows, matching, others, errors);
  }
  CountEvents(state, batch);
}
BENCHMARK(Filter);

// The same condition by the general evaluator: `dyn` keeps it from being
// vectorised and changes nothing else.
void FilterByEvaluator(benchmark::State& state) {
  const EventBatchPtr batch = LogBatch(true);
  Pipeline pipeline(
      "dyn(data.status) >= 400 || (data.bytes != null && data.bytes > 5000)");
  for (auto _ : state) {
    pipeline.Begin(batch);
    pipeline.Filter();
  }
  CountEvents(state, batch);
}
BENCHMARK(FilterByEvaluator);

}  // namespace
}  // namespace phoenix
