#ifndef TOOLS_PHOENIX_CLI_EXPRESSIONS_H_
#define TOOLS_PHOENIX_CLI_EXPRESSIONS_H_

#include <string>
#include <vector>

#include "google/protobuf/message.h"

namespace phoenix {

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

#endif  // TOOLS_PHOENIX_CLI_EXPRESSIONS_H_
