#include "libs/pipeline/file_config_report.h"

#include "libs/base/text.h"

namespace phoenix {

void FileConfigReport::Error(std::string_view field_path, size_t offset,
                             std::string message) {
  ++error_count_;
  diagnostics_.Add(positions_.FindNearest(Path(field_path), offset),
                   std::move(message));
}

SourcePosition FileConfigReport::Locate(std::string_view field_path,
                                        size_t offset) const {
  return positions_.Find(Path(field_path), offset).value_or(SourcePosition{});
}

std::string FileConfigReport::Path(std::string_view field_path) const {
  return field_path.empty() ? path_ : Cat(path_, ".", field_path);
}

}  // namespace phoenix
