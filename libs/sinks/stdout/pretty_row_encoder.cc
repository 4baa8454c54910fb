#include "libs/sinks/stdout/pretty_row_encoder.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "libs/event/event_batch.h"

namespace phoenix {
namespace {

// Deeper levels are not indented further: a line stays readable, and the output
// linear in the input.
constexpr int kMaxIndentedLevels = 32;

constexpr Attribute kShown[] = {Attribute::kType, Attribute::kId,
                                Attribute::kSource, Attribute::kSubject,
                                Attribute::kTime};

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

void AppendPrintable(char c, std::string& out) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte < 0x20 || byte == 0x7F) {
    absl::StrAppendFormat(&out, "\\x%02x", byte);
  } else {
    out.push_back(c);
  }
}

// Writes tokens of JSON with their white space made anew.
class Indenter {
 public:
  explicit Indenter(std::string& out) : out_(out) {}

  void Put(std::string_view json) {
    for (size_t i = 0; i < json.size(); ++i) {
      if (in_string_) {
        PutInString(json[i]);
      } else if (!IsSpace(json[i])) {
        PutToken(json[i]);
      }
    }
  }

 private:
  void PutInString(char c) {
    AppendPrintable(c, out_);
    in_string_ = escaped_ || c != '"';
    escaped_ = !escaped_ && c == '\\';
  }

  void PutToken(char c) {
    const bool closes = c == '}' || c == ']';
    if (closes) --level_;
    if (closes ? !after_open_ : after_open_) NewLine();
    after_open_ = c == '{' || c == '[';
    if (after_open_) ++level_;
    AppendPrintable(c, out_);
    in_string_ = c == '"';
    if (c == ':') out_.push_back(' ');
    if (c == ',') NewLine();
  }

  void NewLine() {
    out_.push_back('\n');
    out_.append(2 * std::clamp(level_, 0, kMaxIndentedLevels), ' ');
  }

  std::string& out_;
  int level_ = 0;
  bool after_open_ = false;
  bool in_string_ = false;
  bool escaped_ = false;
};

}  // namespace

void PrettyRowEncoder::Encode(const BatchView& view, EncodedRows& out) {
  out.errors.clear();
  out.text.clear();
  ends_.clear();
  for (uint32_t row : view.rows) {
    AppendAttributes(*view.batch, row, out.text);
    out.text.push_back('\n');
    AppendIndented(view.batch->payload(row), out.text);
    ends_.push_back(out.text.size());
  }
  SetLinesByEnds(ends_, out);
}

void PrettyRowEncoder::AppendAttributes(const EventBatch& batch, uint32_t row,
                                        std::string& out) {
  for (Attribute attribute : kShown) {
    const StringColumn& column = batch.attribute(attribute);
    if (!column.HasValue(row)) continue;
    if (attribute != Attribute::kType) out.push_back(' ');
    for (char c : column.Get(row, scratch_)) AppendPrintable(c, out);
  }
}

void AppendIndented(std::string_view json, std::string& out) {
  Indenter(out).Put(json);
}

}  // namespace phoenix
