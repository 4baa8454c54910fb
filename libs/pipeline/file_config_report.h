#ifndef LIBS_PIPELINE_FILE_CONFIG_REPORT_H_
#define LIBS_PIPELINE_FILE_CONFIG_REPORT_H_

#include <string>
#include <string_view>
#include <utility>

#include "libs/component/config_report.h"
#include "libs/pipeline/broken_fields.h"
#include "libs/pipeline/diagnostics.h"
#include "libs/pipeline/source_map.h"

namespace phoenix {

// The report of one component of a pipeline file: turns its field paths into
// lines and columns. Borrows all that it is made with. Thread-compatible.
//
// A component that was not read as a whole still checks what it has. What it
// says then of broken fields, of mappings around them and of fields that are
// not written only follows from what is reported already, and is left out.
class FileConfigReport : public ConfigReport {
 public:
  // `path` is where the component's config stands in the pipeline's message,
  // such as `steps[1].config`.
  FileConfigReport(std::string path, const SourceMap& positions,
                   const BrokenFields& broken, Diagnostics& diagnostics)
      : path_(std::move(path)),
        positions_(positions),
        broken_(broken),
        diagnostics_(diagnostics) {}

  void Error(std::string_view field_path, size_t offset,
             std::string message) override;
  SourcePosition Locate(std::string_view field_path,
                        size_t offset) const override;
  // Those that were left out among them.
  int error_count() const override { return error_count_; }

 private:
  std::string Path(std::string_view field_path) const;
  bool IsKnown(const std::string& path) const;

  const std::string path_;
  const SourceMap& positions_;
  const BrokenFields& broken_;
  Diagnostics& diagnostics_;
  int error_count_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_PIPELINE_FILE_CONFIG_REPORT_H_
