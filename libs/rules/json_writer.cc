#include "libs/rules/json_writer.h"

#include <cmath>
#include <optional>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/time/time.h"
#include "libs/event/timestamp.h"
#include "libs/json/json_number.h"
#include "libs/json/json_string.h"
#include "libs/json/text_arena.h"

namespace phoenix {
namespace {

using cel::Value;
using cel::ValueKind;

absl::Status NoJsonForm(std::string_view what) {
  std::string message = "JSON has no form for ";
  message.append(what);
  return absl::InvalidArgumentError(message);
}

absl::Status AppendReal(std::string& out, double value) {
  if (AppendDouble(out, value)) return absl::OkStatus();
  return NoJsonForm("a number that is not finite");
}

absl::Status AppendTime(std::string& out, absl::Time time) {
  const int64_t seconds = absl::ToUnixSeconds(time);
  const auto nanos = static_cast<int32_t>(
      absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds)));
  const auto text = FormatRfc3339({seconds, nanos});
  if (!text.has_value()) return NoJsonForm("a time beyond the year 9999");
  AppendJsonString(out, *text);
  return absl::OkStatus();
}

// As protobuf has it: seconds with as many decimals as are needed.
void AppendDuration(std::string& out, absl::Duration duration) {
  absl::Duration rest;
  const int64_t seconds = absl::IDivDuration(duration, absl::Seconds(1), &rest);
  const int64_t nanos = std::abs(absl::ToInt64Nanoseconds(rest));
  out += '"';
  if (seconds == 0 && duration < absl::ZeroDuration()) out += '-';
  out += std::to_string(seconds);
  if (nanos != 0) {
    std::string digits = std::to_string(1'000'000'000 + nanos);
    digits.front() = '.';
    digits.resize(digits.find_last_not_of('0') + 1);
    out += digits;
  }
  out += "s\"";
}

void AppendBase64(std::string& out, std::string_view bytes) {
  AppendJsonString(
      out, absl::Base64Escape(absl::string_view(bytes.data(), bytes.size())));
}

absl::Status AppendList(std::string& out, const cel::ListValue& list,
                        cel::Arena& arena) {
  out += '[';
  for (size_t i = 0; i < list.size(); ++i) {
    if (i > 0) out += ',';
    const absl::Status status = AppendJson(out, list.At(i, arena), arena);
    if (!status.ok()) return status;
  }
  out += ']';
  return absl::OkStatus();
}

void AppendKey(std::string& out, const Value& key) {
  if (key.is_string()) return AppendJsonString(out, key.string_value());
  out += '"';
  if (key.is_bool()) out += key.bool_value() ? "true" : "false";
  if (key.kind() == ValueKind::kInt) out += std::to_string(key.int_value());
  if (key.kind() == ValueKind::kUint) out += std::to_string(key.uint_value());
  out += '"';
}

absl::Status AppendMap(std::string& out, const cel::MapValue& map,
                       cel::Arena& arena) {
  const cel::ListValue& keys = map.Keys(arena);
  out += '{';
  for (size_t i = 0; i < keys.size(); ++i) {
    if (i > 0) out += ',';
    const Value key = keys.At(i, arena);
    AppendKey(out, key);
    out += ':';
    const std::optional<Value> value = map.Find(key, arena);
    if (!value.has_value()) return NoJsonForm("a key without a value");
    const absl::Status status = AppendJson(out, *value, arena);
    if (!status.ok()) return status;
  }
  out += '}';
  return absl::OkStatus();
}

absl::Status ErrorStatus(const cel::EvaluationError& error) {
  return absl::InvalidArgumentError(
      absl::string_view(error.message.data(), error.message.size()));
}

}  // namespace

absl::Status AppendJson(std::string& out, const Value& value,
                        cel::Arena& arena) {
  switch (value.kind()) {
    case ValueKind::kError:
      return ErrorStatus(value.error());
    case ValueKind::kNull:
      out += "null";
      break;
    case ValueKind::kBool:
      out += value.bool_value() ? "true" : "false";
      break;
    case ValueKind::kInt:
      out += std::to_string(value.int_value());
      break;
    case ValueKind::kUint:
      out += std::to_string(value.uint_value());
      break;
    case ValueKind::kDouble:
      return AppendReal(out, value.double_value());
    case ValueKind::kString:
    case ValueKind::kType:
      AppendJsonString(out, value.string_value());
      break;
    case ValueKind::kBytes:
      AppendBase64(out, value.string_value());
      break;
    case ValueKind::kList:
      return AppendList(out, value.list_value(), arena);
    case ValueKind::kMap:
      return AppendMap(out, value.map_value(), arena);
    case ValueKind::kTimestamp:
      return AppendTime(out, value.timestamp_value());
    case ValueKind::kDuration:
      AppendDuration(out, value.duration_value());
      break;
    case ValueKind::kStruct:
      return NoJsonForm("a message");
  }
  return absl::OkStatus();
}

bool AppendJson(std::string& out, const ValueColumn& column, uint32_t row) {
  switch (column.tag(row)) {
    case ValueTag::kMissing:
    case ValueTag::kError:
      return false;
    case ValueTag::kNull:
      out += "null";
      return true;
    case ValueTag::kBool:
      out += column.AsBool(row) ? "true" : "false";
      return true;
    case ValueTag::kInt:
      out += std::to_string(column.AsInt(row));
      return true;
    case ValueTag::kUint:
      out += std::to_string(column.AsUint(row));
      return true;
    case ValueTag::kDouble:
      return AppendDouble(out, column.AsDouble(row));
    case ValueTag::kString:
      AppendJsonString(out, column.AsText(row));
      return true;
    case ValueTag::kJson:
    case ValueTag::kOther:
      out += column.AsText(row);
      return true;
  }
  return false;
}

absl::Status SetValue(ValueColumn& column, uint32_t row, const Value& value,
                      cel::Arena& arena, TextArena& texts) {
  switch (value.kind()) {
    case ValueKind::kNull:
      column.SetTag(row, ValueTag::kNull);
      return absl::OkStatus();
    case ValueKind::kBool:
      column.SetBool(row, value.bool_value());
      return absl::OkStatus();
    case ValueKind::kInt:
      column.SetInt(row, value.int_value());
      return absl::OkStatus();
    case ValueKind::kUint:
      column.SetUint(row, value.uint_value());
      return absl::OkStatus();
    case ValueKind::kDouble:
      column.SetDouble(row, value.double_value());
      return absl::OkStatus();
    case ValueKind::kString:
      column.SetText(row, ValueTag::kString, texts.Copy(value.string_value()));
      return absl::OkStatus();
    default:
      break;
  }
  std::string json;
  column.SetTag(row, ValueTag::kError);
  const absl::Status status = AppendJson(json, value, arena);
  if (!status.ok()) return status;
  const bool is_json =
      value.kind() == ValueKind::kList || value.kind() == ValueKind::kMap;
  column.SetText(row, is_json ? ValueTag::kJson : ValueTag::kOther,
                 texts.Copy(json));
  return absl::OkStatus();
}

}  // namespace phoenix
