#include "libs/pipeline/schema/json_schema.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "libs/base/text.h"
#include "libs/pipeline/field_constraint.h"
#include "libs/pipeline/schema/pretty_json.h"

namespace phoenix {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using options::v1::FieldConstraint;

constexpr char kVariable[] = R"(\$\{)";
constexpr char kSize[] = R"(^[0-9]+ ?([KMGT]i?)?B?$)";
constexpr char kDuration[] = R"(^([0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h|d))+$)";

// A kind by the key that selects it, and its config.
struct KindSchema {
  std::string name;
  const Descriptor* config;
};

template <typename Component>
std::vector<KindSchema> KindsOf(const Registry<Component>& registry,
                                const ConfigDocs& docs) {
  std::vector<KindSchema> kinds;
  for (const auto* kind : registry.kinds()) {
    const Descriptor* config = docs.Find(kind->config->full_name());
    if (config != nullptr) kinds.push_back({kind->name, config});
  }
  return kinds;
}

class SchemaWriter {
 public:
  SchemaWriter(const ComponentRegistry& registry, const ConfigDocs& docs)
      : kinds_({{"sources", KindsOf(registry.sources, docs)},
                {"steps", KindsOf(registry.operators, docs)},
                {"sinks", KindsOf(registry.sinks, docs)}}) {}

  std::string Run(const Descriptor& pipeline) {
    json_.BeginObject();
    json_.Member("$schema", "https://json-schema.org/draft/2020-12/schema");
    json_.Member("title", "Phoenix pipeline");
    Mapping(pipeline);
    Definitions();
    json_.EndObject();
    return std::move(json_).Finish();
  }

 private:
  // A mapping that is referred to by `$ref` and written once, at the end.
  void Reference(const Descriptor& type) {
    if (referred_.insert(type.full_name()).second) pending_.push_back(&type);
    json_.Member("$ref", Cat("#/$defs/", type.full_name()));
  }

  // A definition may refer to more.
  void Definitions() {
    json_.Key("$defs");
    json_.BeginObject();
    for (size_t i = 0; i < pending_.size(); ++i) {
      const Descriptor& type = *pending_[i];
      json_.Key(type.full_name());
      json_.BeginObject();
      Message(type);
      json_.EndObject();
    }
    json_.EndObject();
  }

  void Description(const std::string& comment) {
    if (!comment.empty()) json_.Member("description", comment);
  }

  // The schema of a message: a mapping, or also its shorthand, or nothing when
  // nothing must be written.
  void Message(const Descriptor& type) {
    const std::string& shorthand = ConstraintOf(type).shorthand();
    if (shorthand.empty() && HasRequired(type)) return Mapping(type);
    Description(CommentOf(type));
    json_.Key("anyOf");
    json_.BeginArray();
    json_.BeginObject();
    Mapping(type);
    json_.EndObject();
    json_.BeginObject();
    if (shorthand.empty()) {
      json_.Member("type", "null");
    } else {
      Field(*type.FindFieldByName(shorthand));
    }
    json_.EndObject();
    json_.EndArray();
  }

  static bool HasRequired(const Descriptor& type) {
    if (!ConstraintOf(type).exactly_one().empty()) return true;
    for (int i = 0; i < type.field_count(); ++i) {
      if (ConstraintOf(*type.field(i)).required()) return true;
    }
    return false;
  }

  void Mapping(const Descriptor& type,
               const FieldDescriptor* left_out = nullptr,
               const std::vector<KindSchema>* kinds = nullptr) {
    Description(CommentOf(type));
    json_.Member("type", "object");
    json_.Key("properties");
    json_.BeginObject();
    std::vector<std::string> required;
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      if (&field == KindField(type) || &field == left_out) continue;
      if (ConstraintOf(field).required()) required.push_back(field.name());
      Property(field);
    }
    if (kinds != nullptr) KindProperties(*kinds);
    json_.EndObject();
    if (!required.empty()) json_.Member("required", required);
    json_.Member("additionalProperties", false);
    ExactlyOne(Alternatives(type, kinds));
  }

  static std::vector<std::string> Alternatives(
      const Descriptor& type, const std::vector<KindSchema>* kinds) {
    const auto& names = ConstraintOf(type).exactly_one();
    std::vector<std::string> alternatives(names.begin(), names.end());
    if (kinds == nullptr) return alternatives;
    for (const KindSchema& kind : *kinds) alternatives.push_back(kind.name);
    return alternatives;
  }

  void ExactlyOne(const std::vector<std::string>& names) {
    if (names.empty()) return;
    json_.Key("oneOf");
    json_.BeginArray();
    for (const std::string& name : names) {
      json_.BeginObject();
      json_.Member("required", std::vector<std::string>{name});
      json_.EndObject();
    }
    json_.EndArray();
  }

  void KindProperties(const std::vector<KindSchema>& kinds) {
    for (const KindSchema& kind : kinds) {
      json_.Key(kind.name);
      json_.BeginObject();
      Reference(*kind.config);
      json_.EndObject();
    }
  }

  void Property(const FieldDescriptor& field) {
    const FieldConstraint& constraint = ConstraintOf(field);
    json_.Key(field.name());
    json_.BeginObject();
    Description(CommentOf(field));
    if (!constraint.default_value().empty()) {
      json_.Member("default", constraint.default_value());
    }
    if (!constraint.example().empty()) {
      json_.Member("examples", std::vector<std::string>{constraint.example()});
    }
    Field(field);
    json_.EndObject();
  }

