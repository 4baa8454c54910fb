#ifndef TOOLS_PHOENIX_PAST_RULE_READS_H_
#define TOOLS_PHOENIX_PAST_RULE_READS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/event/event_batch.h"
#include "libs/rules/frame.h"
#include "libs/rules/rule_set.h"
#include "libs/rules/value_column.h"

namespace phoenix {

// A row's value as JSON; `missing`; or for one that could not be computed `no
// value: ` and `why`.
std::string ValueText(const ValueColumn& values, uint32_t row,
                      const absl::Status& why);

// The attributes of events that a rule names: `type`, `ext.tenant`. Sorted.
std::vector<std::string> AttributesIn(std::string_view rule);

// Reads what rules of a pipeline read, for people. Thread-compatible.
class RuleReads {
 public:
  // `plans` are those of all rules of the pipeline.
  explicit RuleReads(const std::vector<RulePlan>& plans);

  // The paths and attributes that the rule of this text reads.
  const std::vector<std::string>& PathsOf(const std::string& text) const;

  // The value of one of those in a row.
  std::string Read(const std::string& path, const EventBatchPtr& batch,
                   uint32_t row);

 private:
  std::map<std::string, std::vector<std::string>> paths_;  // By rule.
  std::map<std::string, RuleId> rules_;                    // By path.
  std::unique_ptr<Frame> frame_;
};

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_PAST_RULE_READS_H_
