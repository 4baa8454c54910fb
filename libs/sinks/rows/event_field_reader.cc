#include "libs/sinks/rows/event_field_reader.h"

#include <simdjson.h>

#include <string_view>

namespace phoenix {
namespace {

using Result = EventFieldReader::Result;
namespace ondemand = simdjson::ondemand;

std::string_view TrimEnd(std::string_view token) {
  while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ') {
    token.remove_suffix(1);
  }
  return token;
}

// Appends a scalar, or whatever has a raw token, of a document or value.
template <typename Value>
Result AppendValue(Value& value, std::string& out) {
  ondemand::json_type type;
  if (value.type().get(type)) return Result::kMalformed;
  std::string_view text;
  switch (type) {
    case ondemand::json_type::null:
      return Result::kNull;
    case ondemand::json_type::string:
      if (value.get_string().get(text)) return Result::kMalformed;
      out.append(text);
      return Result::kScalar;
    case ondemand::json_type::object:
    case ondemand::json_type::array:
      if (simdjson::to_json_string(value).get(text)) return Result::kMalformed;
      out.append(TrimEnd(text));
      return Result::kJson;
    default:
      if (simdjson::simdjson_result<std::string_view>(value.raw_json_token())
              .get(text)) {
        return Result::kMalformed;
      }
      out.append(TrimEnd(text));
      return Result::kScalar;
  }
}

}  // namespace

// The parsed payload of the reader's row.
class EventFieldReader::Payload {
 public:
  void Forget() { state_ = State::kUnparsed; }

  Result Append(std::string_view json, const EventField& field,
                std::string& out) {
    if (!Rewind(json)) return Result::kMalformed;
    if (field.path.empty()) return AppendValue(document_, out);
    ondemand::json_type type;
    if (document_.type().get(type)) return Result::kMalformed;
    if (type != ondemand::json_type::object) return Result::kMissing;
    ondemand::value value;
    auto error = document_.find_field_unordered(field.path[0]).get(value);
    for (size_t i = 1; i < field.path.size() && !error; ++i) {
      error = value.find_field_unordered(field.path[i]).get(value);
    }
    if (!error) return AppendValue(value, out);
    return error == simdjson::NO_SUCH_FIELD || error == simdjson::INCORRECT_TYPE
               ? Result::kMissing
               : Result::kMalformed;
  }

 private:
  enum class State { kUnparsed, kParsed, kMalformed };

  // Goes to the payload's beginning: false when it is not JSON.
  bool Rewind(std::string_view json) {
    if (state_ == State::kParsed) {
      document_.rewind();
    } else if (state_ == State::kUnparsed) {
      padded_.assign(json);
      padded_.reserve(json.size() + simdjson::SIMDJSON_PADDING);
      state_ = parser_.iterate(padded_.data(), json.size(), padded_.capacity())
                       .get(document_)
                   ? State::kMalformed
                   : State::kParsed;
    }
    return state_ == State::kParsed;
  }

  State state_ = State::kUnparsed;
  std::string padded_;
  ondemand::parser parser_;
  ondemand::document document_;
};

EventFieldReader::EventFieldReader() : payload_(std::make_unique<Payload>()) {}

EventFieldReader::~EventFieldReader() = default;

void EventFieldReader::SetRow(const EventBatch& batch, uint32_t row) {
  batch_ = &batch;
  row_ = row;
  payload_->Forget();
}

Result EventFieldReader::Append(const EventField& field, std::string& out) {
  switch (field.kind) {
    case EventField::Kind::kAttribute:
      return AppendAttribute(batch_->attribute(field.attribute), out);
    case EventField::Kind::kExtension: {
      const ExtensionColumn* column = batch_->FindExtension(field.extension);
      if (column == nullptr) return Result::kMissing;
      return AppendAttribute(column->values, out);
    }
    case EventField::Kind::kData:
      break;
  }
  return payload_->Append(batch_->payload(row_), field, out);
}

Result EventFieldReader::AppendAttribute(const StringColumn& column,
                                         std::string& out) {
  if (!column.HasValue(row_)) return Result::kMissing;
  out.append(column.Get(row_, scratch_));
  return Result::kScalar;
}

}  // namespace phoenix
