#ifndef LIBS_PIPELINE_SCHEMA_PRETTY_JSON_H_
#define LIBS_PIPELINE_SCHEMA_PRETTY_JSON_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace phoenix {

// Writes JSON for people: members in the order they are written, two spaces a
// level. The caller nests Begin and End rightly and writes a key before every
// member of an object. Thread-compatible.
class PrettyJson {
 public:
  void BeginObject() { Begin('{'); }
  void EndObject() { End('}'); }
  void BeginArray() { Begin('['); }
  void EndArray() { End(']'); }

  // The key of the member that is written next.
  void Key(std::string_view key);

  void String(std::string_view text);
  void Bool(bool value) { Raw(value ? "true" : "false"); }
  void Integer(int64_t value) { Raw(std::to_string(value)); }
  void Number(double value);
  void Null() { Raw("null"); }

  // Members of an object in one call.
  void Member(std::string_view key, std::string_view text) {
    Key(key);
    String(text);
  }
  void Member(std::string_view key, const char* text) {
    Member(key, std::string_view(text));
  }
  void Member(std::string_view key, bool value) {
    Key(key);
    Bool(value);
  }
  void Member(std::string_view key, int64_t value) {
    Key(key);
    Integer(value);
  }
  void Member(std::string_view key, const std::vector<std::string>& texts);

  // What was written, with a line break at the end.
  std::string Finish() && { return std::move(text_) + "\n"; }

 private:
  void Begin(char bracket);
  void End(char bracket);
  void Raw(std::string_view text);
  // What stands before a value: a comma, a line break, nothing after a key.
  void Separate();

  std::string text_;
  int depth_ = 0;
  bool first_ = true;  // Of the innermost object or array.
  bool after_key_ = false;
};

}  // namespace phoenix

#endif  // LIBS_PIPELINE_SCHEMA_PRETTY_JSON_H_
