// What the forms of events cost, an event at a time in the figures: items are
// events. `baseline` figures are what the figure beside them stands against.
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "io/cloudevents/v1/cloudevents.pb.h"
#include "libs/base/shared_bytes.h"
#include "libs/event/batch_builder.h"
#include "libs/event/batch_codec.h"
#include "libs/event/cloudevents_json_decoder.h"
#include "libs/event/cloudevents_json_encoder.h"
#include "libs/event/cloudevents_proto.h"
#include "libs/event/ndjson_decoder.h"
#include "libs/event/payload_line.h"
#include "libs/event/sample_lines.h"

namespace phoenix {
namespace {

using io::cloudevents::v1::CloudEventBatch;

constexpr uint32_t kEvents = 1'000;
constexpr uint64_t kSeed = 1;

const EventDefaults& Defaults() {
  static const EventDefaults& defaults =
      *new EventDefaults{"bench-", "/bench", "log", "application/json"};
  return defaults;
}

EventBatchPtr SampleBatch() {
  NdjsonOptions options{.defaults = Defaults(), .buffer_bytes = 4 << 20};
  NdjsonDecoder decoder(options);
  std::vector<DecodedBatch> batches;
  decoder.DecodeWhole(SharedBytes::FromString(SampleLogLines(kEvents, kSeed)),
                      0, batches);
  return batches[0].batch;
}

CloudEventBatch SampleCloudEvents() {
  const EventBatchPtr batch = SampleBatch();
  CloudEventBatch events;
  for (uint32_t row = 0; row < batch->size(); ++row) {
    ToCloudEvent(*batch, row, *events.add_events());
  }
  return events;
}

void CountEvents(benchmark::State& state, uint64_t events, uint64_t bytes) {
  state.SetItemsProcessed(events * state.iterations());
  state.SetBytesProcessed(bytes * state.iterations());
}

void NdjsonRead(benchmark::State& state) {
  const uint32_t count = 100'000;
  const std::string lines = SampleLogLines(count, kSeed);
  NdjsonOptions options;
  options.defaults = Defaults();
  options.buffer_bytes = state.range(0);
  NdjsonDecoder decoder(options);
  std::vector<DecodedBatch> batches;
  for (auto _ : state) {
    for (size_t at = 0; at < lines.size();) {
      const absl::Span<char> room = decoder.Buffer();
      const size_t size = std::min(room.size(), lines.size() - at);
      std::memcpy(room.data(), lines.data() + at, size);
      decoder.Commit(size);
      at += size;
      batches.clear();
      decoder.Decode(0, batches);
    }
    decoder.Finish(0, batches);
  }
  CountEvents(state, count, lines.size());
}
BENCHMARK(NdjsonRead)->Range(64 << 10, 1 << 20);

void NdjsonWhole(benchmark::State& state) {
  const uint32_t count = 100'000;
  const auto lines = SharedBytes::FromString(SampleLogLines(count, kSeed));
  NdjsonOptions options;
  options.defaults = Defaults();
  NdjsonDecoder decoder(options);
  std::vector<DecodedBatch> batches;
  for (auto _ : state) {
    batches.clear();
    decoder.DecodeWhole(lines, 0, batches);
  }
  CountEvents(state, count, lines.size());
}
BENCHMARK(NdjsonWhole);

// A line a read: what a batch costs beside its events.
void NdjsonLineByLine(benchmark::State& state) {
  const uint32_t count = 1'000;
  const std::string lines = SampleLogLines(count, kSeed);
  NdjsonOptions options;
  options.defaults = Defaults();
  NdjsonDecoder decoder(options);
  std::vector<DecodedBatch> batches;
  for (auto _ : state) {
    batches.clear();
    for (size_t at = 0; at < lines.size();) {
      const size_t end = lines.find('\n', at) + 1;
      decoder.Feed(std::string_view(lines).substr(at, end - at), 0, batches);
      at = end;
    }
    decoder.Finish(0, batches);
  }
  CountEvents(state, count, lines.size());
}
BENCHMARK(NdjsonLineByLine);

// What a reader can't go below: the copy from the system, and line ends.
void NdjsonCopyAndScanBaseline(benchmark::State& state) {
  const uint32_t count = 100'000;
  const std::string lines = SampleLogLines(count, kSeed);
  std::vector<char> buffer(256 << 10);
  for (auto _ : state) {
    for (size_t at = 0; at < lines.size(); at += buffer.size()) {
      const size_t size = std::min(buffer.size(), lines.size() - at);
      std::memcpy(buffer.data(), lines.data() + at, size);
      const char* next = buffer.data();
      const char* end = buffer.data() + size;
      while ((next = static_cast<const char*>(
                  std::memchr(next, '\n', end - next))) != nullptr) {
        benchmark::DoNotOptimize(++next);
      }
    }
  }
  CountEvents(state, count, lines.size());
}
BENCHMARK(NdjsonCopyAndScanBaseline);

// Validating by simdjson's general parser, document by document.
void NdjsonSimdjsonDomBaseline(benchmark::State& state) {
  const uint32_t count = 100'000;
  const simdjson::padded_string lines(SampleLogLines(count, kSeed));
  simdjson::dom::parser parser;
  for (auto _ : state) {
    simdjson::dom::document_stream stream;
    if (parser.parse_many(lines, 1 << 20).get(stream)) return;
    for (auto document : stream) benchmark::DoNotOptimize(document.error());
  }
  CountEvents(state, count, lines.size());
}
BENCHMARK(NdjsonSimdjsonDomBaseline);

void BatchEncode(benchmark::State& state) {
  const EventBatchPtr batch = SampleBatch();
  size_t bytes = 0;
  for (auto _ : state) bytes = EncodeEventBatch(*batch).size();
  CountEvents(state, batch->size(), bytes);
}
BENCHMARK(BatchEncode);

void BatchDecode(benchmark::State& state) {
  const SharedBytes encoded = EncodeEventBatch(*SampleBatch());
  for (auto _ : state) {
    benchmark::DoNotOptimize(DecodeEventBatch(encoded));
  }
  CountEvents(state, kEvents, encoded.size());
}
BENCHMARK(BatchDecode);

void RowWiseEncodeBaseline(benchmark::State& state) {
  const CloudEventBatch events = SampleCloudEvents();
  std::string bytes;
  for (auto _ : state) events.SerializeToString(&bytes);
  CountEvents(state, kEvents, bytes.size());
}
BENCHMARK(RowWiseEncodeBaseline);

void RowWiseDecodeBaseline(benchmark::State& state) {
  const std::string bytes = SampleCloudEvents().SerializeAsString();
  CloudEventBatch events;
  for (auto _ : state) events.ParseFromString(bytes);
  CountEvents(state, kEvents, bytes.size());
}
BENCHMARK(RowWiseDecodeBaseline);

void CloudEventsProtoDecode(benchmark::State& state) {
  const CloudEventBatch events = SampleCloudEvents();
  CloudEventsProtoDecoder decoder;
  BatchBuilder builder({});
  for (auto _ : state) {
    for (const auto& event : events.events()) {
      if (!decoder.Add(event, builder).ok()) return;
    }
    benchmark::DoNotOptimize(builder.Build(0));
  }
  CountEvents(state, kEvents, events.ByteSizeLong());
}
BENCHMARK(CloudEventsProtoDecode);

void CloudEventsJsonBatchDecode(benchmark::State& state) {
  const EventBatchPtr batch = SampleBatch();
  CloudEventsJsonEncoder encoder;
  std::string json = "[";
  for (uint32_t row = 0; row < batch->size(); ++row) {
    if (row > 0) json += ',';
    encoder.Append(*batch, row, json);
  }
  const SharedBytes body = SharedBytes::FromString(json + "]");
  CloudEventsJsonDecoder decoder;
  BatchBuilder builder({});
  std::vector<DecodeError> errors;
  for (auto _ : state) {
    if (!decoder.DecodeBatch(body, builder, errors).ok()) return;
    benchmark::DoNotOptimize(builder.Build(0));
  }
  CountEvents(state, kEvents, body.size());
}
BENCHMARK(CloudEventsJsonBatchDecode);

void CloudEventsJsonEncode(benchmark::State& state) {
  const EventBatchPtr batch = SampleBatch();
  CloudEventsJsonEncoder encoder;
  std::string out;
  for (auto _ : state) {
    out.clear();
    for (uint32_t row = 0; row < batch->size(); ++row) {
      encoder.Append(*batch, row, out);
    }
  }
  CountEvents(state, kEvents, out.size());
}
BENCHMARK(CloudEventsJsonEncode);

void PayloadLines(benchmark::State& state) {
  const EventBatchPtr batch = SampleBatch();
  std::string out;
  for (auto _ : state) {
    out.clear();
    for (uint32_t row = 0; row < batch->size(); ++row) {
      AppendPayloadLine(*batch, row, out);
    }
  }
  CountEvents(state, kEvents, out.size());
}
BENCHMARK(PayloadLines);

}  // namespace
}  // namespace phoenix
