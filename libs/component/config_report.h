#ifndef LIBS_COMPONENT_CONFIG_REPORT_H_
#define LIBS_COMPONENT_CONFIG_REPORT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace phoenix {

// A place in a file; lines and columns count from 1.
struct SourcePosition {
  int line = 0;
  int column = 0;
};

// How a component, which sees its config as a proto message and knows nothing
// of files, speaks of the place where a value was written. Field paths are
// relative to the component's config, as in `condition` or `set[2].value`; the
// empty path is the component itself. Thread-compatible.
class ConfigReport {
 public:
  virtual ~ConfigReport() = default;

  // Says that the value at `field_path` is wrong. `offset` counts bytes into
  // the value's text (where in an expression). `message` says what is wrong
  // and what was expected. Any number of errors may be reported; a component
  // with an error is not used.
  virtual void Error(std::string_view field_path, size_t offset,
                     std::string message) = 0;

  // Where the value at `field_path` was written; {0, 0} when it was not.
  virtual SourcePosition Locate(std::string_view field_path,
                                size_t offset) const = 0;

  // How many errors have been reported.
  virtual int error_count() const = 0;
};

}  // namespace phoenix

#endif  // LIBS_COMPONENT_CONFIG_REPORT_H_
