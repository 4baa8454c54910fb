#include "libs/json/splicer.h"

#include <algorithm>
#include <utility>

#include "libs/json/json_string.h"

namespace phoenix {
namespace {

std::vector<const JsonPath*> PathsOf(const JsonEdit& edit) {
  if (edit.kind != JsonEdit::Kind::kRename) return {&edit.path};
  return {&edit.path, &edit.new_path};
}

std::string JsonKey(const std::string& key) {
  std::string out;
  AppendJsonString(out, key);
  return out;
}

bool AreSiblings(const JsonPath& a, const JsonPath& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end() - 1, b.begin());
}

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

char* Put(char* out, std::string_view text) {
  return std::copy(text.begin(), text.end(), out);
}

}  // namespace

bool Conflict(const JsonEdit& a, const JsonEdit& b) {
  for (const JsonPath* x : PathsOf(a)) {
    for (const JsonPath* y : PathsOf(b)) {
      if (HasPrefix(*x, *y) || HasPrefix(*y, *x)) return true;
    }
  }
  return false;
}

// The edits of one row: gathers patches, then copies around them.
class Splicer::RowSplice {
 public:
  RowSplice(Splicer& splicer, const IndexedTexts& texts,
            const PathColumns& columns, absl::Span<const NewValues> values,
            uint32_t row)
      : splicer_(splicer),
        nodes_(splicer.nodes_),
        text_(texts.rows[row].In(texts.blob)),
        columns_(columns),
        values_(values),
        row_(row) {
    splicer_.patches_.clear();
  }

  // Finds what to change. False: `error` says why not.
  bool Plan(JsonError& error) {
    if (!Has(0) || !IsObject(0)) return Fail(0, "is not an object", error);
    return PlanObject(0, error);
  }

  char* Write(char* out) const {
    uint32_t from = 0;
    for (const Patch& patch : splicer_.patches_) {
      out = Put(out, text_.substr(from, patch.range.begin - from));
      out = Put(out, patch.text);
      from = patch.range.end;
    }
    return Put(out, text_.substr(from));
  }

 private:
  using Role = Node::Role;

  const SpanColumn& Column(uint32_t span) const { return columns_.spans[span]; }
  const MemberSpan& Span(uint32_t node) const {
    return Column(nodes_[node].span).at(row_);
  }
  bool Has(uint32_t node) const { return Column(nodes_[node].span).Has(row_); }
  bool IsObject(uint32_t node) const {
    return text_[Span(node).value.begin] == '{';
  }

  bool Fail(uint32_t node, std::string_view what, JsonError& error) const {
    error.row = row_;
    error.offset = Has(node) ? Span(node).value.begin : 0;
    const std::string path = PathText(nodes_[node].path);
    error.message = path.empty() ? "the payload" : "'" + path + "'";
    error.message.append(" ").append(what);
    return false;
  }

  void AddPatch(ByteRange range, std::string_view text) {
    std::vector<Patch>& patches = splicer_.patches_;
    auto at = patches.end();
    while (at != patches.begin() && at[-1].range.begin > range.begin) --at;
    patches.insert(at, {range, text});
  }

  // Whether the node, which is not there, is to be.
  bool MustBeMade(uint32_t node) const {
    const Node& n = nodes_[node];
    if (n.role == Role::kSet) return true;
    if (n.role == Role::kTakeValue) return Column(n.source).Has(row_);
    return n.role == Role::kInner && HasToBeMade(n.children);
  }

  bool HasToBeMade(const std::vector<uint32_t>& nodes) const {
    return std::any_of(nodes.begin(), nodes.end(),
                       [this](uint32_t node) { return MustBeMade(node); });
  }

  bool PlanObject(uint32_t node, JsonError& error) {
    const size_t first_removal = splicer_.removals_.size();
    for (uint32_t child : nodes_[node].children) {
      if (Column(nodes_[child].span).state(row_) == SpanColumn::State::kError) {
        return Fail(child, "stands there twice", error);
      }
      if (Has(child) && !PlanMember(child, error)) return false;
    }
    const bool is_empty = Remove(first_removal, node);
    Insert(node, is_empty);
    return true;
  }

  bool PlanMember(uint32_t node, JsonError& error) {
    const Node& n = nodes_[node];
    const MemberSpan& span = Span(node);
    switch (n.role) {
      case Role::kSet:
        AddPatch(span.value, values_[n.edit].at(row_));
        break;
      case Role::kTakeValue:
        if (Column(n.source).Has(row_)) AddPatch(span.value, SourceText(n));
        break;
      case Role::kRenameKey:
        AddPatch(span.key, n.new_key);
        break;
      case Role::kReplaced:
        if (Column(n.source).Has(row_)) splicer_.removals_.push_back(span);
        break;
      case Role::kRemove:
      case Role::kMoveAway:
        splicer_.removals_.push_back(span);
        break;
      case Role::kInner:
        if (IsObject(node)) return PlanObject(node, error);
        if (HasToBeMade(n.children)) {
          return Fail(node, "is not an object", error);
        }
    }
    return true;
  }

  std::string_view SourceText(const Node& n) const {
    return Column(n.source).at(row_).value.In(text_);
  }

