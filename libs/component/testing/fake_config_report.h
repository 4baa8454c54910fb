#ifndef LIBS_COMPONENT_TESTING_FAKE_CONFIG_REPORT_H_
#define LIBS_COMPONENT_TESTING_FAKE_CONFIG_REPORT_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "libs/component/config_report.h"

namespace phoenix {

// Keeps what is reported, as `field@offset: message`.
class FakeConfigReport : public ConfigReport {
 public:
  void Error(std::string_view field_path, size_t offset,
             std::string message) override {
    errors.push_back(absl::StrFormat("%s@%d: %s", field_path, offset, message));
  }
  SourcePosition Locate(std::string_view, size_t) const override {
    return {.line = 1, .column = 1};
  }
  int error_count() const override { return static_cast<int>(errors.size()); }

  std::vector<std::string> errors;
};

}  // namespace phoenix

#endif  // LIBS_COMPONENT_TESTING_FAKE_CONFIG_REPORT_H_
