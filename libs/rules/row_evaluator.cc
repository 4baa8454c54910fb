#include "libs/rules/row_evaluator.h"

#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "libs/cel/ast.h"
#include "libs/cel/checker.h"
#include "libs/cel/containers.h"
#include "libs/event/timestamp.h"
#include "libs/rules/json_value.h"
#include "libs/rules/rule_environment.h"

namespace phoenix {
namespace {

using cel::ErrorCode;
using cel::Value;

// The extension attributes of one row.
class ExtensionMap : public cel::MapValue {
 public:
  ExtensionMap(const EventBatch& batch, uint32_t row)
      : batch_(batch), row_(row) {}

  size_t size() const override {
    size_t count = 0;
    for (const ExtensionColumn& column : batch_.extensions()) {
      count += column.values.HasValue(row_);
    }
    return count;
  }

  std::optional<Value> Find(const Value& key,
                            cel::Arena& arena) const override {
    if (!key.is_string()) return std::nullopt;
    const ExtensionColumn* column = batch_.FindExtension(key.string_value());
    if (column == nullptr || !column->values.HasValue(row_)) {
      return std::nullopt;
    }
    std::string scratch;
    return Value::String(arena.Copy(column->values.Get(row_, scratch)));
  }

  const cel::ListValue& Keys(cel::Arena& arena) const override {
    std::vector<Value> keys;
    for (const ExtensionColumn& column : batch_.extensions()) {
      if (!column.values.HasValue(row_)) continue;
      keys.push_back(Value::String(arena.Copy(column.name)));
    }
    return cel::MakeList(keys, arena).list_value();
  }

 private:
  const EventBatch& batch_;
  uint32_t row_;
};

Value MissingAttribute(Attribute attribute, cel::Arena& arena) {
  std::string message = "the event has no attribute '";
  message.append(AttributeName(attribute)).append("'");
  return Value::Error(arena, ErrorCode::kNoSuchField, message);
}

Value TimeValue(std::string_view text, cel::Arena& arena) {
  const auto time = ParseRfc3339(text);
  if (!time.has_value()) {
    std::string message = "attribute 'time' is '";
    message.append(text).append("', expected an RFC 3339 time");
    return Value::Error(arena, ErrorCode::kInvalidData, message);
  }
  return Value::Timestamp(absl::FromUnixSeconds(time->seconds) +
                          absl::Nanoseconds(time->nanos));
}

}  // namespace

void RowEvaluator::Reset(EventBatchPtr batch, const JsonIndex* index) {
  batch_ = std::move(batch);
  index_ = index;
  indexed_row_.reset();
}

Value RowEvaluator::Evaluate(const cel::Program& program, uint32_t row,
                             const cel::Activation* also) {
  arena_.Reset();
  row_ = row;
  also_ = also;
  return program.Evaluate(*this, arena_);
}

absl::Status RowEvaluator::StatusOf(const cel::Program& program,
                                    const Value& error) {
  const cel::EvaluationError& e = error.error();
  std::string message(e.message);
  if (e.node != cel::EvaluationError::kNoNode) {
    message.append(" in '")
        .append(program.checked().ast().TextOf(e.node))
        .append("'");
  }
  return absl::InvalidArgumentError(message);
}

std::optional<Value> RowEvaluator::Find(const cel::Variable& variable,
                                        cel::Arena& arena) const {
  if (variable.name == kPayloadVariable) return Payload(arena);
  if (variable.name == kExtensionsVariable) {
    return Value::Map(*arena.New<ExtensionMap>(*batch_, row_));
  }
  const auto attribute = AttributeOf(variable);
  if (!attribute.has_value()) {
    return also_ == nullptr ? std::nullopt : also_->Find(variable, arena);
  }
  return AttributeValue(*attribute, arena);
}

Value RowEvaluator::Payload(cel::Arena& arena) const {
  if (index_ == nullptr || index_->first[row_] == index_->first[row_ + 1]) {
    return IndexPayload(arena);
  }
  const uint32_t* tokens = index_->tokens.data();
  return JsonValue(
      {batch_->payloads().blob.data(), tokens + index_->first[row_],
       tokens + index_->first[row_ + 1],
       (*batch_->payloads().ranges)[row_].end},
      arena);
}

Value RowEvaluator::IndexPayload(cel::Arena& arena) const {
  const std::string_view payload = batch_->payload(row_);
  const ByteRange whole{0, static_cast<uint32_t>(payload.size())};
  if (indexed_row_ != row_) {
    row_errors_.clear();
    indexer_.Index(payload, {&whole, 1}, row_index_, row_errors_);
    indexed_row_ = row_;
  }
  if (!row_errors_.empty()) {
    const JsonError& error = row_errors_.front();
    return Value::Error(arena, ErrorCode::kInvalidData,
                        "the payload is not valid JSON at byte '" +
                            std::to_string(error.offset) +
                            "': " + error.message);
  }
  const uint32_t* tokens = row_index_.tokens.data();
  return JsonValue(
      {payload.data(), tokens, tokens + row_index_.tokens.size(), whole.end},
      arena);
}

Value RowEvaluator::AttributeValue(Attribute attribute,
                                   cel::Arena& arena) const {
  const StringColumn& column = batch_->attribute(attribute);
  if (!column.HasValue(row_)) return MissingAttribute(attribute, arena);
  std::string scratch;
  const std::string_view text = column.Get(row_, scratch);
  if (attribute == Attribute::kTime) return TimeValue(text, arena);
  return Value::String(arena.Copy(text));
}

}  // namespace phoenix
