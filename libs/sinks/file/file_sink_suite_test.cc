// The clauses of docs/specs/component.md, held by the file sink.

#include <string>

#include "libs/component/testing/sink_suite.h"
#include "libs/sinks/file/file_sink.h"
#include "libs/sinks/rows/ndjson_row_encoder.h"
#include "libs/sinks/testing/temp_directory.h"

namespace phoenix {
namespace {

class FileFixture : public SinkFixture {
 public:
  explicit FileFixture(std::string name) : name_(std::move(name)) {}

  std::unique_ptr<Sink> MakeSink() override {
    PathTemplateError error;
    FileSink::Options options;
    options.name = "out";
    options.path = PathTemplate::Parse(directory_ / name_, error).value();
    return std::make_unique<FileSink>(
        std::move(options), std::make_unique<NdjsonRowEncoder>(), clock_);
  }

  std::vector<std::string> Arrived() override {
    std::string all;
    for (const std::string& file : directory_.Files()) {
      all += directory_.Read(file);
    }
    return SplitLines(all);
  }

  // A link where the directory of events is to be.
  bool Break() override {
    std::filesystem::create_directory_symlink("/", directory_ / "test");
    return true;
  }

 private:
  const std::string name_;
  TempDirectory directory_;
  FakeClock clock_;
};

const bool kRegistered =
    RegisterSinkSuite(
        {.name = "File",
         .make_fixture =
             [] { return std::make_unique<FileFixture>("a.ndjson"); }}) &&
    RegisterSinkSuite(
        {.name = "FileByEvent",
         .make_fixture =
             [] { return std::make_unique<FileFixture>("{type}/a.ndjson"); },
         .can_break = true});

}  // namespace
}  // namespace phoenix
