#include "libs/pipeline/schema/pretty_json.h"

#include "libs/base/json_text.h"
#include "libs/base/text.h"
#include "libs/pipeline/scalar_text.h"

namespace phoenix {

void PrettyJson::Key(std::string_view key) {
  Separate();
  CatTo(text_, JsonText(key), ": ");
  after_key_ = true;
}

void PrettyJson::String(std::string_view text) { Raw(JsonText(text)); }

void PrettyJson::Number(double value) { Raw(FormatNumber(value)); }

void PrettyJson::Member(std::string_view key,
                        const std::vector<std::string>& texts) {
  Key(key);
  BeginArray();
  for (const std::string& text : texts) String(text);
  EndArray();
}

void PrettyJson::Begin(char bracket) {
  Separate();
  text_.push_back(bracket);
  ++depth_;
  first_ = true;
}

void PrettyJson::End(char bracket) {
  --depth_;
  if (!first_) {
    text_.push_back('\n');
    text_.append(static_cast<size_t>(depth_) * 2, ' ');
  }
  text_.push_back(bracket);
  first_ = false;
}

void PrettyJson::Raw(std::string_view text) {
  Separate();
  text_.append(text);
}

void PrettyJson::Separate() {
  if (after_key_) {
    after_key_ = false;
    first_ = false;
    return;
  }
  if (depth_ == 0) return;
  if (!first_) text_.push_back(',');
  text_.push_back('\n');
  text_.append(static_cast<size_t>(depth_) * 2, ' ');
  first_ = false;
}

}  // namespace phoenix
