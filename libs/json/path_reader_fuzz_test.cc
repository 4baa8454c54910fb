// What a PathReader reads is what another parser finds at the same paths, also
// when rows of other shapes have taught it to expect other keys.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "libs/json/json_testing.h"

namespace phoenix {
namespace {

constexpr const char* kPaths[] = {"",    "a",     "b",       "a.b", "a.b.a",
                                  "[0]", "a[1]",  "b[0].a",  "c",   "a.a",
                                  "key", "key.b", "b[1][0]", "a.c"};

void Check(bool holds) {
  if (!holds) std::abort();
}

// The tree at the path; `failed` where a key on the way is there twice.
JsonTree* Find(JsonTree* tree, const JsonPath& path, bool& failed) {
  for (const PathStep& step : path) {
    if (tree == nullptr) return nullptr;
    if (step.is_index()) {
      tree = tree->kind == '[' && step.index < tree->elements.size()
                 ? &tree->elements[step.index]
                 : nullptr;
      continue;
    }
    size_t count = 0;
    JsonTree* child = tree->Find(step.key, &count);
    if (count > 1) failed = true;
    tree = tree->kind == '{' ? child : nullptr;
  }
  return tree;
}

void Compare(const ValueColumn& column, uint32_t row, const JsonTree* tree,
             bool failed) {
  const ValueTag tag = column.tag(row);
  if (failed) return Check(tag == ValueTag::kError);
  if (tree == nullptr) return Check(tag == ValueTag::kMissing);
  switch (tree->kind) {
    case 'n':
      return Check(tag == ValueTag::kNull);
    case 't':
    case 'f':
      Check(tag == ValueTag::kBool);
      return Check(column.AsBool(row) == (tree->kind == 't'));
    case 'i':
      // Between 2^63 and 2^64 the other parser still has an integer.
      if (tag == ValueTag::kError) return Check(tree->scalar.size() >= 19);
      Check(tag == ValueTag::kInt);
      return Check(std::to_string(column.AsInt(row)) == tree->scalar);
    case 'd':
      return Check(tag == ValueTag::kDouble);
    case '"':
      Check(tag == ValueTag::kString);
      return Check(column.AsText(row) == tree->scalar);
    default: {
      Check(tag == ValueTag::kJson);
      const auto text = JsonTree::Parse(column.AsText(row));
      Check(text.has_value() && text->Canonical() == tree->Canonical());
    }
  }
}

}  // namespace
}  // namespace phoenix

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace phoenix;
  std::vector<std::string> texts(1);
  for (size_t i = 0; i < size; ++i) {
    if (data[i] == '\n') {
      texts.emplace_back();
    } else {
      texts.back() += static_cast<char>(data[i]);
    }
  }
  const JsonRows rows(texts);
  PathSet paths;
  for (const char* path : kPaths) paths.AddValue(*ParsePath(path));
  PathReader reader(paths);
  TextArena arena;
  PathColumns columns;
  columns.Reset(paths, static_cast<uint32_t>(texts.size()));
  reader.Read(rows.texts(), rows.all, arena, columns);
  for (uint32_t row : rows.all) {
    auto tree = JsonTree::Parse(texts[row]);
    const bool is_valid = rows.index.first[row] < rows.index.first[row + 1];
    if (is_valid && !tree.has_value()) continue;  // Numbers beyond its types.
    for (uint32_t i = 0; i < paths.value_count(); ++i) {
      bool failed = !is_valid;
      const JsonTree* found =
          is_valid ? Find(&*tree, paths.value_path(i), failed) : nullptr;
      Compare(columns.values[i], row, found, failed);
    }
  }
  return 0;
}
