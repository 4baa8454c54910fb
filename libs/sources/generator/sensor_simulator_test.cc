#include "libs/sources/generator/sensor_simulator.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

std::string Next(SensorSimulator& simulator) {
  std::string reading;
  simulator.AppendReading("T", reading);
  return reading;
}

TEST(SensorSimulatorTest, MakesAReadingInJson) {
  SensorSimulator simulator({.sensors = 3});
  for (int i = 0; i < 100; ++i) {
    EXPECT_THAT(Next(simulator),
                MatchesRegex("\\{\"sensor\":\"s-[012]\",\"temperature\":[0-9]+"
                             "\\.[0-9][0-9],\"humidity\":[0-9]+\\.[0-9][0-9],"
                             "\"ts\":\"T\"\\}"));
  }
}

TEST(SensorSimulatorTest, CutsMalformedReadingsOff) {
  SensorSimulator simulator({.malformed_ratio = 1});
  EXPECT_THAT(Next(simulator), EndsWith("\"temperature\":"));
}

TEST(SensorSimulatorTest, MakesImplausibleTemperatures) {
  SensorSimulator simulator({.implausible_ratio = 1});
  EXPECT_THAT(Next(simulator), HasSubstr("\"temperature\":999.00,"));
}

TEST(SensorSimulatorTest, LeavesTheTemperatureOut) {
  SensorSimulator simulator({.missing_ratio = 1});
  EXPECT_THAT(Next(simulator), Not(HasSubstr("temperature")));
}

TEST(SensorSimulatorTest, KeepsToTheRatioOfFaults) {
  SensorSimulator simulator({.malformed_ratio = 0.1, .missing_ratio = 0.2});
  int malformed = 0, missing = 0;
  for (int i = 0; i < 10'000; ++i) {
    const std::string reading = Next(simulator);
    malformed += !reading.ends_with("}");
    missing += reading.find("temperature") == std::string::npos;
  }
  EXPECT_NEAR(malformed, 1000, 150);
  EXPECT_NEAR(missing, 2000, 200);
}

}  // namespace
}  // namespace phoenix
