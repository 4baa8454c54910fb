#include "tools/phoenix/cli/check_tests.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "libs/base/text.h"

namespace phoenix {
namespace {

template <typename List>
void AddNames(const List& list, std::vector<std::string>& names) {
  for (const auto& item : list) names.push_back(item.name);
}

class ExpectationChecker {
 public:
  ExpectationChecker(const LoadedTests& tests, const CompiledPipeline& pipeline,
                     Diagnostics& diagnostics)
      : tests_(tests), diagnostics_(diagnostics) {
    AddNames(pipeline.sinks, sinks_);
    AddNames(pipeline.steps, steps_);
    failing_ = steps_;
    AddNames(pipeline.routes, failing_);
  }

  void Run() {
    for (int i = 0; i < tests_.message.cases_size(); ++i) {
      const auto& test = tests_.message.cases(i);
      for (int j = 0; j < test.expect_size(); ++j) {
        Check(test.expect(j), Cat("cases[", i, "].expect[", j, "]"));
      }
    }
  }

 private:
  void Check(const tools::v1::Expectation& expected, const std::string& path) {
    for (int i = 0; i < expected.to_size(); ++i) {
      Find(expected.to(i), Cat(path, ".to[", i, "]"), "sink", sinks_);
    }
    Find(expected.filtered(), path + ".filtered", "step", steps_);
    Find(expected.dropped(), path + ".dropped", "step", steps_);
    Find(expected.failed(), path + ".failed", "step or route", failing_);
  }

  // What is not written, or could not be read, has no name.
  void Find(const std::string& name, const std::string& path, const char* sort,
            const std::vector<std::string>& known) {
    if (name.empty()) return;
    if (std::find(known.begin(), known.end(), name) != known.end()) return;
    const std::string expected =
        known.empty() ? Cat("no ", sort, ", as the pipeline has none")
                      : OneOf(known);
    diagnostics_.Add(tests_.positions.FindNearest(path),
                     Cat("unknown ", sort, " '", name, "': expected ", expected,
                         DidYouMean(name, known)));
  }

  const LoadedTests& tests_;
  Diagnostics& diagnostics_;
  std::vector<std::string> sinks_;
  std::vector<std::string> steps_;
  std::vector<std::string> failing_;
};

}  // namespace

void CheckCaseNames(const LoadedTests& tests, Diagnostics& diagnostics) {
  std::map<std::string, int> lines;
  for (int i = 0; i < tests.message.cases_size(); ++i) {
    const std::string& name = tests.message.cases(i).name();
    if (name.empty()) continue;
    const auto at = tests.positions.FindNearest(Cat("cases[", i, "].name"));
    const auto [first, added] = lines.emplace(name, at.line);
    if (added) continue;
    diagnostics.Add(at, Cat("duplicate name '", name,
                            "': expected a name of its own: first used at "
                            "line ",
                            first->second));
  }
}

void CheckExpectations(const LoadedTests& tests,
                       const CompiledPipeline& pipeline,
                       Diagnostics& diagnostics) {
  ExpectationChecker(tests, pipeline, diagnostics).Run();
}

}  // namespace phoenix
