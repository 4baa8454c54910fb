#ifndef LIBS_RULES_RULES_TESTING_H_
#define LIBS_RULES_RULES_TESTING_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "libs/event/event_batch.h"
#include "libs/rules/frame.h"
#include "libs/rules/rule_set.h"

namespace phoenix {

// The columns of a batch with these payloads and no attributes.
EventBatch::Columns PayloadColumns(const std::vector<std::string>& payloads);

EventBatchPtr PayloadBatch(const std::vector<std::string>& payloads);

// The value of a row in words: "int 1", "string 'a'", "json [1]", "error".
std::string DescribeValue(const ValueColumn& column, uint32_t row);

// Rules that must be right, and a frame over a batch to run them in; a wrong
// one fails the test. One thread.
class RulesFixture {
 public:
  // Between construction and Begin(): adds rules.
  RuleId Condition(std::string_view text);
  RuleId Expression(std::string_view text);
  EditId Edits(std::vector<PayloadEdit> edits);
  PayloadEdit Set(std::string path, std::string_view expression);
  static PayloadEdit Remove(std::string path);
  static PayloadEdit Rename(std::string path, std::string new_path);

  // Begins with a batch, all rows of it selected.
  void Begin(EventBatchPtr batch);
  void Begin(const std::vector<std::string>& payloads);

  // A letter a selected row: T, F or E for an error.
  std::string Test(RuleId condition);
  // A description a selected row; errors as "error: " and the message.
  std::vector<std::string> Evaluate(RuleId expression);
  // The payload of each selected row afterwards; with " !" and the message
  // where the edit failed.
  std::vector<std::string> Apply(EditId edits);

  Selection& rows() { return rows_; }
  Frame& frame() { return *frame_; }
  const RuleSet& rules() { return *rules_; }

 private:
  RuleSetBuilder builder_;
  std::shared_ptr<const RuleSet> rules_;
  std::unique_ptr<Frame> frame_;
  Selection rows_;
};

}  // namespace phoenix

#endif  // LIBS_RULES_RULES_TESTING_H_
