#ifndef LIBS_PIPELINE_FILE_CONFIG_REPORT_H_
#define LIBS_PIPELINE_FILE_CONFIG_REPORT_H_

#include <string>
#include <string_view>
#include <utility>

#include "libs/component/config_report.h"
#include "libs/pipeline/diagnostics.h"
#include "libs/pipeline/source_map.h"

namespace phoenix {

// The report of one component of a pipeline file: turns its field paths into
// lines and columns. Borrows `positions` and `diagnostics`. Thread-compatible.
class FileConfigReport : public ConfigReport {
 public:
  // `path` is where the component's config stands in the pipeline's message,
  // such as `steps[1].config`.
  FileConfigReport(std::string path, const SourceMap& positions,
                   Diagnostics& diagnostics)
      : path_(std::move(path)),
        positions_(positions),
        diagnostics_(diagnostics) {}

  void Error(std::string_view field_path, size_t offset,
             std::string message) override;
  SourcePosition Locate(std::string_view field_path,
                        size_t offset) const override;
  int error_count() const override { return error_count_; }

 private:
  std::string Path(std::string_view field_path) const;

  const std::string path_;
  const SourceMap& positions_;
  Diagnostics& diagnostics_;
  int error_count_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_PIPELINE_FILE_CONFIG_REPORT_H_
