#include "libs/sources/file/csv_reader.h"

#include "libs/base/json_text.h"

namespace phoenix {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes digits off the beginning; false when there are none.
bool SkipDigits(std::string_view& text) {
  const size_t before = text.size();
  while (!text.empty() && IsDigit(text[0])) text.remove_prefix(1);
  return text.size() < before;
}

bool IsJsonNumber(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool zero_first = text.starts_with('0');
  const size_t digits = text.size();
  if (!SkipDigits(text) || (zero_first && digits - text.size() > 1)) {
    return false;
  }
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (!SkipDigits(text)) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (!SkipDigits(text)) return false;
  }
  return text.empty();
}

void AppendValue(const CsvField& field, std::string& out) {
  const bool literal =
      !field.quoted && (field.text == "true" || field.text == "false" ||
                        IsJsonNumber(field.text));
  if (literal) {
    out += field.text;
  } else if (!field.quoted && field.text.empty()) {
    out += "null";
  } else {
    AppendJsonText(field.text, out);
  }
}

CsvField& NextField(CsvRecord& record) {
  if (record.field_count == record.fields.size()) record.fields.emplace_back();
  CsvField& field = record.fields[record.field_count++];
  field.text.clear();
  field.quoted = false;
  return field;
}

// Reads one record from its beginning; `at_` is where it stands.
class RecordParser {
 public:
  RecordParser(std::string_view input, bool ended, CsvRecord& record)
      : input_(input), ended_(ended), record_(record) {
    record_.field_count = 0;
    record_.valid = true;
  }

  CsvResult Parse() {
    do {
      CsvField& field = NextField(record_);
      const bool complete =
          Peek() == '"' ? ReadQuoted(field) : ReadPlain(field);
      if (!complete) return CsvResult::kIncomplete;
    } while (record_.valid && TakeComma());
    if (!record_.valid) return SkipLine();
    return TakeLineEnd() ? CsvResult::kRecord : CsvResult::kIncomplete;
  }

 private:
  bool AtEnd() const { return at_ == input_.size(); }
  char Peek() const { return AtEnd() ? '\0' : input_[at_]; }

  bool TakeComma() {
    if (Peek() != ',') return false;
    ++at_;
    return true;
  }

  bool ReadPlain(CsvField& field) {
    const size_t end = input_.find_first_of(",\n", at_);
    if (end == std::string_view::npos && !ended_) return false;
    std::string_view text = input_.substr(at_, end - at_);
    at_ += text.size();
    if (text.ends_with('\r') && Peek() != ',') text.remove_suffix(1);
    field.text = text;
    return true;
  }

  bool ReadQuoted(CsvField& field) {
    field.quoted = true;
    ++at_;
    for (;;) {
      const size_t quote = input_.find('"', at_);
      if (quote == std::string_view::npos) {
        record_.valid = !ended_;
        return ended_;
      }
      field.text += input_.substr(at_, quote - at_);
      at_ = quote + 1;
      if (AtEnd() && !ended_) return false;
      if (Peek() != '"') break;
      field.text += '"';
      ++at_;
    }
    return CheckAfterQuote();
  }

  // A comma or the line's end must follow.
  bool CheckAfterQuote() {
    if (Peek() == '\r' && at_ + 1 == input_.size() && !ended_) return false;
    if (input_.substr(at_, 2) == "\r\n" || (Peek() == '\r' && ended_)) ++at_;
    record_.valid = AtEnd() || Peek() == ',' || Peek() == '\n';
    return true;
  }

  bool TakeLineEnd() {
    if (!AtEnd()) ++at_;
    record_.size = at_;
    return true;
  }

  CsvResult SkipLine() {
    const size_t newline = input_.find('\n', at_);
    if (newline == std::string_view::npos && !ended_) {
      return CsvResult::kIncomplete;
    }
    record_.size =
        newline == std::string_view::npos ? input_.size() : newline + 1;
    return CsvResult::kRecord;
  }

  const std::string_view input_;
  const bool ended_;
  CsvRecord& record_;
  size_t at_ = 0;
};

}  // namespace

CsvResult ReadCsvRecord(std::string_view input, bool ended, CsvRecord& record) {
  if (input.empty()) return CsvResult::kIncomplete;
  return RecordParser(input, ended, record).Parse();
}

void AppendCsvObject(const std::vector<std::string>& names,
                     const CsvRecord& record, std::string& out) {
  out += '{';
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += ',';
    out += names[i];
    out += ':';
    AppendValue(record.fields[i], out);
  }
  out += '}';
}

}  // namespace phoenix
