#ifndef TOOLS_PHOENIX_CLI_BUILTIN_DOCS_H_
#define TOOLS_PHOENIX_CLI_BUILTIN_DOCS_H_

#include "libs/pipeline/schema/config_docs.h"

namespace phoenix {

// The descriptors and comments of every config that is linked in. Parsed once;
// lives for ever. Thread-safe.
const ConfigDocs& BuiltinDocs();

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_CLI_BUILTIN_DOCS_H_
