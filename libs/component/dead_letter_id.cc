#include "libs/component/dead_letter_id.h"

#include <string_view>

#include "absl/strings/escaping.h"
#include "libs/base/text.h"
#include "openssl/sha.h"

namespace phoenix {
namespace {

// 64 bits: only events of one source and id are told apart by it.
constexpr size_t kDigestBytes = 8;

std::string Digest(std::string_view bytes) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         digest);
  return std::string(reinterpret_cast<const char*>(digest), kDigestBytes);
}

// With lengths, so that no two lists of attributes are one text.
void AppendAttribute(std::string_view name, std::string_view value,
                     std::string& text) {
  CatTo(text, name, "=", value.size(), ":", value, ";");
}

// Each request may give an event a trace of its own.
bool IsTrace(std::string_view name) {
  return name == "traceparent" || name == "tracestate";
}

}  // namespace

std::string DeadLetterId(const EventBatch& events, uint32_t row) {
  std::string content = Digest(events.payload(row));
  std::string scratch;
  for (size_t i = 0; i < kAttributeCount; ++i) {
    const auto attribute = static_cast<Attribute>(i);
    const StringColumn& column = events.attribute(attribute);
    if (!column.HasValue(row)) continue;
    AppendAttribute(AttributeName(attribute), column.Get(row, scratch),
                    content);
  }
  for (const ExtensionColumn& column : events.extensions()) {
    if (!column.values.HasValue(row) || IsTrace(column.name)) continue;
    AppendAttribute(column.name, column.values.Get(row, scratch), content);
  }
  return Cat(events.attribute(Attribute::kSource).ToString(row), "#",
             events.attribute(Attribute::kId).ToString(row), "#",
             absl::BytesToHexString(ToAbsl(Digest(content))));
}

}  // namespace phoenix
