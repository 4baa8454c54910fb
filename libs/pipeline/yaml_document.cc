#include "libs/pipeline/yaml_document.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>

#include "libs/base/text.h"
#include "libs/pipeline/scalar_alignment.h"
#include "simdjson.h"
#include "yaml-cpp/eventhandler.h"
#include "yaml-cpp/exceptions.h"
#include "yaml-cpp/mark.h"
#include "yaml-cpp/parser.h"

namespace phoenix {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// The offset of the first character that YAML does not allow; npos if none.
size_t FindControlCharacter(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    const bool allowed = c >= 0x20 || c == '\t' || c == '\n' || c == '\r';
    if (!allowed || c == 0x7F) return i;
  }
  return std::string_view::npos;
}

}  // namespace

const YamlNode* YamlNode::Find(std::string_view key) const {
  for (const auto& [name, value] : entries) {
    if (name->text() == key) return value;
  }
  return nullptr;
}

std::string_view DescribeKind(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::kNull:
      return "nothing";
    case YamlNode::Kind::kScalar:
      return "a single value";
    case YamlNode::Kind::kSequence:
      return "a list";
    case YamlNode::Kind::kMapping:
      return "a mapping";
  }
  return "";
}

// Builds the nodes as the parser comes across them. After the first error in
// what a document may hold, events are ignored.
class YamlDocumentBuilder : public YAML::EventHandler {
 public:
  YamlDocumentBuilder(YamlDocument& document, const Environment& environment,
                      Diagnostics& diagnostics)
      : document_(document),
        environment_(environment),
        diagnostics_(diagnostics) {}

  bool failed() const { return failed_; }
  bool has_root() const { return document_.root_ != nullptr; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (YamlNode* node = New(YamlNode::Kind::kNull, mark)) Close(node, anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (failed_) return;
    auto it = anchored_.find(anchor);
    if (it == anchored_.end()) {
      return Fail(mark,
                  "alias stands within what it names: expected an "
                  "anchor that is complete");
    }
    Place(it->second);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag,
                YAML::anchor_t anchor, const std::string& value) override {
    YamlNode* node = New(YamlNode::Kind::kScalar, mark);
    if (node == nullptr) return;
    CheckTag(mark, tag);
    node->quoted = tag == "!";
    node->written = value;
    if (IsKey()) {
      node->value.text = value;
    } else {
      Substitute(*node);
    }
    Close(node, anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(YamlNode::Kind::kSequence, mark, tag, anchor);
  }
  void OnSequenceEnd() override { CloseOpen(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag,
                  YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    Open(YamlNode::Kind::kMapping, mark, tag, anchor);
  }
  void OnMapEnd() override { CloseOpen(); }

 private:
  struct OpenNode {
    YamlNode* node;
    YAML::anchor_t anchor;
    const YamlNode* key = nullptr;  // Of a mapping whose value comes next.
  };

  void Fail(const YAML::Mark& mark, std::string message) {
    failed_ = true;
    diagnostics_.Add(document_.PositionAt(Offset(mark)), std::move(message));
  }

  static size_t Offset(const YAML::Mark& mark) {
    return static_cast<size_t>(std::max(mark.pos, 0));
  }

  bool IsKey() const {
    return !open_.empty() && open_.back().node->is_mapping() &&
           open_.back().key == nullptr;
  }

  YamlNode* New(YamlNode::Kind kind, const YAML::Mark& mark) {
    if (failed_) return nullptr;
    document_.nodes_.push_back(std::make_unique<YamlNode>());
    YamlNode* node = document_.nodes_.back().get();
    node->kind = kind;
    node->begin = Offset(mark);
    return node;
  }

  void CheckTag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    Fail(mark,
         Cat("tag '", tag, "' is not supported: expected a value without"));
  }

  void Substitute(YamlNode& node) {
    node.value = SubstituteVariables(node.written, environment_);
    for (const SubstitutedText::Error& error : node.value.errors) {
      const size_t at = AlignScalarOffset(document_.text_, node.begin,
                                          node.written, error.offset);
      diagnostics_.Add(document_.PositionAt(at), error.message);
    }
  }

  void Open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    YamlNode* node = New(kind, mark);
    if (node == nullptr) return;
    CheckTag(mark, tag);
    if (open_.size() >= YamlDocument::kMaxDepth) {
      Fail(mark, Cat("values are nested too deeply: expected at most ",
                     YamlDocument::kMaxDepth, " levels"));
      return;
    }
    open_.push_back({node, anchor});
  }

  void CloseOpen() {
    if (failed_ || open_.empty()) return;
    const OpenNode done = open_.back();
    open_.pop_back();
    Close(done.node, done.anchor);
  }

  void Close(YamlNode* node, YAML::anchor_t anchor) {
    if (failed_) return;
    if (anchor != 0) anchored_[anchor] = node;
    if (anchored_.size() > YamlDocument::kMaxAnchors) {
      const size_t at = node->begin;
      failed_ = true;
      diagnostics_.Add(document_.PositionAt(at),
                       Cat("too many anchors: expected at most ",
                           YamlDocument::kMaxAnchors));
      return;
    }
    Place(node);
  }

  // Puts a finished node where it belongs.
  void Place(const YamlNode* node) {
    if (open_.empty()) {
      document_.root_ = node;
      return;
    }
    OpenNode& parent = open_.back();
    if (!Grow(*parent.node, *node)) return;
    if (parent.node->is_sequence()) {
      parent.node->items.push_back(node);
    } else if (parent.key == nullptr) {
      PlaceKey(parent, *node);
    } else {
      parent.node->entries.emplace_back(parent.key, node);
      parent.key = nullptr;
    }
  }

  void PlaceKey(OpenNode& parent, const YamlNode& key) {
    if (key.is_scalar()) {
      parent.key = &key;
      return;
    }
    failed_ = true;
    diagnostics_.Add(document_.PositionAt(key.begin),
                     Cat("key is ", DescribeKind(key), ": expected a name"));
  }

  bool Grow(YamlNode& parent, const YamlNode& child) {
    parent.expanded_size += child.expanded_size;
    if (parent.expanded_size <= YamlDocument::kMaxNodes) return true;
    failed_ = true;
    diagnostics_.Add(document_.PositionAt(parent.begin),
                     Cat("too many values once aliases are written "
                         "out: expected at most ",
                         YamlDocument::kMaxNodes));
    return false;
  }

  YamlDocument& document_;
  const Environment& environment_;
  Diagnostics& diagnostics_;
  std::vector<OpenNode> open_;
  std::map<YAML::anchor_t, const YamlNode*> anchored_;
  bool failed_ = false;
};

namespace {

// Inside braces or brackets YAML takes the brace of a variable for its own.
std::string_view HintFor(std::string_view text, size_t at) {
  at = std::min(at, text.size());
  const size_t begin = text.substr(0, at).rfind('\n') + 1;
  const std::string_view line = text.substr(begin, text.find('\n', at) - begin);
  const size_t variable = line.find("${");
  if (variable == std::string_view::npos || variable == 0) return "";
  const char before = line[variable - 1];
  if (before == '"' || before == '\'') return "";
  return "; a '${...}' inside '{ }' or '[ ]' is written in quotes";
}

// What the parser can't express as an event is thrown by it, and stays here.
bool RunParser(std::string_view text, const YamlDocument& document,
               YamlDocumentBuilder& builder, Diagnostics& diagnostics) {
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder) || !builder.has_root()) {
      if (builder.failed()) return false;
      diagnostics.Add({1, 1}, "file is empty: expected a pipeline");
      return false;
    }
    if (builder.failed()) return false;
    if (parser.HandleNextDocument(builder)) {
      diagnostics.Add({1, 1},
                      "file holds several documents: expected one pipeline");
      return false;
    }
    return true;
  } catch (const YAML::ParserException& error) {
    const size_t at = static_cast<size_t>(std::max(error.mark.pos, 0));
    diagnostics.Add(document.PositionAt(at),
                    Cat("not valid YAML: ", error.msg, HintFor(text, at)));
  } catch (const std::exception& error) {
    diagnostics.Add({1, 1}, Cat("not valid YAML: ", error.what()));
  }
  return false;
}

