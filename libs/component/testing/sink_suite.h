#ifndef LIBS_COMPONENT_TESTING_SINK_SUITE_H_
#define LIBS_COMPONENT_TESTING_SINK_SUITE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "libs/component/sink.h"

namespace phoenix {

// One destination of a sink, made anew for each test of the suite.
class SinkFixture {
 public:
  virtual ~SinkFixture() = default;

  // A sink that writes to this destination. Called once.
  virtual std::unique_ptr<Sink> MakeSink() = 0;

  // The payloads that have arrived, in the order in which they were written.
  virtual std::vector<std::string> Arrived() = 0;

  // From now on the destination takes nothing; false when that didn't work.
  // Called only where SinkSuiteOptions::can_break says that it can be done.
  virtual bool Break() { return false; }
};

struct SinkSuiteOptions {
  // The kind, which test names begin with.
  std::string name;
  std::function<std::unique_ptr<SinkFixture>()> make_fixture;

  // False for a sink that keeps nothing: Arrived() is not asked.
  bool keeps_events = true;

  // True when the fixture has Break(): the clause about failures needs it.
  bool can_break = false;
};

// Registers the tests that every sink passes: one a clause of
// docs/specs/component.md, named after it. To be called before tests run, as in
//
//   const bool kRegistered = RegisterSinkSuite({.name = "File", ...});
bool RegisterSinkSuite(const SinkSuiteOptions& options);

}  // namespace phoenix

#endif  // LIBS_COMPONENT_TESTING_SINK_SUITE_H_
