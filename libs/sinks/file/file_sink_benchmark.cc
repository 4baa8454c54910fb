// What the file sink costs an event, the write to a file system in memory
// included. Run in a directory on tmpfs.

#include <filesystem>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"
#include "libs/component/testing/test_batch.h"
#include "libs/sinks/file/file_sink.h"
#include "libs/sinks/rows/ndjson_row_encoder.h"

namespace phoenix {
namespace {

constexpr int kEvents = 1000;
constexpr size_t kPayloadBytes = 216;

// So often the file is put aside and removed, so that it stays small.
constexpr uint64_t kMaxFileBytes = 256 << 20;

EventBatchPtr SampleBatch() {
  std::vector<std::string> payloads;
  for (int i = 0; i < kEvents; ++i) {
    std::string payload =
        "{\"tenant\":\"t" + std::to_string(i % 8) + "\",\"text\":\"";
    payload.resize(kPayloadBytes - 2, 'x');
    payloads.push_back(payload + "\"}");
  }
  return MakeBatch(payloads);
}

void WriteEvents(benchmark::State& state, const std::string& path) {
  const std::string directory =
      std::filesystem::temp_directory_path() / "phoenix-file-benchmark";
  PathTemplateError error;
  FileSink::Options options;
  options.path = PathTemplate::Parse(directory + "/" + path, error).value();
  FileSink sink(std::move(options), std::make_unique<NdjsonRowEncoder>(),
                Clock::System());
  if (!sink.Open().ok()) state.SkipWithError("can't open");
  const BatchView view = AllOf(SampleBatch());
  uint64_t bytes = 0;
  for (auto _ : state) {
    sink.Write(view, [](const BatchOutcome&) {});
    bytes += kEvents * (kPayloadBytes + 1);
    if (bytes > kMaxFileBytes) {
      state.PauseTiming();
      bytes = 0;
      for (const auto& file : std::filesystem::directory_iterator(directory)) {
        std::filesystem::resize_file(file.path(), 0);
      }
      state.ResumeTiming();
    }
  }
  state.SetItemsProcessed(state.iterations() * kEvents);
  sink.Close().IgnoreError();
  std::filesystem::remove_all(directory);
}

void BM_ConstantPath(benchmark::State& state) {
  WriteEvents(state, "a.ndjson");
}
BENCHMARK(BM_ConstantPath);

void BM_PathByEvent(benchmark::State& state) {
  WriteEvents(state, "{data.tenant}.ndjson");
}
BENCHMARK(BM_PathByEvent);

}  // namespace
}  // namespace phoenix
