#include "libs/pipeline/file_config_report.h"

#include "libs/base/text.h"

namespace phoenix {

void FileConfigReport::Error(std::string_view field_path, size_t offset,
                             std::string message) {
  ++error_count_;
  const std::string path = Path(field_path);
  if (IsKnown(path)) return;
  diagnostics_.Add(positions_.FindNearest(path, offset), std::move(message));
}

bool FileConfigReport::IsKnown(const std::string& path) const {
  if (!broken_.Touches(path_)) return false;
  return broken_.Touches(path) || !positions_.Find(path).has_value();
}

SourcePosition FileConfigReport::Locate(std::string_view field_path,
                                        size_t offset) const {
  return positions_.Find(Path(field_path), offset).value_or(SourcePosition{});
}

std::string FileConfigReport::Path(std::string_view field_path) const {
  return field_path.empty() ? path_ : Cat(path_, ".", field_path);
}

}  // namespace phoenix
