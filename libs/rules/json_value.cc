#include "libs/rules/json_value.h"

#include <charconv>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "libs/cel/containers.h"
#include "libs/json/json_number.h"
#include "libs/json/json_string.h"

namespace phoenix {
namespace {

using Token = const uint32_t*;

bool IsOpening(char c) { return c == '{' || c == '['; }
bool IsClosing(char c) { return c == '}' || c == ']'; }

// The token after the value at `token`.
Token After(const JsonText& text, Token token) {
  uint32_t depth = 0;
  do {
    const char c = text.blob[*token++];
    depth += IsOpening(c);
    depth -= IsClosing(c);
  } while (depth > 0);
  return token;
}

// The characters of the scalar at `token`.
std::string_view ScalarText(const JsonText& text, Token token) {
  uint32_t end = token + 1 < text.tokens_end ? token[1] : text.end;
  while (static_cast<unsigned char>(text.blob[end - 1]) <= ' ') --end;
  return {text.blob + *token, end - *token};
}

std::string_view StringAt(const JsonText& text, Token token,
                          cel::Arena& arena) {
  const std::string_view quoted = ScalarText(text, token);
  const std::string_view raw = quoted.substr(1, quoted.size() - 2);
  if (raw.find('\\') == std::string_view::npos) return raw;
  char* out = static_cast<char*>(arena.Allocate(raw.size()));
  return {out, Unescape(raw, out)};
}

// None for an integer beyond any double.
std::optional<double> NearestDouble(std::string_view integer) {
  double nearest = 0;
  const auto read =
      std::from_chars(integer.data(), integer.data() + integer.size(), nearest);
  if (read.ec != std::errc()) return std::nullopt;
  return nearest;
}

cel::Value NumberValue(std::string_view text, cel::Arena& arena) {
  const JsonNumber number = ReadNumber(text);
  switch (number.kind) {
    case JsonNumber::Kind::kInt:
      return cel::Value::Int(number.integer);
    case JsonNumber::Kind::kDouble:
      return cel::Value::Double(number.real);
    case JsonNumber::Kind::kTooLarge:
      break;
  }
  const bool is_integer = text.find_first_of(".eE") == std::string_view::npos;
  std::string message(is_integer ? "integer '" : "number '");
  message.append(text.substr(0, 40));
  message +=
      is_integer ? "' does not fit in 64 bits" : "' does not fit in a double";
  auto* error = arena.New<cel::EvaluationError>();
  error->code = cel::ErrorCode::kInvalidData;
  error->message = arena.Copy(message);
  if (is_integer) error->nearest_double = NearestDouble(text);
  return cel::Value::Error(*error);
}

cel::Value ValueAt(const JsonText& text, Token token, cel::Arena& arena);

class JsonList : public cel::ListValue {
 public:
  JsonList(const JsonText& text, Token token) : text_(text) {
    for (Token at = token + 1; text_.blob[*at] != ']';) {
      elements_.push_back(at);
      at = After(text_, at);
      if (text_.blob[*at] == ',') ++at;
    }
  }

  size_t size() const override { return elements_.size(); }
  cel::Value At(size_t index, cel::Arena& arena) const override {
    return ValueAt(text_, elements_[index], arena);
  }

 private:
  JsonText text_;
  std::vector<Token> elements_;
};

class JsonMap : public cel::MapValue {
 public:
  JsonMap(const JsonText& text, Token token) : text_(text), token_(token) {}

  size_t size() const override {
    size_t count = 0;
    ForEachKey([&](Token) { ++count; });
    return count;
  }

  std::optional<cel::Value> Find(const cel::Value& key,
                                 cel::Arena& arena) const override {
    if (!key.is_string()) return std::nullopt;
    Token found = nullptr;
    bool twice = false;
    ForEachKey([&](Token at) {
      if (StringAt(text_, at, arena) != key.string_value()) return;
      twice = twice || found != nullptr;
      found = at;
    });
    if (found == nullptr) return std::nullopt;
    if (!twice) return ValueAt(text_, found + 2, arena);
    const std::string message =
        "key '" + std::string(key.string_value()) + "' stands there twice";
    return cel::Value::Error(arena, cel::ErrorCode::kInvalidData, message);
  }

  const cel::ListValue& Keys(cel::Arena& arena) const override {
    std::vector<cel::Value> keys;
    ForEachKey([&](Token at) {
      keys.push_back(cel::Value::String(StringAt(text_, at, arena)));
    });
    return cel::MakeList(keys, arena).list_value();
  }

 private:
  template <typename Visit>
  void ForEachKey(Visit visit) const {
    for (Token at = token_ + 1; text_.blob[*at] != '}';) {
      visit(at);
      at = After(text_, at + 2);
      if (text_.blob[*at] == ',') ++at;
    }
  }

  JsonText text_;
  Token token_;
};

cel::Value ValueAt(const JsonText& text, Token token, cel::Arena& arena) {
  switch (text.blob[*token]) {
    case '{':
      return cel::Value::Map(*arena.New<JsonMap>(text, token));
    case '[':
      return cel::Value::List(*arena.New<JsonList>(text, token));
    case '"':
      return cel::Value::String(StringAt(text, token, arena));
    case 'n':
      return cel::Value::Null();
    case 't':
      return cel::Value::Bool(true);
    case 'f':
      return cel::Value::Bool(false);
    default:
      return NumberValue(ScalarText(text, token), arena);
  }
}

}  // namespace

cel::Value JsonValue(const JsonText& text, cel::Arena& arena) {
  return ValueAt(text, text.tokens, arena);
}

}  // namespace phoenix
