#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "libs/log/embedded/embedded_log.h"
#include "libs/log/testing/log_suite.h"

namespace phoenix {
namespace {

class Fixture : public LogFixture {
 public:
  Fixture() { EXPECT_NE(mkdtemp(folder_.data()), nullptr); }
  ~Fixture() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<Log> Open() override {
    EmbeddedLogOptions options;
    options.folder = folder_;
    options.pipeline = "contract";
    options.retain_bytes = options.max_bytes;
    auto log = EmbeddedLog::Open(options);
    EXPECT_TRUE(log.ok()) << log.status();
    return log.ok() ? *std::move(log) : nullptr;
  }

 private:
  std::string folder_ = ::testing::TempDir() + "/contract-XXXXXX";
};

const bool kRegistered =
    RegisterLogSuite({.name = "Embedded", .make_fixture = [] {
                        return std::make_unique<Fixture>();
                      }});

}  // namespace
}  // namespace phoenix
