#include "libs/cel/value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <tuple>
#include <utility>

#include "libs/base/text.h"
#include "libs/cel/text.h"

namespace phoenix::cel {
namespace {

// Whole seconds rounded down, so that the rest is never negative.
std::pair<int64_t, uint32_t> SplitSeconds(absl::Duration value) {
  absl::Duration rest;
  int64_t seconds = absl::IDivDuration(value, absl::Seconds(1), &rest);
  if (rest < absl::ZeroDuration()) {
    --seconds;
    rest += absl::Seconds(1);
  }
  return {seconds, static_cast<uint32_t>(absl::ToInt64Nanoseconds(rest))};
}

// Writes values until its budget is used up.
class ValuePrinter {
 public:
  explicit ValuePrinter(size_t max_bytes) : max_bytes_(max_bytes) {}

  std::string Finish() && {
    if (text_.size() > max_bytes_) {
      text_.resize(max_bytes_);
      text_ += "...";
    }
    return std::move(text_);
  }

  void Print(const Value& value) {
    switch (value.kind()) {
      case ValueKind::kList:
        return PrintList(value.list_value());
      case ValueKind::kMap:
        return PrintMap(value.map_value());
      case ValueKind::kStruct:
        CatTo(text_, value.struct_value().type_name(), "{...}");
        return;
      default:
        return PrintScalar(value);
    }
  }

 private:
  bool Full() const { return text_.size() > max_bytes_; }

  void PrintList(const ListValue& list) {
    text_ += "[";
    for (size_t i = 0; i < list.size() && !Full(); ++i) {
      if (i > 0) text_ += ", ";
      Print(list.At(i, arena_));
    }
    text_ += "]";
  }

  void PrintMap(const MapValue& map) {
    text_ += "{";
    const ListValue& keys = map.Keys(arena_);
    for (size_t i = 0; i < keys.size() && !Full(); ++i) {
      if (i > 0) text_ += ", ";
      Value key = keys.At(i, arena_);
      Print(key);
      text_ += ": ";
      if (auto value = map.Find(key, arena_)) Print(*value);
    }
    text_ += "}";
  }

  void PrintScalar(const Value& value);
  void PrintDouble(double value);

  Arena arena_;
  size_t max_bytes_;
  std::string text_;
};

void ValuePrinter::PrintDouble(double value) {
  if (std::isnan(value)) {
    text_ += "nan";
    return;
  }
  // The shortest text that reads back as the same number.
  char text[32];
  auto result = std::to_chars(text, text + sizeof(text), value);
  const std::string_view digits(text, result.ptr - text);
  text_ += digits;
  if (digits.find_first_not_of("-0123456789") == std::string_view::npos) {
    text_ += ".0";
  }
}

void ValuePrinter::PrintScalar(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kBool:
      text_ += value.bool_value() ? "true" : "false";
      return;
    case ValueKind::kInt:
      CatTo(text_, value.int_value());
      return;
    case ValueKind::kUint:
      CatTo(text_, value.uint_value(), "u");
      return;
    case ValueKind::kDouble:
      return PrintDouble(value.double_value());
    case ValueKind::kString:
      CatTo(text_, "\"", Escape(value.string_value(), false), "\"");
      return;
    case ValueKind::kBytes:
      CatTo(text_, "b\"", Escape(value.string_value(), true), "\"");
      return;
    case ValueKind::kType:
      CatTo(text_, value.string_value());
      return;
    case ValueKind::kTimestamp:
      CatTo(text_, "timestamp(\"",
            absl::FormatTime(value.timestamp_value(), absl::UTCTimeZone()),
            "\")");
      return;
    case ValueKind::kDuration:
      CatTo(text_, "duration(\"", absl::FormatDuration(value.duration_value()),
            "\")");
      return;
    case ValueKind::kError:
      CatTo(text_, "error(", ErrorCodeName(value.error().code), ": ",
            value.error().message, ")");
      return;
    default:
      text_ += "null";
  }
}

}  // namespace

