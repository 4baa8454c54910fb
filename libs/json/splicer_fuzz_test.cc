// A spliced text, read by another parser, is the tree of the old text with the
// same edits made on it. The first bytes choose the edits, the rest is the
// text.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "libs/json/json_testing.h"
#include "libs/json/splicer.h"

namespace phoenix {
namespace {

using Kind = JsonEdit::Kind;

constexpr const char* kPaths[] = {"a",   "b",   "c",     "a.b", "a.c",
                                  "b.a", "b.c", "a.b.c", "x.y", "x.z"};
constexpr size_t kEdits = 3;
constexpr std::string_view kValue = "{\"new\":[1]}";

void Check(bool holds) {
  if (!holds) std::abort();
}

JsonPath Path(uint8_t choice) {
  return *ParsePath(kPaths[choice % std::size(kPaths)]);
}

std::vector<JsonEdit> Edits(const uint8_t* choices) {
  std::vector<JsonEdit> edits;
  for (size_t i = 0; i < kEdits; ++i, choices += 3) {
    JsonEdit edit{static_cast<Kind>(choices[0] % 3), Path(choices[1]), {}};
    if (edit.kind == Kind::kRename) {
      edit.new_path = Path(choices[2]);
      if (HasPrefix(edit.path, edit.new_path) ||
          HasPrefix(edit.new_path, edit.path)) {
        continue;
      }
    }
    const bool fits =
        std::none_of(edits.begin(), edits.end(),
                     [&](const auto& other) { return Conflict(edit, other); });
    if (fits) edits.push_back(std::move(edit));
  }
  return edits;
}

// The object in which the path's last key is or would be; null when there is
// none. With `make` missing ones are made, and `failed` says that one can't be.
JsonTree* Parent(JsonTree& root, const JsonPath& path, bool make,
                 bool& failed) {
  JsonTree* tree = &root;
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    JsonTree* child = tree->Find(path[i].key);
    if (child == nullptr && make) {
      tree->members.push_back({path[i].key, JsonTree{'{', "", {}, {}}});
      child = &tree->members.back().value;
    }
    if (child == nullptr) return nullptr;
    if (child->kind != '{') {
      failed = failed || make;
      return nullptr;
    }
    tree = child;
  }
  return tree;
}

void Put(JsonTree& root, const JsonPath& path, JsonTree value, bool& failed) {
  JsonTree* parent = Parent(root, path, true, failed);
  if (parent == nullptr) return;
  if (JsonTree* known = parent->Find(path.back().key)) {
    *known = std::move(value);
  } else {
    parent->members.push_back({path.back().key, std::move(value)});
  }
}

// Takes the member out of the tree, if it is there.
std::optional<JsonTree> Take(JsonTree& root, const JsonPath& path) {
  bool failed = false;
  JsonTree* parent = Parent(root, path, false, failed);
  if (parent == nullptr) return std::nullopt;
  auto& members = parent->members;
  for (auto it = members.begin(); it != members.end(); ++it) {
    if (it->key != path.back().key) continue;
    JsonTree taken = std::move(it->value);
    members.erase(it);
    return taken;
  }
  return std::nullopt;
}

// Whether a key on the way stands twice in its object.
bool IsAmbiguous(JsonTree& root, const JsonPath& path) {
  JsonTree* tree = &root;
  for (const PathStep& step : path) {
    if (tree == nullptr || tree->kind != '{') return false;
    size_t count = 0;
    tree = tree->Find(step.key, &count);
    if (count > 1) return true;
  }
  return false;
}

// The edits made on the tree; none when they can't be.
std::optional<JsonTree> Model(JsonTree root,
                              const std::vector<JsonEdit>& edits) {
  if (root.kind != '{') return std::nullopt;
  bool failed = false;
  for (const JsonEdit& edit : edits) {
    failed |= IsAmbiguous(root, edit.path);
    if (edit.kind == Kind::kRename) failed |= IsAmbiguous(root, edit.new_path);
  }
  if (failed) return std::nullopt;
  for (const JsonEdit& edit : edits) {
    if (edit.kind == Kind::kSet) {
      Put(root, edit.path, *JsonTree::Parse(kValue), failed);
      continue;
    }
    auto taken = Take(root, edit.path);
    if (edit.kind == Kind::kRename && taken.has_value()) {
      Put(root, edit.new_path, *std::move(taken), failed);
    }
  }
  if (failed) return std::nullopt;
  return root;
}

}  // namespace
}  // namespace phoenix

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace phoenix;
  if (size < 3 * kEdits) return 0;
  const std::vector<JsonEdit> edits = Edits(data);
  const std::string text(reinterpret_cast<const char*>(data) + 3 * kEdits,
                         size - 3 * kEdits);
  const auto tree = JsonTree::Parse(text);
  const JsonRows rows({text});
  if (!tree.has_value() || !rows.errors.empty()) return 0;

  PathSet paths;
  Splicer splicer(edits, paths);
  PathReader reader(paths);
  TextArena arena;
  PathColumns columns;
  columns.Reset(paths, 1);
  reader.Read(rows.texts(), rows.all, arena, columns);
  const std::vector<NewValues> values(edits.size(), {&kValue, true});
  std::vector<char> out(splicer.MaxBytes(rows.texts(), rows.all, values));
  std::vector<ByteRange> ranges(1);
  std::vector<JsonError> errors;
  const size_t written = splicer.Splice(rows.texts(), columns, rows.all, values,
                                        out.data(), ranges, errors);
  const auto expected = Model(*tree, edits);
  Check(errors.empty() == expected.has_value());
  if (!expected.has_value()) return 0;
  const auto actual = JsonTree::Parse(ranges[0].In({out.data(), written}));
  Check(actual.has_value() && actual->Canonical() == expected->Canonical());
  return 0;
}
