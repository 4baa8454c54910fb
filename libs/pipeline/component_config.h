#ifndef LIBS_PIPELINE_COMPONENT_CONFIG_H_
#define LIBS_PIPELINE_COMPONENT_CONFIG_H_

#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/any.pb.h"
#include "google/protobuf/message.h"

namespace phoenix {

// The config of a component as the message of its kind; null for a kind that is
// not linked in.
std::unique_ptr<google::protobuf::Message> UnpackConfig(
    const google::protobuf::Any& any);

// A CEL expression in a config, and its field path.
struct ConfigExpression {
  std::string path;
  std::string text;
};

// Every expression of a config in the order of its fields: those whose field is
// said to hold one.
std::vector<ConfigExpression> ExpressionsOf(
    const google::protobuf::Message& config);

}  // namespace phoenix

#endif  // LIBS_PIPELINE_COMPONENT_CONFIG_H_