std::string_view ErrorCodeName(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNoSuchOverload:
      return "NO_SUCH_OVERLOAD";
    case ErrorCode::kNoSuchKey:
      return "NO_SUCH_KEY";
    case ErrorCode::kNoSuchField:
      return "NO_SUCH_FIELD";
    case ErrorCode::kIndexOutOfRange:
      return "INDEX_OUT_OF_RANGE";
    case ErrorCode::kDivideByZero:
      return "DIVIDE_BY_ZERO";
    case ErrorCode::kOverflow:
      return "OVERFLOW";
    case ErrorCode::kInvalidArgument:
      return "INVALID_ARGUMENT";
    case ErrorCode::kUnknownVariable:
      return "UNKNOWN_VARIABLE";
    case ErrorCode::kDuplicateKey:
      return "DUPLICATE_KEY";
    case ErrorCode::kBudgetExceeded:
      return "BUDGET_EXCEEDED";
    case ErrorCode::kInvalidData:
      return "INVALID_DATA";
  }
  return "UNKNOWN";
}

Value Value::Bool(bool value) {
  Value result(ValueKind::kBool);
  result.bits_.boolean = value;
  return result;
}

Value Value::Int(int64_t value) {
  Value result(ValueKind::kInt);
  result.bits_.integer = value;
  return result;
}

Value Value::Uint(uint64_t value) {
  Value result(ValueKind::kUint);
  result.bits_.unsigned_integer = value;
  return result;
}

Value Value::Double(double value) {
  Value result(ValueKind::kDouble);
  result.bits_.real = value;
  return result;
}

Value Value::String(std::string_view value) {
  Value result(ValueKind::kString);
  result.bits_.text = value.data();
  result.extra_ = static_cast<uint32_t>(value.size());
  return result;
}

Value Value::Bytes(std::string_view value) {
  Value result = String(value);
  result.kind_ = ValueKind::kBytes;
  return result;
}

Value Value::List(const ListValue& value) {
  Value result(ValueKind::kList);
  result.bits_.list = &value;
  return result;
}

Value Value::Map(const MapValue& value) {
  Value result(ValueKind::kMap);
  result.bits_.map = &value;
  return result;
}

Value Value::Struct(const StructValue& value) {
  Value result(ValueKind::kStruct);
  result.bits_.message = &value;
  return result;
}

Value Value::TypeName(std::string_view name) {
  Value result = String(name);
  result.kind_ = ValueKind::kType;
  return result;
}

Value Value::Timestamp(absl::Time value) {
  Value result = Duration(value - absl::UnixEpoch());
  result.kind_ = ValueKind::kTimestamp;
  return result;
}

Value Value::Duration(absl::Duration value) {
  Value result(ValueKind::kDuration);
  std::tie(result.bits_.integer, result.extra_) = SplitSeconds(value);
  return result;
}

Value Value::Error(const EvaluationError& error) {
  Value result(ValueKind::kError);
  result.bits_.error = &error;
  return result;
}

Value Value::Error(Arena& arena, ErrorCode code, std::string_view message) {
  auto* error = arena.New<EvaluationError>();
  error->code = code;
  error->message = arena.Copy(message);
  return Error(*error);
}

std::string_view TypeNameOf(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kError:
      return "error";
    case ValueKind::kNull:
      return "null_type";
    case ValueKind::kBool:
      return "bool";
    case ValueKind::kInt:
      return "int";
    case ValueKind::kUint:
      return "uint";
    case ValueKind::kDouble:
      return "double";
    case ValueKind::kString:
      return "string";
    case ValueKind::kBytes:
      return "bytes";
    case ValueKind::kList:
      return "list";
    case ValueKind::kMap:
      return "map";
    case ValueKind::kStruct:
      return value.struct_value().type_name();
    case ValueKind::kType:
      return "type";
    case ValueKind::kTimestamp:
      return "google.protobuf.Timestamp";
    case ValueKind::kDuration:
      return "google.protobuf.Duration";
  }
  return "";
}

std::string DebugString(const Value& value, size_t max_bytes) {
  ValuePrinter printer(max_bytes);
  printer.Print(value);
  return std::move(printer).Finish();
}

}  // namespace phoenix::cel
