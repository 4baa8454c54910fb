#ifndef LIBS_PIPELINE_SOURCE_MAP_H_
#define LIBS_PIPELINE_SOURCE_MAP_H_

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "libs/component/config_report.h"
#include "libs/pipeline/yaml_document.h"

namespace phoenix {

// Where in a pipeline file each field of its message was written. Field paths
// are those of the message, from its root: `steps[0].config.condition`.
// Thread-compatible.
class SourceMap {
 public:
  // Without a document nothing has a position.
  SourceMap() = default;
  explicit SourceMap(std::shared_ptr<const YamlDocument> document)
      : document_(std::move(document)) {}

  // Says that the field was written by `node`, which belongs to the document;
  // for a component, by its kind's key.
  void Record(std::string path, const YamlNode& node);

  // Where the node begins, quotes and all.
  SourcePosition PositionOf(const YamlNode& node) const {
    return document_->PositionAt(node.begin);
  }

  // The place `offset` bytes into the value of the field, whatever quoting,
  // folding or substitution stands between the value and the file.
  std::optional<SourcePosition> Find(std::string_view path,
                                     size_t offset = 0) const;

  // As Find, but a field that was not written is where the nearest enclosing
  // one was; {0, 0} when there is none.
  SourcePosition FindNearest(std::string_view path, size_t offset = 0) const;

 private:
  std::shared_ptr<const YamlDocument> document_;
  std::map<std::string, const YamlNode*, std::less<>> nodes_;
};

}  // namespace phoenix

#endif  // LIBS_PIPELINE_SOURCE_MAP_H_
