// What reading JSON costs, an event at a time in the figures: items are events
// of about 330 bytes. `Scan` is the SIMD pass alone, the share of `Index` that
// can't be had for less.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "libs/event/sample_lines.h"
#include "libs/json/json_indexer.h"
#include "libs/json/path_reader.h"
#include "libs/json/path_set.h"
#include "libs/json/splicer.h"
#include "libs/json/structural_scanner.h"

namespace phoenix {
namespace {

constexpr uint32_t kEvents = 1'000;
constexpr uint64_t kSeed = 1;

// The lines of a batch, indexed.
struct Batch {
  Batch() {
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = text.find('\n', begin);
      rows.push_back(
          {static_cast<uint32_t>(begin), static_cast<uint32_t>(end)});
      selection.push_back(static_cast<uint32_t>(selection.size()));
      begin = end + 1;
    }
    std::vector<JsonError> errors;
    JsonIndexer().Index(text, rows, index, errors);
  }

  IndexedTexts texts() const { return {text, rows, &index}; }

  std::string text = SampleLogLines(kEvents, kSeed);
  std::vector<ByteRange> rows;
  std::vector<uint32_t> selection;
  JsonIndex index;
};

JsonPath Path(std::string_view text) { return *ParsePath(text); }

void CountEvents(benchmark::State& state, const Batch& batch) {
  state.SetItemsProcessed(state.iterations() * batch.rows.size());
  state.SetBytesProcessed(state.iterations() * batch.text.size());
}

void Scan(benchmark::State& state) {
  const Batch batch;
  StructuralScanner scanner;
  for (auto _ : state) {
    for (size_t at = 0; at < batch.text.size();) {
      const size_t end =
          std::min(batch.text.size(), at + JsonIndexer::kMaxChunkBytes);
      // Whole lines, as a chunk has them.
      const size_t whole = batch.text.rfind('\n', end - 1);
      benchmark::DoNotOptimize(
          scanner.Scan(std::string_view(batch.text).substr(at, whole - at)));
      at = whole + 1;
    }
  }
  CountEvents(state, batch);
}
BENCHMARK(Scan);

void Index(benchmark::State& state) {
  const Batch batch;
  JsonIndexer indexer;
  JsonIndex index;
  std::vector<JsonError> errors;
  for (auto _ : state) {
    indexer.Index(batch.text, batch.rows, index, errors);
    benchmark::DoNotOptimize(index.tokens.data());
  }
  CountEvents(state, batch);
}
BENCHMARK(Index);

// Three values, and where three members stand.
void ReadPaths(benchmark::State& state) {
  const Batch batch;
  PathSet paths;
  for (const char* path : {"http.status", "http.bytes", "http.path"}) {
    paths.AddValue(Path(path));
  }
  for (const char* path : {"host", "host_name", "stage"}) {
    paths.AddSpan(Path(path));
  }
  PathReader reader(paths);
  TextArena arena;
  PathColumns columns;
  for (auto _ : state) {
    arena.Reset();
    columns.Reset(paths, kEvents);
    reader.Read(batch.texts(), batch.selection, arena, columns);
    benchmark::DoNotOptimize(columns.values[0].tags());
  }
  CountEvents(state, batch);
}
BENCHMARK(ReadPaths);

// One key renamed, one member added.
void Splice(benchmark::State& state) {
  const Batch batch;
  PathSet paths;
  using Kind = JsonEdit::Kind;
  Splicer splicer({{Kind::kRename, Path("host"), Path("host_name")},
                   {Kind::kSet, Path("stage"), {}}},
                  paths);
  PathReader reader(paths);
  TextArena arena;
  PathColumns columns;
  columns.Reset(paths, kEvents);
  reader.Read(batch.texts(), batch.selection, arena, columns);
  const std::string_view stage = "\"prod\"";
  const std::vector<NewValues> values = {{}, {&stage, true}};
  std::vector<char> out(
      splicer.MaxBytes(batch.texts(), batch.selection, values));
  std::vector<ByteRange> ranges(kEvents);
  std::vector<JsonError> errors;
  for (auto _ : state) {
    benchmark::DoNotOptimize(splicer.Splice(batch.texts(), columns,
                                            batch.selection, values, out.data(),
                                            ranges, errors));
  }
  CountEvents(state, batch);
}
BENCHMARK(Splice);

}  // namespace
}  // namespace phoenix
