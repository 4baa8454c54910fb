#include "tools/phoenix/cli/builtin_docs.h"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tools/bazel/embedded_file.h"
#include "tools/phoenix/cli/config_descriptors.h"

namespace phoenix {

const ConfigDocs& BuiltinDocs() {
  static const ConfigDocs& docs = []() -> const ConfigDocs& {
    absl::StatusOr<std::unique_ptr<ConfigDocs>> parsed =
        ConfigDocs::Parse(ConfigDescriptors()[0].bytes);
    if (!parsed.ok()) {
      // The build made these bytes: nothing that a user does leads here.
      std::fprintf(stderr, "phoenix: built-in descriptors: %s\n",
                   parsed.status().ToString().c_str());
      std::abort();
    }
    return *parsed->release();
  }();
  return docs;
}

}  // namespace phoenix
