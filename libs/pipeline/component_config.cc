#include "libs/pipeline/component_config.h"

#include <utility>

#include "google/protobuf/descriptor.h"
#include "libs/base/text.h"
#include "libs/pipeline/field_constraint.h"

namespace phoenix {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

class Collector {
 public:
  void Visit(const Message& message, const std::string& prefix) {
    const google::protobuf::Descriptor& type = *message.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      if (field.is_map()) continue;
      VisitField(message, field, prefix + field.name());
    }
  }

  std::vector<ConfigExpression> Take() { return std::move(found_); }

 private:
  void VisitField(const Message& message, const FieldDescriptor& field,
                  const std::string& path) {
    const auto& reflection = *message.GetReflection();
    if (!field.is_repeated()) {
      if (ConstraintOf(field).expression()) {
        Add(path, reflection.GetString(message, &field));
      } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
                 reflection.HasField(message, &field)) {
        Visit(reflection.GetMessage(message, &field), path + ".");
      }
      return;
    }
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      const std::string element = Cat(path, "[", i, "]");
      if (ConstraintOf(field).expression()) {
        Add(element, reflection.GetRepeatedString(message, &field, i));
      } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        Visit(reflection.GetRepeatedMessage(message, &field, i), element + ".");
      }
    }
  }

  void Add(const std::string& path, const std::string& text) {
    if (!text.empty()) found_.push_back({path, text});
  }

  std::vector<ConfigExpression> found_;
};

}  // namespace

std::unique_ptr<Message> UnpackConfig(const google::protobuf::Any& any) {
  const std::string& url = any.type_url();
  const auto* type =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
          url.substr(url.rfind('/') + 1));
  if (type == nullptr) return nullptr;
  std::unique_ptr<Message> message(
      google::protobuf::MessageFactory::generated_factory()
          ->GetPrototype(type)
          ->New());
  message->ParseFromString(any.value());
  return message;
}

std::vector<ConfigExpression> ExpressionsOf(const Message& config) {
  Collector collector;
  collector.Visit(config, "");
  return collector.Take();
}

}  // namespace phoenix
