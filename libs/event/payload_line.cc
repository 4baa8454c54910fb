#include "libs/event/payload_line.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "absl/strings/escaping.h"
#include "libs/base/json_text.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

bool Has(std::string_view text, char c) {
  return !text.empty() && std::memchr(text.data(), c, text.size()) != nullptr;
}

}  // namespace

void AppendPayloadLine(const EventBatch& batch, uint32_t row,
                       std::string& out) {
  const std::string_view payload = batch.payload(row);
  switch (batch.payloads().kinds.at(row)) {
    case PayloadKind::kText:
      AppendOnOneLine(payload, out);
      break;
    case PayloadKind::kNone:
      out += "null";
      break;
    case PayloadKind::kPlainText:
      AppendJsonText(payload, out);
      break;
    case PayloadKind::kBinary:
    case PayloadKind::kProto:
      AppendBase64String(payload, out);
      break;
  }
  out += '\n';
}

void AppendOnOneLine(std::string_view text, std::string& out) {
  const size_t begin = out.size();
  out.append(text);
  if (!Has(text, '\n') && !Has(text, '\r')) return;
  const auto is_break = [](char c) { return c == '\n' || c == '\r'; };
  std::replace_if(out.begin() + begin, out.end(), is_break, ' ');
}

void AppendBase64String(std::string_view bytes, std::string& out) {
  std::string text;
  absl::Base64Escape(ToAbsl(bytes), &text);
  out += '"';
  out += text;
  out += '"';
}

}  // namespace phoenix
