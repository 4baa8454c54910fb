#ifndef LIBS_CEL_CONFORMANCE_RUNNER_H_
#define LIBS_CEL_CONFORMANCE_RUNNER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cel/expr/conformance/test/simple.pb.h"
#include "libs/cel/conformance/test_types.h"

namespace phoenix::cel {

// What became of one file of tests.
struct FileResult {
  struct Failure {
    std::string test;  // "section/test: expression"
    std::string reason;
  };

  std::string name;
  int passed = 0;
  std::vector<Failure> failures;
  std::vector<std::string> passed_tests;  // as Failure::test

  int total() const { return passed + static_cast<int>(failures.size()); }
};

// Runs tests of the public suite's format through parser, checker and
// evaluator with strict CEL options.
class ConformanceRunner {
 public:
  // Reads text format. INVALID_ARGUMENT with the line when it is not.
  absl::StatusOr<::cel::expr::conformance::test::SimpleTestFile> Parse(
      const std::string& text) const;

  FileResult Run(
      const ::cel::expr::conformance::test::SimpleTestFile& file) const;

  // OK when the test passes; else what came out instead.
  absl::Status RunTest(
      const ::cel::expr::conformance::test::SimpleTest& test) const;

 private:
  mutable TestTypes types_;
};

}  // namespace phoenix::cel

#endif  // LIBS_CEL_CONFORMANCE_RUNNER_H_
