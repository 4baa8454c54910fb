#include "libs/sources/file/factory.h"

#include <fnmatch.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "libs/base/text.h"
#include "libs/component/config_report.h"
#include "libs/sources/event_defaults.h"
#include "libs/sources/file/file_source.h"
#include "libs/sources/file/file_source.pb.h"
#include "libs/sources/proto_duration.h"

namespace phoenix {
namespace {

using Config = sources::file::v1::FileSource;

std::optional<FileTail::Format> FormatOf(const std::string& name) {
  if (name == "csv") return FileTail::Format::kCsv;
  if (name == "ndjson") return FileTail::Format::kNdjson;
  return std::nullopt;
}

std::string StatePathOf(const Config& config, const BuildContext& context) {
  if (!config.state_path().empty() || !config.follow()) {
    return config.state_path();
  }
  return context.pipeline + "-" + context.name + ".positions";
}

// What is wrong with a glob that can match nothing, or not what was meant;
// empty when nothing is.
std::string GlobFault(const std::string& glob) {
  if (glob.back() == '/') return "names a directory";
  if (glob.find("**") != glob.npos) return "has '**', which is not known";
  const size_t open = glob.find('[');
  if (open != glob.npos && glob.find(']', open) == glob.npos) {
    return "has a '[' without ']'";
  }
  return "";
}

bool CheckPath(const std::string& path, ConfigReport& report) {
  const std::string fault = path.empty() ? "is empty" : GlobFault(path);
  if (fault.empty()) return true;
  report.Error("path", 0,
               Cat("path '", path, "' ", fault,
                   ": expected files, such as 'in/*.ndjson'"));
  return false;
}

std::string Absolute(const std::string& path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  return (error ? std::filesystem::path(path) : absolute).lexically_normal();
}

// That of a `state_path` which is written is checked with the pipeline's other
// files.
bool CheckDefaultState(const Config& config, const std::string& state_path,
                       ConfigReport& report) {
  if (state_path.empty() || !config.state_path().empty()) return true;
  if (fnmatch(Absolute(config.path()).c_str(), Absolute(state_path).c_str(),
              FNM_PATHNAME | FNM_PERIOD) != 0) {
    return true;
  }
  report.Error("path", 0,
               Cat("path '", config.path(), "' finds '", state_path,
                   "', in which the source keeps its position: expected "
                   "other files, or a 'state_path' elsewhere"));
  return false;
}

std::unique_ptr<Source> CreateFileSource(const Config& config,
                                         BuildContext& context) {
  if (!CheckPath(config.path(), context.report)) return nullptr;
  FileSourceOptions options;
  options.path = config.path();
  options.format = FormatOf(config.format());
  options.follow = config.follow();
  options.max_open_files = config.max_open_files();
  options.state_path = StatePathOf(config, context);
  if (!CheckDefaultState(config, options.state_path, context.report)) {
    return nullptr;
  }
  options.poll_interval = ToMillis(config.poll_interval());
  options.decode.defaults =
      MakeEventDefaults(context, config.event_source(), config.event_type());
  options.decode.max_row_bytes = config.max_row_bytes();
  return std::make_unique<FileSource>(std::move(options), context.clock);
}

}  // namespace

void RegisterFileSource(SourceRegistry& registry) {
  registry.Register<Config>("file", CreateFileSource);
}

}  // namespace phoenix
