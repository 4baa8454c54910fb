#include "libs/pipeline/testing/test_kinds.h"

#include <memory>
#include <string>
#include <vector>

#include "libs/base/text.h"
#include "libs/pipeline/testing/test_kinds.pb.h"

namespace phoenix {
namespace {

using namespace pipeline::testing::v1;

class TestSource : public Source {
 public:
  absl::Status Start(Outlet&) override { return absl::OkStatus(); }
  void StopAccepting() override {}
  void Stop() override {}
  size_t max_memory_bytes() const override { return kTestSourceBytes; }
  size_t max_batch_bytes() const override { return kTestBatchBytes; }
};

class TestStep : public Operator {
 public:
  void Process(StepRun&) override {}
};

class KeepStep : public Operator {
 public:
  explicit KeepStep(RuleId condition) : condition_(condition) {}
  void Process(StepRun& run) override {
    Selection others;
    run.frame().Test(condition_, run.rows(), run.rows(), others, run.failed());
    run.filtered() = std::move(others);
  }
  size_t max_memory_bytes() const override { return kTestStepBytes; }

 private:
  RuleId condition_;
};

class TestSink : public Sink {
 public:
  explicit TestSink(size_t memory_bytes, bool takes_only_dead_letters = false)
      : memory_bytes_(memory_bytes),
        takes_only_dead_letters_(takes_only_dead_letters) {}
  absl::Status Open() override { return absl::OkStatus(); }
  void Write(BatchView, SettleCallback) override {}
  void Flush() override {}
  absl::Status Close() override { return absl::OkStatus(); }
  size_t max_memory_bytes() const override { return memory_bytes_; }
  bool takes_only_dead_letters() const override {
    return takes_only_dead_letters_;
  }

 private:
  size_t memory_bytes_;
  bool takes_only_dead_letters_;
};

void Report(const std::vector<RuleError>& errors, const std::string& path,
            BuildContext& context) {
  for (const RuleError& error : errors) {
    context.report.Error(path, error.offset, error.message);
  }
}

std::unique_ptr<Source> CreateDoor(const Door& config, BuildContext& context) {
  if (config.timeout().seconds() == 0 && config.timeout().nanos() == 0) {
    context.report.Error("timeout", 0, "timeout is zero");
  }
  if (config.headers().contains("Host")) {
    context.report.Error("headers", 0, "headers hold 'Host': expected others");
  }
  return std::make_unique<TestSource>();
}

std::unique_ptr<Sink> CreateFile(const File& config, BuildContext& context) {
  if (config.path().empty()) context.report.Error("path", 0, "path is empty");
  if (config.path().rfind("/dev/", 0) == 0) {
    context.report.Error("path", 0, "path is a device");
  }
  return std::make_unique<TestSink>(1000);
}

std::unique_ptr<Operator> CreateKeep(const Keep& config,
                                     BuildContext& context) {
  std::vector<RuleError> errors;
  const RuleId id = context.rules.AddCondition(config.condition(), errors);
  Report(errors, "condition", context);
  if (!errors.empty()) return nullptr;
  return std::make_unique<KeepStep>(id);
}

std::unique_ptr<Operator> CreateChange(const Change& config,
                                       BuildContext& context) {
  for (int i = 0; i < config.set_size(); ++i) {
    std::vector<RuleError> errors;
    context.rules.AddExpression(config.set(i).value(), errors);
    Report(errors, Cat("set[", i, "].value"), context);
  }
  return std::make_unique<TestStep>();
}

}  // namespace

ComponentRegistry TestKinds() {
  ComponentRegistry registry;
  registry.sources.Register<Door>("door", CreateDoor);
  registry.operators.Register<Keep>("keep", CreateKeep);
  registry.operators.Register<Change>("change", CreateChange);
  registry.sinks.Register<Letters>(
      "dead_letter_table", [](const Letters&, BuildContext&) {
        return std::make_unique<TestSink>(1000, /*takes_only_dead_letters=*/
                                          true);
      });
  registry.sinks.Register<File>("file", CreateFile);
  registry.sinks.Register<Nowhere>("nowhere",
                                   [](const Nowhere&, BuildContext&) {
                                     return std::make_unique<TestSink>(0);
                                   });
  return registry;
}

void AddTopicKinds(ComponentRegistry& registry) {
  registry.sources.Register<TopicReader>(
      "reader", [](const TopicReader&, BuildContext&) {
        return std::make_unique<TestSource>();
      });
  registry.sinks.Register<TopicWriter>("writer",
                                       [](const TopicWriter&, BuildContext&) {
                                         return std::make_unique<TestSink>(0);
                                       });
}

}  // namespace phoenix
