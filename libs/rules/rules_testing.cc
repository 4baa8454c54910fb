#include "libs/rules/rules_testing.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>

#include "libs/base/byte_range.h"
#include "libs/base/shared_bytes.h"

namespace phoenix {
namespace {

std::map<uint32_t, std::string> ByRow(const RowErrors& errors) {
  std::map<uint32_t, std::string> messages;
  for (const RowError& error : errors) {
    const bool is_first =
        messages.emplace(error.row, error.status.message()).second;
    EXPECT_TRUE(is_first) << "two errors of row " << error.row;
    EXPECT_EQ(error.status.code(), absl::StatusCode::kInvalidArgument);
  }
  return messages;
}

void ExpectNone(const std::vector<RuleError>& errors, std::string_view text) {
  for (const RuleError& error : errors) {
    ADD_FAILURE() << text << ": " << error.message;
  }
}

}  // namespace

EventBatch::Columns PayloadColumns(const std::vector<std::string>& payloads) {
  std::string blob;
  std::vector<ByteRange> ranges;
  for (const std::string& payload : payloads) {
    const auto begin = static_cast<uint32_t>(blob.size());
    blob += payload;
    ranges.push_back({begin, static_cast<uint32_t>(blob.size())});
    blob += '\n';
  }
  EventBatch::Columns columns;
  columns.event_count = static_cast<uint32_t>(payloads.size());
  columns.payload.blob = SharedBytes::FromString(std::move(blob));
  columns.payload.ranges =
      std::make_shared<const std::vector<ByteRange>>(std::move(ranges));
  return columns;
}

EventBatchPtr PayloadBatch(const std::vector<std::string>& payloads) {
  return std::make_shared<const EventBatch>(PayloadColumns(payloads));
}

std::string DescribeValue(const ValueColumn& column, uint32_t row) {
  switch (column.tag(row)) {
    case ValueTag::kMissing:
      return "missing";
    case ValueTag::kNull:
      return "null";
    case ValueTag::kBool:
      return column.AsBool(row) ? "true" : "false";
    case ValueTag::kInt:
      return "int " + std::to_string(column.AsInt(row));
    case ValueTag::kUint:
      return "uint " + std::to_string(column.AsUint(row));
    case ValueTag::kDouble: {
      char text[64];
      snprintf(text, sizeof text, "double %.17g", column.AsDouble(row));
      return text;
    }
    case ValueTag::kString:
      return "string '" + std::string(column.AsText(row)) + "'";
    case ValueTag::kJson:
      return "json " + std::string(column.AsText(row));
    case ValueTag::kOther:
      return "other " + std::string(column.AsText(row));
    case ValueTag::kError:
      break;
  }
  return "error";
}

RuleId RulesFixture::Condition(std::string_view text) {
  std::vector<RuleError> errors;
  const RuleId id = builder_.AddCondition(text, errors);
  ExpectNone(errors, text);
  return id;
}

RuleId RulesFixture::Expression(std::string_view text) {
  std::vector<RuleError> errors;
  const RuleId id = builder_.AddExpression(text, errors);
  ExpectNone(errors, text);
  return id;
}

EditId RulesFixture::Edits(std::vector<PayloadEdit> edits) {
  std::vector<EditError> errors;
  const EditId id = builder_.AddEdits(std::move(edits), errors);
  for (const EditError& error : errors) {
    ADD_FAILURE() << "edit " << error.edit << ": " << error.error.message;
  }
  return id;
}

PayloadEdit RulesFixture::Set(std::string path, std::string_view expression) {
  return {PayloadEdit::Kind::kSet, std::move(path), "", Expression(expression)};
}

PayloadEdit RulesFixture::Remove(std::string path) {
  return {PayloadEdit::Kind::kRemove, std::move(path), "", {}};
}

PayloadEdit RulesFixture::Rename(std::string path, std::string new_path) {
  return {PayloadEdit::Kind::kRename, std::move(path), std::move(new_path), {}};
}

void RulesFixture::Begin(EventBatchPtr batch) {
  if (frame_ == nullptr) {
    rules_ = builder_.Build().value();
    frame_ = std::make_unique<Frame>(rules_);
  }
  SelectAll(batch->size(), rows_);
  frame_->Reset(std::move(batch));
}

void RulesFixture::Begin(const std::vector<std::string>& payloads) {
  Begin(PayloadBatch(payloads));
}

std::string RulesFixture::Test(RuleId condition) {
  Selection matching, others;
  RowErrors errors;
  frame_->Test(condition, rows_, matching, others, errors);
  std::map<uint32_t, char> letters;
  for (uint32_t row : matching) letters[row] += 'T';
  for (uint32_t row : others) letters[row] += 'F';
  for (const auto& [row, message] : ByRow(errors)) letters[row] += 'E';
  EXPECT_EQ(letters.size(), rows_.size());
  std::string text;
  for (uint32_t row : rows_) text += letters[row];
  return text;
}

std::vector<std::string> RulesFixture::Evaluate(RuleId expression) {
  RowErrors errors;
  const ValueColumn& column = frame_->Evaluate(expression, rows_, errors);
  const auto messages = ByRow(errors);
  std::vector<std::string> values;
  for (uint32_t row : rows_) {
    const auto message = messages.find(row);
    values.push_back(DescribeValue(column, row));
    EXPECT_EQ(values.back() == "error", message != messages.end());
    if (message != messages.end()) values.back() += ": " + message->second;
  }
  return values;
}

std::vector<std::string> RulesFixture::Apply(EditId edits) {
  RowErrors errors;
  frame_->Apply(edits, rows_, errors);
  const auto messages = ByRow(errors);
  std::vector<std::string> payloads;
  for (uint32_t row : rows_) {
    payloads.emplace_back(frame_->batch()->payload(row));
    const auto message = messages.find(row);
    if (message != messages.end()) payloads.back() += " !" + message->second;
  }
  return payloads;
}

}  // namespace phoenix
