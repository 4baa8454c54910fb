#ifndef LIBS_COMPONENT_TESTING_SOURCE_SUITE_H_
#define LIBS_COMPONENT_TESTING_SOURCE_SUITE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "libs/component/source.h"

namespace phoenix {

// One origin of events with its source, made anew for each test of the suite.
class SourceFixture {
 public:
  virtual ~SourceFixture() = default;

  // The source. Called before anything else; and again, after the end of the
  // one before, for a source that remembers what has settled.
  virtual std::unique_ptr<Source> MakeSource() = 0;

  // Has the origin produce events with these payloads, in order, after the
  // source was started. Must not wait for their outcomes. A source that makes
  // its events itself ignores them and produces as many as there are.
  virtual void Produce(const std::vector<std::string>& payloads) = 0;

  // Has the origin produce something that can't become an event. Called only
  // where SourceSuiteOptions::has_invalid_input says that there is such a
  // thing.
  virtual void ProduceInvalid() {}

  // What ProduceInvalid produces, for a source that pulls.
  virtual std::string InvalidBytes() const { return ""; }

  // A second source for what the first one has for itself (a port). Called only
  // where SourceSuiteOptions::is_exclusive says that sources don't share.
  virtual std::unique_ptr<Source> MakeRival() { return nullptr; }
};

struct SourceSuiteOptions {
  // The kind, which test names begin with.
  std::string name;
  std::function<std::unique_ptr<SourceFixture>()> make_fixture;

  // False for a source that makes its payloads itself.
  bool keeps_payloads = true;

  // False for a source that refuses events without credit after some time
  // (rather than hold its origin up for as long as it takes).
  bool waits_for_credit = true;

  // True when the fixture has ProduceInvalid().
  bool has_invalid_input = false;

  // True for a source that pulls from an origin which nobody stands behind:
  // what can't be read becomes dead letters (the fixture has InvalidBytes()),
  // and it remembers over its end how far everything has settled.
  bool pulls = false;

  // True when the fixture has MakeRival().
  bool is_exclusive = false;
};

// Registers the tests that every source passes: one a clause of
// docs/specs/component.md, named after it. To be called before tests run, as in
//
//   const bool kRegistered = RegisterSourceSuite({.name = "Tcp", ...});
bool RegisterSourceSuite(const SourceSuiteOptions& options);

}  // namespace phoenix

#endif  // LIBS_COMPONENT_TESTING_SOURCE_SUITE_H_
