#ifndef LIBS_SOURCES_GENERATOR_SENSOR_SIMULATOR_H_
#define LIBS_SOURCES_GENERATOR_SENSOR_SIMULATOR_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/random.h"

namespace phoenix {

// Makes up the readings of some sensors, each of which drifts slowly around a
// temperature of its own. The same options give the same readings for ever.
// Thread-compatible.
class SensorSimulator {
 public:
  struct Options {
    uint64_t seed = 1;
    uint32_t sensors = 20;
    // Parts of all readings, 0 to 1, together at most 1.
    double malformed_ratio = 0;    // Cut off: no JSON.
    double implausible_ratio = 0;  // A temperature of 999.
    double missing_ratio = 0;      // Without `temperature`.
  };

  explicit SensorSimulator(const Options& options);

  // Appends the next reading's JSON to `out`; `time` is its `ts`.
  void AppendReading(std::string_view time, std::string& out);

 private:
  enum class Fault : uint8_t { kNone, kMalformed, kImplausible, kMissing };

  Fault NextFault();
  double NextTemperature(uint32_t sensor);

  const Options options_;
  Random random_;
  std::vector<double> temperatures_;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_GENERATOR_SENSOR_SIMULATOR_H_
