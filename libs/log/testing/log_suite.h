#ifndef LIBS_LOG_TESTING_LOG_SUITE_H_
#define LIBS_LOG_TESTING_LOG_SUITE_H_

#include <functional>
#include <memory>
#include <string>

#include "libs/log/log.h"

namespace phoenix {

// One empty log of one partition, made anew for each test of the suite.
class LogFixture {
 public:
  virtual ~LogFixture() = default;

  // Opens it: the first time, and again after the end of the one before. The
  // test has failed when the result is null.
  virtual std::unique_ptr<Log> Open() = 0;
};

struct LogSuiteOptions {
  // The engine, which test names begin with.
  std::string name;
  std::function<std::unique_ptr<LogFixture>()> make_fixture;
};

// Registers the tests that every engine passes: what libs/log/log.h promises.
// To be called before tests run, as in
//
//   const bool kRegistered = RegisterLogSuite({.name = "Embedded", ...});
bool RegisterLogSuite(const LogSuiteOptions& options);

}  // namespace phoenix

#endif  // LIBS_LOG_TESTING_LOG_SUITE_H_
