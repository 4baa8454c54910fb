#ifndef LIBS_PIPELINE_YAML_DOCUMENT_H_
#define LIBS_PIPELINE_YAML_DOCUMENT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/component/config_report.h"
#include "libs/pipeline/diagnostics.h"
#include "libs/pipeline/environment.h"

namespace phoenix {

// A node of a YAML document. Immutable once parsed; owned by its document.
struct YamlNode {
  enum class Kind { kNull, kScalar, kSequence, kMapping };

  Kind kind = Kind::kNull;
  size_t begin = 0;  // Byte offset in the file.

  // Scalars: the value after unquoting, before and after variables were put in.
  std::string written;
  SubstitutedText value;
  bool quoted = false;  // Quoted or block: never a number or a boolean.

  std::vector<const YamlNode*> items;  // Of a sequence.

  // Of a mapping, in order. Keys are scalars, without variables, and may
  // repeat.
  std::vector<std::pair<const YamlNode*, const YamlNode*>> entries;

  // Nodes in this one, itself counted, with aliases written out.
  size_t expanded_size = 1;

  const std::string& text() const { return value.text; }
  bool is_scalar() const { return kind == Kind::kScalar; }
  bool is_mapping() const { return kind == Kind::kMapping; }
  bool is_sequence() const { return kind == Kind::kSequence; }
  bool is_null() const { return kind == Kind::kNull; }

  // The value of the first entry of that key; null when there is none.
  const YamlNode* Find(std::string_view key) const;
};

// `a number`, `a list` and the like: what the node is, for error texts.
std::string_view DescribeKind(const YamlNode& node);

// One YAML document with its positions. Thread-compatible; its nodes live as
// long as it does.
class YamlDocument {
 public:
  // A pipeline file is written by people.
  static constexpr size_t kMaxBytes = 1 << 20;
  // A mapping in a list in a mapping ... deeper than any config.
  static constexpr int kMaxDepth = 64;
  // Anchors are a convenience for repeated blocks.
  static constexpr int kMaxAnchors = 1000;
  // Nodes with aliases written out: holds against aliases of aliases.
  static constexpr size_t kMaxNodes = 200'000;

  // Null when the text is not one YAML document within the bounds; all that
  // stands in the way is added to `diagnostics`, as are variables that have no
  // value (the document is then there nevertheless).
  static std::shared_ptr<const YamlDocument> Parse(
      std::string_view text, const Environment& environment,
      Diagnostics& diagnostics);

  ~YamlDocument();

  const YamlNode& root() const { return *root_; }

  // The place of a byte of the file. Columns count characters.
  SourcePosition PositionAt(size_t file_offset) const;

  // The place of the byte at `offset` of the value of `node`.
  SourcePosition PositionIn(const YamlNode& node, size_t offset) const;

 private:
  friend class YamlDocumentBuilder;
  explicit YamlDocument(std::string_view text);

  std::string text_;
  std::vector<size_t> line_starts_;
  std::vector<std::unique_ptr<YamlNode>> nodes_;
  const YamlNode* root_ = nullptr;
};

}  // namespace phoenix

#endif  // LIBS_PIPELINE_YAML_DOCUMENT_H_