// Bytes that the parser would misread rather than refuse.
bool CheckBytes(std::string_view text, const YamlDocument& document,
                Diagnostics& diagnostics) {
  if (!simdjson::validate_utf8(text.data(), text.size())) {
    diagnostics.Add({1, 1}, "file is not UTF-8: expected UTF-8 text");
    return false;
  }
  const size_t control = FindControlCharacter(text);
  if (control != std::string_view::npos) {
    diagnostics.Add(document.PositionAt(control),
                    "control character: expected printable text");
    return false;
  }
  return true;
}

}  // namespace

YamlDocument::YamlDocument(std::string_view text) : text_(text) {
  line_starts_.push_back(0);
  for (size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') line_starts_.push_back(i + 1);
  }
}

YamlDocument::~YamlDocument() = default;

std::shared_ptr<const YamlDocument> YamlDocument::Parse(
    std::string_view text, const Environment& environment,
    Diagnostics& diagnostics) {
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    text.remove_prefix(kByteOrderMark.size());
  }
  if (text.size() > kMaxBytes) {
    diagnostics.Add({1, 1}, Cat("file is ", text.size(),
                                " bytes long: expected at most ", kMaxBytes));
    return nullptr;
  }
  // Not make_shared: the constructor is private.
  std::shared_ptr<YamlDocument> document(new YamlDocument(text));
  if (!CheckBytes(text, *document, diagnostics)) return nullptr;
  YamlDocumentBuilder builder(*document, environment, diagnostics);
  if (!RunParser(text, *document, builder, diagnostics)) return nullptr;
  return document;
}

SourcePosition YamlDocument::PositionAt(size_t file_offset) const {
  file_offset = std::min(file_offset, text_.size());
  auto after =
      std::upper_bound(line_starts_.begin(), line_starts_.end(), file_offset);
  const size_t start = *(after - 1);
  // Bytes that continue a UTF-8 character are no column of their own.
  const auto columns = std::count_if(
      text_.begin() + static_cast<ptrdiff_t>(start),
      text_.begin() + static_cast<ptrdiff_t>(file_offset),
      [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
  return {static_cast<int>(after - line_starts_.begin()),
          static_cast<int>(columns) + 1};
}

SourcePosition YamlDocument::PositionIn(const YamlNode& node,
                                        size_t offset) const {
  if (!node.is_scalar()) return PositionAt(node.begin);
  return PositionAt(AlignScalarOffset(text_, node.begin, node.written,
                                      node.value.WrittenOffset(offset)));
}

}  // namespace phoenix