  void Field(const FieldDescriptor& field) {
    if (field.is_map()) {
      json_.Member("type", "object");
      json_.Key("additionalProperties");
      json_.BeginObject();
      Field(*field.message_type()->map_value());
      json_.EndObject();
    } else if (!ConstraintOf(field).mapping_key().empty()) {
      Keyed(field);
    } else if (field.is_repeated()) {
      List(field);
    } else {
      Single(field);
    }
  }

  void List(const FieldDescriptor& field) {
    json_.Member("type", "array");
    if (ConstraintOf(field).required()) json_.Member("minItems", int64_t{1});
    json_.Key("items");
    json_.BeginObject();
    auto kinds = kinds_.find(field.name());
    const bool components =
        field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
        KindField(*field.message_type()) != nullptr;
    if (components && kinds != kinds_.end()) {
      Mapping(*field.message_type(), nullptr, &kinds->second);
    } else {
      Single(field);
    }
    json_.EndObject();
  }

  // A mapping whose keys fill a field of each element, or a list of elements.
  void Keyed(const FieldDescriptor& field) {
    const Descriptor& type = *field.message_type();
    json_.Key("anyOf");
    json_.BeginArray();
    json_.BeginObject();
    json_.Member("type", "object");
    json_.Key("additionalProperties");
    json_.BeginObject();
    KeyedValue(type, type.FindFieldByName(ConstraintOf(field).mapping_key()));
    json_.EndObject();
    json_.EndObject();
    json_.BeginObject();
    List(field);
    json_.EndObject();
    json_.EndArray();
  }

  void KeyedValue(const Descriptor& type, const FieldDescriptor* key) {
    const std::string& shorthand = ConstraintOf(type).shorthand();
    json_.Key("anyOf");
    json_.BeginArray();
    if (!shorthand.empty()) {
      json_.BeginObject();
      Field(*type.FindFieldByName(shorthand));
      json_.EndObject();
    }
    json_.BeginObject();
    KeyedMapping(type, key);
    json_.EndObject();
    json_.EndArray();
  }

  // As Mapping, of an element whose key stands outside.
  void KeyedMapping(const Descriptor& type, const FieldDescriptor* key) {
    json_.Member("type", "object");
    json_.Key("properties");
    json_.BeginObject();
    for (int i = 0; i < type.field_count(); ++i) {
      if (type.field(i) != key) Property(*type.field(i));
    }
    json_.EndObject();
    json_.Member("additionalProperties", false);
  }

  void Single(const FieldDescriptor& field) {
    const FieldConstraint& constraint = ConstraintOf(field);
    if (IsDuration(field)) return Text({kDuration, kVariable});
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Reference(*field.message_type());
      case FieldDescriptor::CPPTYPE_ENUM:
        return Choice(EnumValueNames(*field.enum_type()));
      case FieldDescriptor::CPPTYPE_STRING:
        if (constraint.json_literal()) return;
        if (constraint.allowed().empty()) return Words();
        return Choice(
            {constraint.allowed().begin(), constraint.allowed().end()});
      case FieldDescriptor::CPPTYPE_BOOL:
        return OrVariable([this] { json_.Member("type", "boolean"); });
      case FieldDescriptor::CPPTYPE_DOUBLE:
      case FieldDescriptor::CPPTYPE_FLOAT:
        return OrVariable([&] { Numeric("number", constraint); });
      default:
        return OrVariable([&] { Numeric("integer", constraint); },
                          constraint.bytes());
    }
  }

  // Text in a file need not be quoted: what looks like a number is text too.
  void Words() {
    json_.Member("type",
                 std::vector<std::string>{"string", "number", "boolean"});
  }

  void Numeric(const char* type, const FieldConstraint& constraint) {
    json_.Member("type", type);
    if (constraint.has_minimum()) {
      json_.Key("minimum");
      json_.Number(constraint.minimum());
    }
    if (constraint.has_maximum()) {
      json_.Key("maximum");
      json_.Number(constraint.maximum());
    }
  }

  // Text that matches one of the patterns.
  void Text(const std::vector<std::string>& patterns) {
    json_.Member("type", "string");
    json_.Key("anyOf");
    json_.BeginArray();
    for (const std::string& pattern : patterns) {
      json_.BeginObject();
      json_.Member("pattern", pattern);
      json_.EndObject();
    }
    json_.EndArray();
  }

  // One of a few words, or a variable that gives one.
  void Choice(const std::vector<std::string>& words) {
    json_.Key("anyOf");
    json_.BeginArray();
    json_.BeginObject();
    json_.Member("enum", words);
    json_.EndObject();
    json_.BeginObject();
    Text({kVariable});
    json_.EndObject();
    json_.EndArray();
  }

  template <typename Writer>
  void OrVariable(Writer write, bool size = false) {
    json_.Key("anyOf");
    json_.BeginArray();
    json_.BeginObject();
    write();
    json_.EndObject();
    json_.BeginObject();
    Text(size ? std::vector<std::string>{kSize, kVariable}
              : std::vector<std::string>{kVariable});
    json_.EndObject();
    json_.EndArray();
  }

  const std::map<std::string, std::vector<KindSchema>> kinds_;
  PrettyJson json_;
  std::set<std::string> referred_;
  std::vector<const Descriptor*> pending_;
};

}  // namespace

std::string PipelineJsonSchema(const ComponentRegistry& registry,
                               const ConfigDocs& docs) {
  const Descriptor* pipeline = docs.Find("phoenix.pipeline.v1.Pipeline");
  if (pipeline == nullptr) return "{}\n";
  return SchemaWriter(registry, docs).Run(*pipeline);
}

}  // namespace phoenix
