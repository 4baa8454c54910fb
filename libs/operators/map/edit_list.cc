#include "libs/operators/map/edit_list.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "libs/component/rule_report.h"

namespace phoenix {
namespace {

using operators::map::v1::CastType;

// Seconds since 1970 as a timestamp. CEL itself has none of a double: what is
// behind the point is added in whole microseconds, all that a double of today
// can tell apart.
std::string TimestampExpression(std::string_view path) {
  return absl::StrReplaceAll(
      "type($) != double ? timestamp($) : timestamp(int($)) + "
      "duration(string(int(($ - double(int($))) * 1000000.0 + "
      "($ < 0.0 ? -0.5 : 0.5))) + 'us')",
      {{"$", absl::string_view(path.data(), path.size())}});
}

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
      return absl::StrFormat("string(%s)", TimestampExpression(path));
    default:
      return "";
  }
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
  std::vector<EditError> errors;
  const EditId id = context_.rules.AddEdits(std::move(edits_), errors);
  for (const EditError& error : errors) Report(error);
  if (!ok_ || !errors.empty()) return std::nullopt;
  return id;
}

void EditList::Report(const EditError& error) {
  std::string message = error.error.message;
  if (error.other.has_value()) {
    const SourcePosition other =
        context_.report.Locate(path_fields_[*error.other], 0);
    if (other.line > 0) message += absl::StrFormat(", see line %d", other.line);
  }
  context_.report.Error(path_fields_[error.edit], error.error.offset,
                        std::move(message));
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
    // Only the path can be wrong, and that is reported of the edit: whoever
    // wrote it has never seen the expression.
    std::vector<RuleError> errors;
    const RuleId value = context_.rules.AddExpression(text, errors);
    ok_ = ok_ && errors.empty();
    AddEdit({PayloadEdit::Kind::kSet, cast.path(), "", value}, field);
  }
}

void EditList::AddAssignments(const operators::map::v1::Map& config) {
  for (int i = 0; i < config.set_size(); ++i) {
    const auto& set = config.set(i);
    const auto value = AddExpression(set.value(), Field("set", i, ".value"),
                                     context_, RuleResult::kJson);
    ok_ = ok_ && value.has_value();
    AddEdit({PayloadEdit::Kind::kSet, set.path(), "", value.value_or(RuleId())},
            Field("set", i, ".path"));
  }
}

void EditList::AddRenamings(const operators::map::v1::Map& config) {
  for (int i = 0; i < config.rename_size(); ++i) {
    const auto& rename = config.rename(i);
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
  edits_.push_back(std::move(edit));
  path_fields_.push_back(std::move(path_field));
}

}  // namespace phoenix
