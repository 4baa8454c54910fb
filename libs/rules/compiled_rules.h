#ifndef LIBS_RULES_COMPILED_RULES_H_
#define LIBS_RULES_COMPILED_RULES_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libs/cel/program.h"
#include "libs/event/event_batch.h"
#include "libs/json/path_set.h"
#include "libs/json/splicer.h"
#include "libs/rules/rule_set.h"
#include "libs/rules/vector_node.h"

namespace phoenix {

// An attribute that vectorised rules read: a column of strings.
struct AttributeRef {
  std::optional<Attribute> attribute;  // None: the extension `extension`.
  std::string extension;

  friend bool operator==(const AttributeRef&, const AttributeRef&) = default;
};

// One rule in both of its forms.
struct CompiledRule {
  std::string text;
  std::unique_ptr<const cel::Program> program;

  // One of them is set when the rule is vectorised.
  BoolNodePtr condition;
  ValueNodePtr value;
  std::string fallback_reason;

  // The columns of payload paths that the vectorised form reads.
  std::vector<uint32_t> paths;

  // For people: every payload path that the rule reads, `data.a.b`.
  std::vector<std::string> path_texts;
  bool can_fail = false;
  std::vector<RuleError> warnings;

  bool vectorised() const { return condition != nullptr || value != nullptr; }
};

// What an edit makes of a column of payload values.
struct ColumnChange {
  enum class Kind : uint8_t {
    kTake,     // It takes the values of the rule of edit `source`.
    kMove,     // It takes the values of column `source`.
    kMissing,  // Its path is no more.
    kStale,    // It must be read again.
  };
  Kind kind = Kind::kStale;
  uint32_t column = 0;
  uint32_t source = 0;
};

// Edits that are applied together.
struct CompiledEdits {
  std::vector<PayloadEdit> edits;
  std::vector<JsonEdit> json_edits;
  std::optional<Splicer> splicer;  // A prototype: each frame copies it.
  // In the order in which they must be made: moves before removals.
  std::vector<ColumnChange> changes;
};

// See rule_set.h.
class RuleSet {
 public:
  std::vector<CompiledRule> rules;
  std::vector<CompiledEdits> edits;
  std::vector<AttributeRef> attributes;
  PathSet paths;
  ScratchCounts scratch;
};

}  // namespace phoenix

#endif  // LIBS_RULES_COMPILED_RULES_H_
