#include "libs/pipeline/message_reader.h"

#include <memory>
#include <utility>

#include "google/protobuf/any.pb.h"
#include "libs/base/text.h"
#include "libs/pipeline/field_constraint.h"
#include "libs/pipeline/revision.h"
#include "libs/pipeline/scalar_field.h"
#include "libs/pipeline/yaml_json.h"

namespace phoenix {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// What is shown of a wrong value: enough to find it.
constexpr size_t kMaxShownBytes = 60;

// A value for error texts; that of a secret is never shown.
std::string Shown(const YamlNode& node, const FieldDescriptor& field) {
  if (ConstraintOf(field).secret()) return "'***'";
  if (node.text().size() <= kMaxShownBytes) return Cat("'", node.text(), "'");
  size_t end = kMaxShownBytes;
  while (end > 0 && (node.text()[end] & 0xC0) == 0x80) --end;
  return Cat("'", node.text().substr(0, end), "...'");
}

bool IsMessage(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         !IsDuration(field);
}

bool IsNumberOrBool(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_ENUM:
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return false;
    default:
      return !ConstraintOf(field).bytes();
  }
}

std::vector<std::string> FieldNames(const Descriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i) != KindField(type))
      names.push_back(type.field(i)->name());
  }
  return names;
}

std::string Join(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : Cat(path, ".", name);
}

// The list in which an element stands: `steps[3]` -> `steps`.
std::string_view ListOf(std::string_view path) {
  return path.substr(0, path.find('['));
}

const ConfigKind* FindKind(const std::vector<ConfigKind>& kinds,
                           const std::string& name) {
  for (const ConfigKind& kind : kinds) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

bool IsFieldName(const Descriptor& type, const std::string& name) {
  const FieldDescriptor* field = type.FindFieldByName(name);
  return field != nullptr && field != KindField(type);
}

std::string UnknownKey(const std::string& key,
                       const std::vector<std::string>& names) {
  const std::string expected = names.empty() ? "no keys" : OneOf(names);
  return Cat("unknown key '", key, "': expected ", expected,
             DidYouMean(key, names));
}

std::string DuplicateKey(const YamlNode& key) {
  return Cat("duplicate key '", key.text(), "': expected each key once");
}

std::string MissingKind(const std::vector<ConfigKind>& kinds) {
  std::vector<std::string> names;
  for (const ConfigKind& kind : kinds) names.push_back(kind.name);
  return Cat("component has no kind: expected ", OneOf(names));
}

// The values that a field lists.
std::vector<std::string> KnownValues(const FieldDescriptor& field) {
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    return EnumValueNames(*field.enum_type());
  }
  const auto& allowed = ConstraintOf(field).allowed();
  return {allowed.begin(), allowed.end()};
}

// What is wrong with the form of a single value, whatever it says; empty when
// it may be looked at.
std::string WrongForm(const YamlNode& value, const FieldDescriptor& field) {
  if (value.is_null()) return "null";
  if (!value.is_scalar()) return std::string(DescribeKind(value));
  if (ConstraintOf(field).secret() && !value.value.has_variable) {
    return "a secret that stands in the file";
  }
  if (value.quoted && !value.value.has_variable && IsNumberOrBool(field)) {
    return Cat("the text ", Shown(value, field));
  }
  if (ConstraintOf(field).required() && value.text().empty()) return "empty";
  return "";
}

std::string ExpectedForm(const FieldDescriptor& field) {
  if (ConstraintOf(field).secret()) return "a reference such as '${SECRET}'";
  return ExpectedValue(field);
}

}  // namespace

void MessageReader::Error(const YamlNode& node, const std::string& path,
                          std::string message) {
  broken_.Add(path);
  diagnostics_.Add(positions_.PositionOf(node), std::move(message));
}

void MessageReader::Read(const YamlNode& node, const std::string& path,
                         Message& message) {
  positions_.Record(path, node);
  const Descriptor& type = *message.GetDescriptor();
  if (KindField(type) != nullptr) return ReadComponent(node, path, message);
  ReadMapping(node, node, path, message, nullptr);
}

// `given` is a field that was already read: the key of a keyed element.
void MessageReader::ReadMapping(const YamlNode& node, const YamlNode& place,
                                const std::string& path, Message& message,
                                const Field* given) {
  Written written;
  if (given != nullptr) written.insert(given);
  const Descriptor& type = *message.GetDescriptor();
  const std::string& shorthand = ConstraintOf(type).shorthand();
  if (node.is_mapping()) {
    for (const auto& [key, value] : node.entries) {
      ReadEntry(*key, *value, path, message, written);
    }
  } else if (!shorthand.empty() && !node.is_null()) {
    const Field* field = type.FindFieldByName(shorthand);
    written.insert(field);
    ReadField(node, Join(path, shorthand), message, *field);
  } else if (!shorthand.empty() &&
             ConstraintOf(*type.FindFieldByName(shorthand)).required()) {
    const Field* field = type.FindFieldByName(shorthand);
    written.insert(field);
    Error(place, path,
          Cat("'", shorthand, "' is null: expected ", ExpectedForm(*field)));
  } else if (!node.is_null()) {
    return Error(node, path,
                 Cat("found ", DescribeKind(node), ": expected a mapping with ",
                     OneOf(FieldNames(type))));
  }
  CheckWritten(place, path, message, written);
  CheckExactlyOne(place, path, message, written);
  FillDefaults(message, written);
}