  // Cuts the members in removals_ from `first` on, which belong to one object,
  // with the commas that they leave over. Returns whether the object is empty.
  bool Remove(size_t first, uint32_t object) {
    std::vector<MemberSpan>& all = splicer_.removals_;
    std::sort(all.begin() + first, all.end(), [](const auto& a, const auto& b) {
      return a.key.begin < b.key.begin;
    });
    bool is_empty = IsEmpty(object);
    size_t end = all.size();
    if (end > first && all.back().comma_after == 0) {
      while (--end > first && all[end - 1].comma_after != 0 &&
             all[end - 1].comma_after == all[end].comma_before) {
      }
      // From here on to its end the object loses all of its members.
      is_empty = all[end].comma_before == 0;
      const uint32_t begin =
          is_empty ? all[end].key.begin : all[end].comma_before;
      AddPatch({begin, all.back().value.end}, {});
    }
    for (size_t i = first; i < end; ++i) {
      AddPatch({all[i].key.begin, all[i].comma_after + 1}, {});
    }
    all.resize(first);
    return is_empty;
  }

  bool IsEmpty(uint32_t object) const {
    uint32_t at = Span(object).value.begin + 1;
    while (IsSpace(text_[at])) ++at;
    return text_[at] == '}';
  }

  // Adds what is to be made at the end of an object that is there.
  void Insert(uint32_t object, bool is_empty) {
    const uint32_t close = Span(object).value.end - 1;
    for (uint32_t child : nodes_[object].children) {
      if (Has(child) || !MustBeMade(child)) continue;
      Make(child, {close, close}, is_empty);
      is_empty = false;
    }
  }

  void Make(uint32_t node, ByteRange at, bool is_first) {
    const Node& n = nodes_[node];
    AddPatch(at, std::string_view(n.insertion).substr(is_first ? 1 : 0));
    if (n.role == Role::kSet) return AddPatch(at, values_[n.edit].at(row_));
    if (n.role == Role::kTakeValue) return AddPatch(at, SourceText(n));
    AddPatch(at, "{");
    bool first = true;
    for (uint32_t child : n.children) {
      if (!MustBeMade(child)) continue;
      Make(child, at, first);
      first = false;
    }
    AddPatch(at, "}");
  }

  Splicer& splicer_;
  const std::vector<Node>& nodes_;
  std::string_view text_;
  const PathColumns& columns_;
  absl::Span<const NewValues> values_;
  uint32_t row_;
};

Splicer::Splicer(std::vector<JsonEdit> edits, PathSet& paths)
    : nodes_(1), edit_count_(edits.size()) {
  nodes_[0].span = paths.AddSpan({});
  for (uint32_t i = 0; i < edits.size(); ++i) {
    const JsonEdit& edit = edits[i];
    const uint32_t node = NodeAt(edit.path, paths);
    if (edit.kind == JsonEdit::Kind::kSet) {
      nodes_[node].role = Node::Role::kSet;
      nodes_[node].edit = i;
    } else if (edit.kind == JsonEdit::Kind::kRemove) {
      nodes_[node].role = Node::Role::kRemove;
    } else {
      const uint32_t target = NodeAt(edit.new_path, paths);
      const bool siblings = AreSiblings(edit.path, edit.new_path);
      nodes_[node].role =
          siblings ? Node::Role::kRenameKey : Node::Role::kMoveAway;
      nodes_[node].new_key = nodes_[target].key;
      nodes_[target].role =
          siblings ? Node::Role::kReplaced : Node::Role::kTakeValue;
      nodes_[target].source = nodes_[node].span;
      moves_values_ |= !siblings;
    }
  }
  for (const Node& node : nodes_) {
    max_new_bytes_ += node.insertion.size() + node.new_key.size() + 2;
  }
}

uint32_t Splicer::NodeAt(const JsonPath& path, PathSet& paths) {
  uint32_t node = 0;
  for (size_t size = 1; size <= path.size(); ++size) {
    const JsonPath prefix(path.begin(), path.begin() + size);
    const auto& children = nodes_[node].children;
    const auto known = std::find_if(
        children.begin(), children.end(),
        [&](uint32_t child) { return nodes_[child].path == prefix; });
    if (known != children.end()) {
      node = *known;
      continue;
    }
    const auto child = static_cast<uint32_t>(nodes_.size());
    nodes_[node].children.push_back(child);
    Node& added = nodes_.emplace_back();
    added.key = JsonKey(prefix.back().key);
    added.insertion = "," + added.key + ":";
    added.path = prefix;
    added.span = paths.AddSpan(prefix);
    node = child;
  }
  return node;
}

size_t Splicer::MaxBytes(const IndexedTexts& texts,
                         absl::Span<const uint32_t> rows,
                         absl::Span<const NewValues> values) const {
  size_t bytes = rows.size() * (max_new_bytes_ + 1);
  for (uint32_t row : rows) {
    bytes += texts.rows[row].size() * (moves_values_ ? 2 : 1);
  }
  for (const NewValues& value : values) {
    if (value.texts == nullptr) continue;
    for (uint32_t row : rows) bytes += value.at(row).size();
  }
  return bytes;
}

size_t Splicer::Splice(const IndexedTexts& texts, const PathColumns& columns,
                       absl::Span<const uint32_t> rows,
                       absl::Span<const NewValues> values, char* out,
                       std::vector<ByteRange>& ranges,
                       std::vector<JsonError>& errors) {
  char* const begin = out;
  for (uint32_t row : rows) {
    RowSplice splice(*this, texts, columns, values, row);
    JsonError error;
    removals_.clear();
    if (!splice.Plan(error)) {
      errors.push_back(std::move(error));
      continue;
    }
    const auto from = static_cast<uint32_t>(out - begin);
    out = splice.Write(out);
    ranges[row] = {from, static_cast<uint32_t>(out - begin)};
    *out++ = '\n';
  }
  return static_cast<size_t>(out - begin);
}

}  // namespace phoenix
