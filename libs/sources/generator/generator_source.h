#ifndef LIBS_SOURCES_GENERATOR_GENERATOR_SOURCE_H_
#define LIBS_SOURCES_GENERATOR_GENERATOR_SOURCE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "libs/base/clock.h"
#include "libs/component/source.h"
#include "libs/event/batch_builder.h"
#include "libs/event/event_batch.h"
#include "libs/sources/generator/pacer.h"
#include "libs/sources/generator/sensor_simulator.h"
#include "libs/sources/patient_outlet.h"

namespace phoenix {

struct GeneratorSourceOptions {
  SensorSimulator::Options simulator;
  EventDefaults defaults;
  double rate = 100;   // Events a second; 0: as many as are taken.
  uint64_t count = 0;  // 0: without end.
  uint32_t batch_events = 1000;
};

// The source `generator`: a thread that makes readings up and offers them on
// one lane. Without credit it waits; nothing is skipped.
class GeneratorSource : public Source {
 public:
  // `clock` outlives the source.
  GeneratorSource(GeneratorSourceOptions options, Clock& clock);
  ~GeneratorSource() override;

  absl::Status Start(Outlet& outlet) override;
  void StopAccepting() override;
  void Stop() override;

  // True once `count` events have been taken.
  bool Finished() const override { return finished_; }

 private:
  void Run();
  uint32_t NextBatchSize();
  EventBatchPtr MakeBatch(uint32_t size);

  const GeneratorSourceOptions options_;
  Clock& clock_;
  SensorSimulator simulator_;
  std::optional<Pacer> pacer_;  // None: no rate is set.
  std::optional<PatientOutlet> outlet_;
  uint64_t made_ = 0;
  std::atomic<bool> finished_ = false;
  std::thread thread_;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_GENERATOR_GENERATOR_SOURCE_H_
