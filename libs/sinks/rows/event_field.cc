#include "libs/sinks/rows/event_field.h"

#include <utility>

namespace phoenix {
namespace {

constexpr std::string_view kExtensionPrefix = "ext.";
constexpr std::string_view kDataPrefix = "data.";

// The parts between dots; nothing when one is empty or there are too many.
std::optional<std::vector<std::string>> SplitPath(std::string_view path) {
  std::vector<std::string> parts;
  for (;;) {
    const size_t dot = path.find('.');
    const std::string_view part = path.substr(0, dot);
    if (part.empty() || parts.size() == EventField::kMaxPathLength) {
      return std::nullopt;
    }
    parts.emplace_back(part);
    if (dot == std::string_view::npos) return parts;
    path.remove_prefix(dot + 1);
  }
}

bool IsExtensionName(std::string_view name) {
  for (char c : name) {
    if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) return false;
  }
  return !name.empty();
}

}  // namespace

std::optional<EventField> ParseEventField(std::string_view name) {
  EventField field;
  field.name = name;
  if (const auto attribute = FindAttribute(name)) {
    field.kind = EventField::Kind::kAttribute;
    field.attribute = *attribute;
    return field;
  }
  if (name == "data") return field;
  if (name.starts_with(kExtensionPrefix)) {
    field.kind = EventField::Kind::kExtension;
    field.extension = name.substr(kExtensionPrefix.size());
    if (!IsExtensionName(field.extension)) return std::nullopt;
    return field;
  }
  if (!name.starts_with(kDataPrefix)) return std::nullopt;
  auto path = SplitPath(name.substr(kDataPrefix.size()));
  if (!path.has_value()) return std::nullopt;
  field.path = *std::move(path);
  return field;
}

}  // namespace phoenix
