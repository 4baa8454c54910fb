#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/component/testing/source_suite.h"
#include "libs/sources/file/file_source.h"

namespace phoenix {
namespace {

class FileFixture : public SourceFixture {
 public:
  FileFixture() {
    std::filesystem::remove(path_);
    std::filesystem::remove(state_path_);
  }

  std::unique_ptr<Source> MakeSource() override {
    FileSourceOptions options;
    options.path = path_;
    options.follow = true;
    options.state_path = state_path_;
    options.poll_interval = std::chrono::milliseconds(1);
    options.decode.defaults = {"id-", "/test", "test", "application/json"};
    return std::make_unique<FileSource>(options, clock_);
  }

  void Produce(const std::vector<std::string>& payloads) override {
    std::ofstream file(path_, std::ios::app);
    for (const std::string& payload : payloads) file << payload << "\n";
  }

  void ProduceInvalid() override { Produce({InvalidBytes()}); }

  std::string InvalidBytes() const override { return "nonsense"; }

 private:
  const std::string path_ = testing::TempDir() + "/suite.ndjson";
  const std::string state_path_ = testing::TempDir() + "/suite.positions";
  FakeClock clock_;
};

[[maybe_unused]] const bool kRegistered = RegisterSourceSuite(
    {.name = "File",
     .make_fixture = [] { return std::make_unique<FileFixture>(); },
     .has_invalid_input = true,
     .pulls = true});

}  // namespace
}  // namespace phoenix
