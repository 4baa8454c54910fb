#include <memory>
#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/component/testing/source_suite.h"
#include "libs/sources/generator/generator_source.h"

namespace phoenix {
namespace {

class GeneratorFixture : public SourceFixture {
 public:
  std::unique_ptr<Source> MakeSource() override {
    GeneratorSourceOptions options;
    options.defaults = {"id-", "/test", "test", "application/json"};
    options.rate = 0;
    options.count = 100;
    options.batch_events = 10;
    return std::make_unique<GeneratorSource>(options, clock_);
  }

  void Produce(const std::vector<std::string>&) override {}

 private:
  FakeClock clock_;
};

[[maybe_unused]] const bool kRegistered = RegisterSourceSuite(
    {.name = "Generator",
     .make_fixture = [] { return std::make_unique<GeneratorFixture>(); },
     .keeps_payloads = false});

}  // namespace
}  // namespace phoenix