void MessageReader::ReadEntry(const YamlNode& key, const YamlNode& value,
                              const std::string& path, Message& message,
                              Written& written) {
  const Descriptor& type = *message.GetDescriptor();
  const Field* field = type.FindFieldByName(key.text());
  if (field == nullptr) {
    return Error(key, path, UnknownKey(key.text(), FieldNames(type)));
  }
  if (!written.insert(field).second) {
    return Error(key, path, DuplicateKey(key));
  }
  ReadField(value, Join(path, field->name()), message, *field);
}

void MessageReader::CheckWritten(const YamlNode& place, const std::string& path,
                                 const Message& message,
                                 const Written& written) {
  const Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const Field& field = *type.field(i);
    if (!ConstraintOf(field).required() || written.contains(&field)) continue;
    const std::string expected = field.is_repeated()
                                     ? std::string("at least one entry")
                                     : ExpectedValue(field);
    Error(place, path,
          Cat("missing key '", field.name(), "': expected ", expected));
  }
}

void MessageReader::CheckExactlyOne(const YamlNode& place,
                                    const std::string& path,
                                    const Message& message,
                                    const Written& written) {
  const Descriptor& type = *message.GetDescriptor();
  const auto& names = ConstraintOf(type).exactly_one();
  if (names.empty()) return;
  const std::vector<std::string> all(names.begin(), names.end());
  std::vector<std::string> found;
  for (const std::string& name : all) {
    if (written.contains(type.FindFieldByName(name))) found.push_back(name);
  }
  if (found.size() == 1) return;
  const std::string what =
      found.empty() ? Cat("none of the keys ", OneOf(all), " is written")
                    : Cat("keys '", found[0], "' and '", found[1],
                          "' exclude each other");
  Error(place, path, Cat(what, ": expected exactly one of ", OneOf(all)));
}

void MessageReader::ReadField(const YamlNode& value, const std::string& path,
                              Message& message, const Field& field) {
  positions_.Record(path, value);
  if (field.is_map()) return ReadMap(value, path, message, field);
  if (!field.is_repeated()) return ReadSingle(value, path, message, field);
  const bool keyed = !ConstraintOf(field).mapping_key().empty();
  if (keyed && value.is_mapping()) {
    return ReadKeyed(value, path, message, field);
  }
  if (!value.is_sequence()) {
    const std::string expected = keyed ? "a mapping" : "a list";
    return Error(value, path,
                 Cat("'", field.name(), "' is ", DescribeKind(value),
                     ": expected ", expected));
  }
  ReadList(value, path, message, field);
}

void MessageReader::ReadSingle(const YamlNode& value, const std::string& path,
                               Message& message, const Field& field) {
  if (IsMessage(field)) {
    return Read(value, path,
                *message.GetReflection()->MutableMessage(&message, &field));
  }
  ReadScalar(value, path, message, field);
}

void MessageReader::ReadList(const YamlNode& value, const std::string& path,
                             Message& message, const Field& field) {
  if (value.items.empty() && ConstraintOf(field).required()) {
    return Error(
        value, path,
        Cat("'", field.name(), "' is empty: expected at least one entry"));
  }
  for (size_t i = 0; i < value.items.size(); ++i) {
    ReadElement(*value.items[i], Cat(path, "[", i, "]"), message, field);
  }
}

void MessageReader::ReadElement(const YamlNode& value, const std::string& path,
                                Message& message, const Field& field) {
  positions_.Record(path, value);
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  if (IsMessage(field)) {
    return Read(value, path, *reflection.AddMessage(&message, &field));
  }
  const int count = reflection.FieldSize(message, &field);
  ReadScalar(value, path, message, field);
  const bool lost = reflection.FieldSize(message, &field) == count;
  // Those behind a lost one keep their numbers, and so their positions.
  if (lost && field.cpp_type() == Field::CPPTYPE_STRING) {
    reflection.AddString(&message, &field, "");
  }
}

