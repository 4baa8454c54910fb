#include "tools/phoenix/cli/output.h"

#include <cstdio>
#include <fstream>

#include "tools/phoenix/cli/exit_code.h"

namespace phoenix {

int WriteOutput(const std::string& path, const std::string& text) {
  if (path.empty()) {
    std::fputs(text.c_str(), stdout);
    return kExitOk;
  }
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (file.good()) return kExitOk;
  std::fprintf(stderr, "phoenix: file '%s' can't be written\n", path.c_str());
  return kExitCantCreate;
}

}  // namespace phoenix
