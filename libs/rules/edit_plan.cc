#include "libs/rules/edit_plan.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "libs/base/text.h"
#include "libs/cel/ast.h"
#include "libs/cel/parser.h"
#include "libs/cel/source.h"
#include "libs/json/json_path.h"
#include "libs/rules/rule_environment.h"

namespace phoenix {
namespace {

using EditErrors = std::vector<EditError>;

// Reads `data.a['b c']` as the steps below the payload.
class EditPathReader {
 public:
  EditPathReader(const std::string& text, size_t edit, EditErrors& errors)
      : text_(text), edit_(edit), errors_(errors) {}

  JsonPath Read() {
    std::vector<cel::Issue> issues;
    const std::optional<cel::Ast> ast = cel::Parse(text_, {}, &issues);
    if (!ast.has_value()) {
      Fail(issues[0].position.offset, issues[0].message);
      return {};
    }
    const auto found = cel::PathOf(*ast, ast->root());
    if (!found.has_value()) {
      Fail(0, "expected keys only, such as 'data.name' or 'data[\"a b\"]'");
    } else if (ast->node(found->root).name != kPayloadVariable ||
               found->fields.empty()) {
      Fail(0, "expected a field of the payload, such as 'data.name'");
    } else if (found->fields.size() > kMaxPathSteps) {
      Fail(0, Cat("expected at most ", kMaxPathSteps, " steps"));
    } else {
      return Steps(*found);
    }
    return {};
  }

 private:
  static JsonPath Steps(const cel::SelectPath& found) {
    JsonPath path;
    for (std::string_view field : found.fields) {
      path.push_back({.key = std::string(field)});
    }
    return path;
  }

  void Fail(size_t offset, std::string_view why) {
    errors_.push_back({edit_, {offset, Cat("path '", text_, "': ", why)}});
  }

  const std::string& text_;
  const size_t edit_;
  EditErrors& errors_;
};

JsonPath ParseEditPath(const std::string& text, size_t edit,
                       EditErrors& errors) {
  return EditPathReader(text, edit, errors).Read();
}

// Whether the paths of the edit could be read; one that could not is reported
// already, and meets nothing.
bool IsRead(const JsonEdit& edit) {
  return !edit.path.empty() &&
         (edit.kind != JsonEdit::Kind::kRename || !edit.new_path.empty());
}

// Where a value would go to itself, into itself or over what holds it.
void FindCircles(const std::vector<PayloadEdit>& edits,
                 const std::vector<JsonEdit>& parsed, EditErrors& errors) {
  for (size_t i = 0; i < parsed.size(); ++i) {
    const JsonEdit& edit = parsed[i];
    if (edit.kind != JsonEdit::Kind::kRename || !IsRead(edit)) continue;
    if (!HasPrefix(edit.path, edit.new_path) &&
        !HasPrefix(edit.new_path, edit.path)) {
      continue;
    }
    errors.push_back(
        {i,
         {0, Cat("path '", edits[i].new_path, "' meets '", edits[i].path,
                 "', which is renamed to it: expected another place")}});
  }
}

// An edit that many others meet is one mistake: it is reported once.
void FindConflicts(const std::vector<PayloadEdit>& edits,
                   const std::vector<JsonEdit>& parsed, EditErrors& errors) {
  std::vector<bool> reported(parsed.size());
  for (size_t i = 0; i < parsed.size(); ++i) {
    if (!IsRead(parsed[i])) continue;
    for (size_t j = 0; j < i; ++j) {
      if (!IsRead(parsed[j]) || !Conflict(parsed[i], parsed[j])) continue;
      if (!reported[j]) {
        errors.push_back(
            {i,
             {0, Cat("path '", edits[i].path, "' meets the change of '",
                     edits[j].path, "': expected a step of its own")},
             j});
      }
      reported[i] = reported[j] = true;
      break;
    }
  }
}

// What one edit makes of the values at `path`; none when it leaves them.
std::optional<ColumnChange::Kind> KindOf(const JsonEdit& edit,
                                         const JsonPath& path) {
  using Kind = ColumnChange::Kind;
  const bool is_set = edit.kind == JsonEdit::Kind::kSet;
  const bool is_rename = edit.kind == JsonEdit::Kind::kRename;
  if (is_set && path == edit.path) return Kind::kTake;
  if (is_rename && path == edit.new_path) return Kind::kMove;
  if (!is_set && HasPrefix(path, edit.path)) return Kind::kMissing;
  // What lies around or below a change is only known by reading it.
  if (HasPrefix(path, edit.path) || HasPrefix(edit.path, path)) {
    return Kind::kStale;
  }
  if (is_rename &&
      (HasPrefix(path, edit.new_path) || HasPrefix(edit.new_path, path))) {
    return Kind::kStale;
  }
  return std::nullopt;
}

std::optional<uint32_t> ColumnOf(const PathSet& paths, const JsonPath& path) {
  for (uint32_t i = 0; i < paths.value_count(); ++i) {
    if (paths.value_path(i) == path) return i;
  }
  return std::nullopt;
}

// Of several changes, one that must be read again is what counts.
std::optional<ColumnChange> ChangeOf(uint32_t column,
                                     const std::vector<JsonEdit>& edits,
                                     const PathSet& paths) {
  std::optional<ColumnChange> change;
  for (uint32_t i = 0; i < edits.size(); ++i) {
    const auto kind = KindOf(edits[i], paths.value_path(column));
    if (!kind.has_value()) continue;
    if (change.has_value() && change->kind == ColumnChange::Kind::kStale) break;
    change = ColumnChange{.kind = *kind, .column = column, .source = i};
    if (*kind != ColumnChange::Kind::kMove) continue;
    const auto source = ColumnOf(paths, edits[i].path);
    if (source.has_value()) {
      change->source = *source;
    } else {
      change->kind = ColumnChange::Kind::kStale;
    }
  }
  return change;
}

}  // namespace

std::vector<JsonEdit> ParseEdits(const std::vector<PayloadEdit>& edits,
                                 EditErrors& errors) {
  std::vector<JsonEdit> parsed;
  for (size_t i = 0; i < edits.size(); ++i) {
    JsonEdit edit;
    edit.path = ParseEditPath(edits[i].path, i, errors);
    switch (edits[i].kind) {
      case PayloadEdit::Kind::kSet:
        edit.kind = JsonEdit::Kind::kSet;
        break;
      case PayloadEdit::Kind::kRemove:
        edit.kind = JsonEdit::Kind::kRemove;
        break;
      case PayloadEdit::Kind::kRename:
        edit.kind = JsonEdit::Kind::kRename;
        edit.new_path = ParseEditPath(edits[i].new_path, i, errors);
        break;
    }
    parsed.push_back(std::move(edit));
  }
  FindCircles(edits, parsed, errors);
  FindConflicts(edits, parsed, errors);
  return parsed;
}

std::vector<ColumnChange> PlanChanges(const std::vector<JsonEdit>& edits,
                                      const PathSet& paths) {
  std::vector<ColumnChange> changes;
  for (uint32_t column = 0; column < paths.value_count(); ++column) {
    auto change = ChangeOf(column, edits, paths);
    if (change.has_value()) changes.push_back(*change);
  }
  // A column is moved before it is emptied.
  std::stable_partition(changes.begin(), changes.end(), [](const auto& c) {
    return c.kind != ColumnChange::Kind::kMissing;
  });
  return changes;
}

}  // namespace phoenix
