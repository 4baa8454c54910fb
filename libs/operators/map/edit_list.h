#ifndef LIBS_OPERATORS_MAP_EDIT_LIST_H_
#define LIBS_OPERATORS_MAP_EDIT_LIST_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "libs/component/registry.h"
#include "libs/operators/map/map.pb.h"
#include "libs/rules/rule_set.h"

namespace phoenix {

// Turns the config of a `map` step into edits of a rule set, and remembers
// where in the config each of them was written. Used once, by one thread.
class EditList {
 public:
  // The most edits of one step: what a person still reads, and what bounds the
  // check of each path against every other.
  static constexpr size_t kMaxEdits = 256;

  explicit EditList(BuildContext& context) : context_(context) {}

  // The edits as added to the context's rules; nothing when an error was
  // reported. Casts come first, then what is set, renamed and removed.
  std::optional<EditId> Add(const operators::map::v1::Map& config);

 private:
  void AddCasts(const operators::map::v1::Map& config);
  void AddAssignments(const operators::map::v1::Map& config);
  void AddRenamings(const operators::map::v1::Map& config);
  void AddRemovals(const operators::map::v1::Map& config);

  // Adds `edit`, of which the config speaks at `path_field`.
  void AddEdit(PayloadEdit edit, std::string path_field);
  // Reports what is wrong with an edit at the place of its path.
  void Report(const EditError& error);

  BuildContext& context_;
  std::vector<PayloadEdit> edits_;
  std::vector<std::string> path_fields_;  // Of each edit.
  bool ok_ = true;
};

}  // namespace phoenix

#endif  // LIBS_OPERATORS_MAP_EDIT_LIST_H_