void MessageReader::ReadMap(const YamlNode& value, const std::string& path,
                            Message& message, const Field& field) {
  if (!value.is_mapping()) {
    return Error(value, path,
                 Cat("'", field.name(), "' is ", DescribeKind(value),
                     ": expected a mapping"));
  }
  const Descriptor& entry_type = *field.message_type();
  std::set<std::string> seen;
  for (const auto& [key, item] : value.entries) {
    if (!seen.insert(key->text()).second) {
      Error(*key, path, DuplicateKey(*key));
      continue;
    }
    Message& entry = *message.GetReflection()->AddMessage(&message, &field);
    if (!SetScalarField(key->text(), *entry_type.map_key(), entry)) {
      Error(*key, path,
            Cat("key is '", key->text(), "': expected ",
                ExpectedValue(*entry_type.map_key())));
    }
    ReadField(*item, Cat(path, "[", key->text(), "]"), entry,
              *entry_type.map_value());
  }
}

void MessageReader::ReadKeyed(const YamlNode& value, const std::string& path,
                              Message& message, const Field& field) {
  const Descriptor& type = *field.message_type();
  const Field* key_field =
      type.FindFieldByName(ConstraintOf(field).mapping_key());
  std::set<std::string> seen;
  size_t index = 0;
  for (const auto& [key, item] : value.entries) {
    if (!seen.insert(key->text()).second) {
      Error(*key, path, DuplicateKey(*key));
      continue;
    }
    Message& element = *message.GetReflection()->AddMessage(&message, &field);
    ReadKeyedElement(*key, *item, Cat(path, "[", index++, "]"), element,
                     *key_field);
  }
}

void MessageReader::ReadKeyedElement(const YamlNode& key, const YamlNode& value,
                                     const std::string& path, Message& element,
                                     const Field& key_field) {
  positions_.Record(path, key);
  positions_.Record(Join(path, key_field.name()), key);
  if (!SetScalarField(key.text(), key_field, element)) {
    Error(key, Join(path, key_field.name()),
          Cat("key is ", Shown(key, key_field), ": expected ",
              ExpectedValue(key_field)));
  }
  ReadMapping(value, key, path, element, &key_field);
}

void MessageReader::ReadScalar(const YamlNode& value, const std::string& path,
                               Message& message, const Field& field) {
  if (ConstraintOf(field).json_literal() &&
      (value.is_sequence() || value.is_mapping())) {
    SetScalarField(ToJson(value), field, message);
    return;
  }
  if (!value.value.errors.empty()) {
    // A variable in it has no value: that has been reported.
    return broken_.Add(path);
  }
  const std::string wrong = WrongForm(value, field);
  if (!wrong.empty()) {
    return Error(value, path,
                 Cat("'", field.name(), "' is ", wrong, ": expected ",
                     ExpectedForm(field)));
  }
  if (SetScalarField(value.text(), field, message)) return;
  Error(
      value, path,
      Cat("'", field.name(), "' is ", Shown(value, field), ": expected ",
          ExpectedValue(field), DidYouMean(value.text(), KnownValues(field))));
}

void MessageReader::ReadComponent(const YamlNode& node, const std::string& path,
                                  Message& message) {
  const Descriptor& type = *message.GetDescriptor();
  auto list = kinds_.find(ListOf(path));
  if (!node.is_mapping() || list == kinds_.end()) {
    return Error(node, path,
                 Cat("found ", DescribeKind(node),
                     ": expected a mapping with 'name' and a kind"));
  }
  std::vector<std::string> names = FieldNames(type);
  for (const ConfigKind& kind : list->second) names.push_back(kind.name);
  Written written;
  const YamlNode* kind_key = nullptr;
  bool unknown = false;
  for (const auto& [key, value] : node.entries) {
    const ConfigKind* kind = FindKind(list->second, key->text());
    if (kind != nullptr && kind_key != nullptr) {
      Error(*key, path,
            Cat("second kind '", key->text(), "' beside '", kind_key->text(),
                "': expected one"));
    } else if (kind != nullptr) {
      kind_key = key;
      ReadConfig(*key, *value, path, *kind, message);
    } else if (IsFieldName(type, key->text())) {
      ReadEntry(*key, *value, path, message, written);
    } else {
      unknown = true;
      Error(*key, path, UnknownKey(key->text(), names));
    }
  }
  if (kind_key == nullptr && !unknown) {
    Error(node, path, MissingKind(list->second));
  }
  CheckWritten(node, path, message, written);
  FillDefaults(message, written);
}

void MessageReader::ReadConfig(const YamlNode& key, const YamlNode& value,
                               const std::string& path, const ConfigKind& kind,
                               Message& component) {
  const Field& field = *KindField(*component.GetDescriptor());
  const std::string config_path = Join(path, field.name());
  std::unique_ptr<Message> config(kind.prototype->New());
  positions_.Record(config_path, key);
  ReadMapping(value, key, config_path, *config, nullptr);
  google::protobuf::Any any;
  any.set_type_url(
      Cat("type.googleapis.com/", config->GetDescriptor()->full_name()));
  any.set_value(SerializeDeterministic(*config));
  component.GetReflection()->MutableMessage(&component, &field)->CopyFrom(any);
}

}  // namespace phoenix
