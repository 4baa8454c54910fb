#include "libs/sinks/rows/ndjson_row_encoder.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"

namespace phoenix {
namespace {

constexpr std::string_view kNull = "null";

// Whether the rows of a batch are JSON, asked of each row only if they differ.
class JsonCheck {
 public:
  JsonCheck(const EventBatch& batch, std::string& scratch)
      : types_(batch.attribute(Attribute::kDataContentType)),
        scratch_(scratch) {
    const bool known = batch.payloads().json_index != nullptr;
    per_row_ = !known && types_.kind() == StringColumn::Kind::kRanges;
    all_ = known || per_row_ || IsJsonContentType(types_.Get(0, scratch_));
  }

  bool IsJson(uint32_t row) {
    return per_row_ ? IsJsonContentType(types_.Get(row, scratch_)) : all_;
  }

  absl::Status Error(uint32_t row) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "payload of type '%s' is not JSON: expected a sink with format "
        "cloudevents",
        types_.Get(row, scratch_)));
  }

 private:
  const StringColumn& types_;
  std::string& scratch_;
  bool per_row_;
  bool all_;
};

}  // namespace

bool IsJsonContentType(std::string_view content_type) {
  const size_t end = std::min(content_type.find(';'), content_type.size());
  std::string type(content_type.substr(0, end));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  return type.empty() || absl::EqualsIgnoreCase(type, "application/json") ||
         absl::EqualsIgnoreCase(type, "text/json") ||
         absl::EndsWithIgnoreCase(type, "+json");
}

void NdjsonRowEncoder::Encode(const BatchView& view, EncodedRows& out) {
  const EventBatch& batch = *view.batch;
  const std::string_view blob = batch.payloads().blob.view();
  const ByteRange* ranges = batch.payloads().ranges->data();
  JsonCheck check(batch, scratch_);
  out.lines.resize(view.rows.size());
  out.errors.clear();
  out.text.clear();
  copies_.clear();
  for (size_t i = 0; i < view.rows.size(); ++i) {
    const uint32_t row = view.rows[i];
    if (check.IsJson(row)) {
      EncodePayload(ranges[row].In(blob), i, out);
    } else {
      out.lines[i] = {};
      out.errors.push_back({i, check.Error(row)});
    }
  }
  const std::string_view text = out.text;
  for (const Copy& copy : copies_) {
    out.lines[copy.index] = text.substr(copy.begin, copy.end - copy.begin);
  }
}

void NdjsonRowEncoder::EncodePayload(std::string_view payload, size_t index,
                                     EncodedRows& out) {
  if (payload.empty()) {
    out.lines[index] = kNull;
  } else if (memchr(payload.data(), '\n', payload.size()) == nullptr) {
    out.lines[index] = payload;
  } else {
    const size_t begin = out.text.size();
    out.text.append(payload);
    std::replace(out.text.begin() + begin, out.text.end(), '\n', ' ');
    copies_.push_back({index, begin, out.text.size()});
  }
}

}  // namespace phoenix
