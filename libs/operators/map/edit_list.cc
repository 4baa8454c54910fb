#include "libs/operators/map/edit_list.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "libs/component/rule_report.h"

namespace phoenix {
namespace {

using operators::map::v1::CastType;

// The CEL expression that casts `path`; empty for a type that is none.
std::string CastExpression(std::string_view path, CastType type) {
  switch (type) {
    case CastType::CAST_TYPE_INT:
      return absl::StrFormat("int(%s)", path);
    case CastType::CAST_TYPE_DOUBLE:
      return absl::StrFormat("double(%s)", path);
    case CastType::CAST_TYPE_STRING:
      return absl::StrFormat("string(%s)", path);
    case CastType::CAST_TYPE_BOOL:
      return absl::StrFormat("bool(%s)", path);
    case CastType::CAST_TYPE_TIMESTAMP:
      return absl::StrFormat("string(timestamp(%s))", path);
    default:
      return "";
  }
}

// Whether `path` is `other` or lies within it.
bool IsWithin(std::string_view path, std::string_view other) {
  return path.starts_with(other) &&
         (path.size() == other.size() || path[other.size()] == '.' ||
          path[other.size()] == '[');
}

std::string Field(std::string_view list, int index, std::string_view part) {
  return absl::StrFormat("%s[%d]%s", list, index, part);
}

}  // namespace

std::optional<EditId> EditList::Add(const operators::map::v1::Map& config) {
  AddCasts(config);
  AddAssignments(config);
  AddRenamings(config);
  AddRemovals(config);
  if (edits_.empty() && ok_) {
    context_.report.Error(
        "", 0, "nothing to do: expected one of set, remove, rename, cast");
    return std::nullopt;
  }
  if (edits_.size() > kMaxEdits) {
    context_.report.Error("", 0,
                          absl::StrFormat("%d changes in one step: expected "
                                          "at most %d",
                                          edits_.size(), kMaxEdits));
    return std::nullopt;
  }
  if (!ok_) return std::nullopt;
  std::vector<std::pair<size_t, RuleError>> errors;
  const EditId id = context_.rules.AddEdits(std::move(edits_), errors);
  for (const auto& [index, error] : errors) {
    context_.report.Error(path_fields_[index], error.offset, error.message);
  }
  if (!errors.empty()) return std::nullopt;
  return id;
}

void EditList::AddCasts(const operators::map::v1::Map& config) {
  for (int i = 0; i < config.cast_size(); ++i) {
    const auto& cast = config.cast(i);
    const std::string field = Field("cast", i, ".path");
    const std::string text = CastExpression(cast.path(), cast.type());
    if (text.empty()) {
      context_.report.Error(
          Field("cast", i, ".type"), 0,
          "unknown type: expected int, double, string, bool or timestamp");
      ok_ = false;
      continue;
    }
    // The path stands inside the expression: places in it are of no use to
    // whoever wrote only the path.
    std::vector<RuleError> errors;
    const RuleId value = context_.rules.AddExpression(text, errors);
    for (RuleError& error : errors) error.offset = 0;
    ReportRuleErrors(errors, field, context_.report);
    ok_ = ok_ && errors.empty();
    AddEdit({PayloadEdit::Kind::kSet, cast.path(), "", value}, field);
  }
}

void EditList::AddAssignments(const operators::map::v1::Map& config) {
  for (int i = 0; i < config.set_size(); ++i) {
    const auto& set = config.set(i);
    const auto value =
        AddExpression(set.value(), Field("set", i, ".value"), context_);
    ok_ = ok_ && value.has_value();
    AddEdit({PayloadEdit::Kind::kSet, set.path(), "", value.value_or(RuleId())},
            Field("set", i, ".path"));
  }
}

void EditList::AddRenamings(const operators::map::v1::Map& config) {
  for (int i = 0; i < config.rename_size(); ++i) {
    const auto& rename = config.rename(i);
    Claim(rename.to(), Field("rename", i, ".to"));
    AddEdit({PayloadEdit::Kind::kRename, rename.from(), rename.to(), {}},
            Field("rename", i, ".from"));
  }
}

void EditList::AddRemovals(const operators::map::v1::Map& config) {
  for (int i = 0; i < config.remove_size(); ++i) {
    AddEdit({PayloadEdit::Kind::kRemove, config.remove(i), "", {}},
            Field("remove", i, ""));
  }
}

void EditList::AddEdit(PayloadEdit edit, std::string path_field) {
  Claim(edit.path, path_field);
  edits_.push_back(std::move(edit));
  path_fields_.push_back(std::move(path_field));
}

void EditList::Claim(std::string_view path, std::string_view field) {
  if (targets_.size() > 2 * kMaxEdits) return;
  for (const Target& other : targets_) {
    if (!IsWithin(path, other.path) && !IsWithin(other.path, path)) continue;
    context_.report.Error(
        field, 0,
        absl::StrFormat("'%s' is changed twice: see '%s' at %s", path,
                        other.path, other.field));
    ok_ = false;
    return;
  }
  targets_.push_back({std::string(path), std::string(field)});
}

}  // namespace phoenix
