#ifndef LIBS_SOURCES_FILE_CSV_READER_H_
#define LIBS_SOURCES_FILE_CSV_READER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace phoenix {

// One field of a record.
struct CsvField {
  std::string text;     // Without quotes, doubled ones undone.
  bool quoted = false;  // A quoted field is text, whatever it looks like.
};

// One record, reused from one to the next.
struct CsvRecord {
  std::vector<CsvField> fields;
  size_t field_count = 0;  // How many of `fields` are of this record.
  size_t size = 0;         // Bytes of the input, its line end among them.
  bool valid = false;      // False: its quotes are wrong.
};

enum class CsvResult : uint8_t { kRecord, kIncomplete };

// Reads the record at the beginning of `input` as RFC 4180 has it: fields
// between commas, in double quotes if they hold commas, quotes (doubled) or
// line ends. Records end in LF or CRLF; with `ended` the last need not.
// kIncomplete: the record's end is not in the input. After a record with wrong
// quotes reading goes on at the next line.
CsvResult ReadCsvRecord(std::string_view input, bool ended, CsvRecord& record);

// Appends a JSON object with a member for each name; `names` are JSON strings,
// as many as the record has fields. Types as file_source.proto says.
void AppendCsvObject(const std::vector<std::string>& names,
                     const CsvRecord& record, std::string& out);

}  // namespace phoenix

#endif  // LIBS_SOURCES_FILE_CSV_READER_H_
