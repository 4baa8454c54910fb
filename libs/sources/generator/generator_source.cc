#include "libs/sources/generator/generator_source.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "libs/base/byte_range.h"
#include "libs/base/shared_bytes.h"

namespace phoenix {
namespace {

// How often a slow rate is looked after: a hundred times a second looks even.
constexpr std::chrono::milliseconds kTick{10};

}  // namespace

GeneratorSource::GeneratorSource(GeneratorSourceOptions options, Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      simulator_(options_.simulator) {}

GeneratorSource::~GeneratorSource() { Stop(); }

absl::Status GeneratorSource::Start(Outlet& outlet) {
  outlet_.emplace(outlet);
  if (options_.rate > 0) pacer_.emplace(options_.rate, clock_.MonotonicNanos());
  thread_ = std::thread([this] { Run(); });
  return absl::OkStatus();
}

void GeneratorSource::StopAccepting() {
  if (outlet_.has_value()) outlet_->Stop();
}

void GeneratorSource::Stop() {
  StopAccepting();
  if (thread_.joinable()) thread_.join();
}

void GeneratorSource::Run() {
  while (!outlet_->stopped()) {
    const uint32_t size = NextBatchSize();
    if (size == 0) {
      outlet_->Sleep(kTick);
      continue;
    }
    const auto nobody_waits = [] {
      return SettleCallback([](const BatchOutcome&) {});
    };
    if (!outlet_->Offer(MakeBatch(size), /*lane=*/0, nobody_waits).ok()) return;
    if (options_.count > 0 && made_ >= options_.count) break;
  }
  finished_ = options_.count > 0 && made_ >= options_.count;
}

uint32_t GeneratorSource::NextBatchSize() {
  uint64_t size = options_.batch_events;
  if (options_.count > 0) size = std::min(size, options_.count - made_);
  if (!pacer_.has_value()) return static_cast<uint32_t>(size);
  size = std::min(size, pacer_->Due(clock_.MonotonicNanos()));
  pacer_->Take(size);
  return static_cast<uint32_t>(size);
}

EventBatchPtr GeneratorSource::MakeBatch(uint32_t size) {
  const absl::Time now = clock_.Now();
  const std::string time =
      absl::FormatTime("%Y-%m-%d%ET%H:%M:%E3SZ", now, absl::UTCTimeZone());
  std::string blob;
  std::vector<ByteRange> ranges;
  ranges.reserve(size);
  for (uint32_t i = 0; i < size; ++i) {
    const auto begin = static_cast<uint32_t>(blob.size());
    simulator_.AppendReading(time, blob);
    ranges.push_back({begin, static_cast<uint32_t>(blob.size())});
  }
  PayloadColumn payload;
  payload.blob = SharedBytes::FromString(std::move(blob));
  payload.ranges =
      std::make_shared<const std::vector<ByteRange>>(std::move(ranges));
  const uint64_t first_id = made_;
  made_ += size;
  return MakePayloadBatch(std::move(payload), options_.defaults, first_id,
                          absl::ToUnixNanos(now));
}

}  // namespace phoenix
