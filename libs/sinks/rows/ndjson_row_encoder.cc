#include "libs/sinks/rows/ndjson_row_encoder.h"

#include <cstring>

#include "libs/base/json_text.h"
#include "libs/event/attribute_name.h"
#include "libs/event/payload_line.h"

namespace phoenix {
namespace {

bool HasLineEnd(std::string_view text) {
  return memchr(text.data(), '\n', text.size()) != nullptr ||
         memchr(text.data(), '\r', text.size()) != nullptr;
}

// Whether one look at the batch tells that all its payloads are JSON.
bool AllAreJson(const EventBatch& batch, std::string& scratch) {
  const PayloadColumn& payloads = batch.payloads();
  if (payloads.kinds.values.size() != 1 ||
      payloads.kinds.at(0) != PayloadKind::kText) {
    return false;
  }
  if (payloads.json_index != nullptr) return true;
  const StringColumn& types = batch.attribute(Attribute::kDataContentType);
  return types.kind() != StringColumn::Kind::kRanges &&
         IsJsonContentType(types.Get(0, scratch));
}

}  // namespace

void NdjsonRowEncoder::Encode(const BatchView& view, EncodedRows& out) {
  const EventBatch& batch = *view.batch;
  const bool all_json = AllAreJson(batch, scratch_);
  out.lines.resize(view.rows.size());
  out.errors.clear();
  out.text.clear();
  copies_.clear();
  for (size_t i = 0; i < view.rows.size(); ++i) {
    const uint32_t row = view.rows[i];
    if (all_json || IsJson(batch, row)) {
      EncodeJson(batch.payload(row), i, out);
    } else {
      EncodeOther(batch, row, i, out);
    }
  }
  const std::string_view text = out.text;
  for (const Copy& copy : copies_) {
    out.lines[copy.index] = text.substr(copy.begin, copy.end - copy.begin);
  }
}

bool NdjsonRowEncoder::IsJson(const EventBatch& batch, uint32_t row) {
  const StringColumn& types = batch.attribute(Attribute::kDataContentType);
  return batch.payloads().kinds.at(row) == PayloadKind::kText &&
         IsJsonContentType(types.Get(row, scratch_));
}

void NdjsonRowEncoder::EncodeJson(std::string_view payload, size_t index,
                                  EncodedRows& out) {
  if (payload.empty()) {
    out.lines[index] = "null";
  } else if (!HasLineEnd(payload)) {
    out.lines[index] = payload;
  } else {
    const size_t begin = out.text.size();
    AppendOnOneLine(payload, out.text);
    copies_.push_back({index, begin, out.text.size()});
  }
}

void NdjsonRowEncoder::EncodeOther(const EventBatch& batch, uint32_t row,
                                   size_t index, EncodedRows& out) {
  const size_t begin = out.text.size();
  const std::string_view payload = batch.payload(row);
  switch (batch.payloads().kinds.at(row)) {
    case PayloadKind::kNone:
      out.text += "null";
      break;
    case PayloadKind::kText:
    case PayloadKind::kPlainText:
      AppendJsonText(payload, out.text);
      break;
    default:
      AppendBase64String(payload, out.text);
  }
  copies_.push_back({index, begin, out.text.size()});
}

}  // namespace phoenix
