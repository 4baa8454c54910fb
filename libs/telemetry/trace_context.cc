#include "libs/telemetry/trace_context.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

// version "-" trace id "-" parent id "-" flags, all in hexadecimal digits.
constexpr size_t kVersionAt = 0;
constexpr size_t kTraceIdAt = 3;
constexpr size_t kParentIdAt = 36;
constexpr size_t kFlagsAt = 53;
constexpr size_t kTraceparentSize = 55;

constexpr size_t kMaxKeyBytes = 256;
constexpr size_t kMaxTenantBytes = 241;
constexpr size_t kMaxSystemBytes = 14;
constexpr size_t kMaxValueBytes = 256;

absl::Status Invalid(std::string_view header, std::string_view problem) {
  return absl::InvalidArgumentError(Cat(header, ": ", problem));
}

// The value of a lower-case hexadecimal digit, or -1.
int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool ParseHex(std::string_view text, uint8_t* bytes) {
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = HexDigit(text[i]);
    const int low = HexDigit(text[i + 1]);
    if (high < 0 || low < 0) return false;
    bytes[i / 2] = static_cast<uint8_t>(high * 16 + low);
  }
  return true;
}

template <size_t kSize>
bool ParseId(std::string_view header, size_t at,
             std::array<uint8_t, kSize>* id) {
  if (!ParseHex(header.substr(at, 2 * kSize), id->data())) return false;
  return std::any_of(id->begin(), id->end(), [](uint8_t b) { return b != 0; });
}

template <size_t kSize>
std::string Hex(const std::array<uint8_t, kSize>& bytes) {
  return absl::BytesToHexString(absl::string_view(
      reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

template <size_t kSize>
void FillId(Random& random, std::array<uint8_t, kSize>* id) {
  for (uint8_t& byte : *id) byte = static_cast<uint8_t>(random.Next());
  if (std::all_of(id->begin(), id->end(), [](uint8_t b) { return b == 0; })) {
    id->back() = 1;
  }
}

bool HasSeparators(std::string_view header) {
  return header[kTraceIdAt - 1] == '-' && header[kParentIdAt - 1] == '-' &&
         header[kFlagsAt - 1] == '-';
}

bool IsKeyByte(char c) {
  return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_' ||
         c == '-' || c == '*' || c == '/';
}

bool IsKeyPart(std::string_view part, size_t max_bytes, bool digit_first) {
  if (part.empty() || part.size() > max_bytes) return false;
  const bool first = absl::ascii_islower(part[0]) ||
                     (digit_first && absl::ascii_isdigit(part[0]));
  return first && std::all_of(part.begin(), part.end(), IsKeyByte);
}

// `key` or `tenant@system`.
bool IsKey(std::string_view key) {
  const size_t at = key.find('@');
  if (at == key.npos) return IsKeyPart(key, kMaxKeyBytes, false);
  return IsKeyPart(key.substr(0, at), kMaxTenantBytes, true) &&
         IsKeyPart(key.substr(at + 1), kMaxSystemBytes, false);
}

bool IsValueByte(char c) {
  return c >= ' ' && c <= '~' && c != ',' && c != '=';
}

bool IsValue(std::string_view value) {
  return !value.empty() && value.size() <= kMaxValueBytes &&
         value.back() != ' ' &&
         std::all_of(value.begin(), value.end(), IsValueByte);
}

std::string_view TrimBlanks(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

absl::StatusOr<TraceContext> ParseTraceparent(std::string_view header) {
  uint8_t version = 0;
  if (header.size() < kTraceparentSize) {
    return Invalid("traceparent", "shorter than 55 characters");
  }
  if (!HasSeparators(header) ||
      !ParseHex(header.substr(kVersionAt, 2), &version)) {
    return Invalid("traceparent",
                   "not of the form 'version-trace-parent-flags'");
  }
  if (version == 0xff) return Invalid("traceparent", "version 'ff' is invalid");
  const bool longer = header.size() > kTraceparentSize;
  if (longer && (version == 0 || header[kTraceparentSize] != '-')) {
    return Invalid("traceparent", "longer than its version allows");
  }
  TraceContext context;
  if (!ParseId(header, kTraceIdAt, &context.trace_id)) {
    return Invalid("traceparent",
                   "trace id is not 32 hexadecimal digits other than zero");
  }
  if (!ParseId(header, kParentIdAt, &context.parent_id)) {
    return Invalid("traceparent",
                   "parent id is not 16 hexadecimal digits other than zero");
  }
  if (!ParseHex(header.substr(kFlagsAt, 2), &context.flags)) {
    return Invalid("traceparent", "flags are not 2 hexadecimal digits");
  }
  return context;
}

std::string FormatTraceparent(const TraceContext& context) {
  return Cat("00-", Hex(context.trace_id), "-", Hex(context.parent_id),
             context.sampled() ? "-01" : "-00");
}

absl::Status ValidateTracestate(std::string_view header) {
  if (header.size() > kMaxTracestateBytes) {
    return Invalid("tracestate",
                   Cat("longer than ", kMaxTracestateBytes, " bytes"));
  }
  std::set<std::string_view> keys;
  for (absl::string_view part : absl::StrSplit(ToAbsl(header), ',')) {
    const std::string_view member = TrimBlanks(FromAbsl(part));
    if (member.empty()) continue;
    const size_t equals = member.find('=');
    if (equals == member.npos || !IsKey(member.substr(0, equals)) ||
        !IsValue(member.substr(equals + 1))) {
      return Invalid("tracestate", "a member is not of the form 'key=value'");
    }
    if (!keys.insert(member.substr(0, equals)).second) {
      return Invalid("tracestate", "a key appears twice");
    }
  }
  if (keys.size() > kMaxTracestateMembers) {
    return Invalid("tracestate",
                   Cat("more than ", kMaxTracestateMembers, " members"));
  }
  return absl::OkStatus();
}

TraceContext NewTrace(Random& random, bool sampled) {
  TraceContext context;
  FillId(random, &context.trace_id);
  FillId(random, &context.parent_id);
  context.flags = sampled ? TraceContext::kSampledFlag : 0;
  return context;
}

TraceContext ChildOf(const TraceContext& parent, Random& random) {
  TraceContext child = parent;
  FillId(random, &child.parent_id);
  return child;
}

}  // namespace phoenix
