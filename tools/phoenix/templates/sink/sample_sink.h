#ifndef TOOLS_PHOENIX_TEMPLATES_SINK_SAMPLE_SINK_H_
#define TOOLS_PHOENIX_TEMPLATES_SINK_SAMPLE_SINK_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/component/sink.h"

namespace phoenix {

// Writes each payload as one line: line breaks in it become blanks. Threads as
// Sink.
class SampleSink : public Sink {
 public:
  // Takes lines; an error means that none of them was taken.
  using WriteLines =
      std::function<absl::Status(const std::vector<std::string>& lines)>;

  SampleSink(std::string prefix, WriteLines write);

  absl::Status Open() override { return absl::OkStatus(); }
  // Settles at once: nothing is held back.
  void Write(BatchView view, SettleCallback settle) override;
  void Flush() override {}
  absl::Status Close() override { return absl::OkStatus(); }

 private:
  std::string Line(std::string_view payload) const;

  const std::string prefix_;
  const WriteLines write_;
};

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_TEMPLATES_SINK_SAMPLE_SINK_H_
