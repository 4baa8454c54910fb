#include "libs/sources/generator/sensor_simulator.h"

#include <charconv>
#include <cmath>

namespace phoenix {
namespace {

constexpr double kImplausibleTemperature = 999.0;

// Where sensors start, and how far one reading is from the one before.
constexpr double kColdest = 15.0;
constexpr double kSpread = 20.0;
constexpr double kDrift = 0.5;

void AppendHundredths(double value, std::string& out) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof(text), value,
                                 std::chars_format::fixed, 2);
  out.append(text, end.ptr);
}

}  // namespace

SensorSimulator::SensorSimulator(const Options& options)
    : options_(options), random_(options.seed) {
  temperatures_.reserve(options.sensors);
  for (uint32_t i = 0; i < options.sensors; ++i) {
    temperatures_.push_back(kColdest + kSpread * random_.Uniform());
  }
}

void SensorSimulator::AppendReading(std::string_view time, std::string& out) {
  const auto sensor = static_cast<uint32_t>(random_.Below(options_.sensors));
  const double temperature = NextTemperature(sensor);
  const double humidity = 30.0 + 40.0 * random_.Uniform();
  const Fault fault = NextFault();
  out += "{\"sensor\":\"s-" + std::to_string(sensor) + "\"";
  if (fault != Fault::kMissing) {
    out += ",\"temperature\":";
    if (fault == Fault::kMalformed) return;
    AppendHundredths(
        fault == Fault::kImplausible ? kImplausibleTemperature : temperature,
        out);
  }
  out += ",\"humidity\":";
  AppendHundredths(humidity, out);
  out += ",\"ts\":\"";
  out += time;
  out += "\"}";
}

SensorSimulator::Fault SensorSimulator::NextFault() {
  double chance = random_.Uniform();
  if (chance < options_.malformed_ratio) return Fault::kMalformed;
  chance -= options_.malformed_ratio;
  if (chance < options_.implausible_ratio) return Fault::kImplausible;
  chance -= options_.implausible_ratio;
  return chance < options_.missing_ratio ? Fault::kMissing : Fault::kNone;
}

double SensorSimulator::NextTemperature(uint32_t sensor) {
  double& temperature = temperatures_[sensor];
  temperature += kDrift * (random_.Uniform() - 0.5);
  return temperature;
}

}  // namespace phoenix
