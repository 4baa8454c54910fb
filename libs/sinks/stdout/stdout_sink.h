#ifndef LIBS_SINKS_STDOUT_STDOUT_SINK_H_
#define LIBS_SINKS_STDOUT_STDOUT_SINK_H_

#include <cstddef>
#include <memory>
#include <string>

#include "libs/component/sink.h"
#include "libs/sinks/rows/row_encoder.h"
#include "libs/sinks/stdout/cancellable_writer.h"

namespace phoenix {

// Prints rows to a file descriptor: every write of a batch before it is
// settled, so that what is delivered can be read. Threads as Sink.
class StdoutSink : public Sink {
 public:
  struct Options {
    std::string name;  // Of the component.
    int fd = 1;        // Not closed.
  };

  StdoutSink(Options options, std::unique_ptr<RowEncoder> encoder);

  absl::Status Open() override { return absl::OkStatus(); }
  // A reader that has gone away is kRejected: it will not come back.
  void Write(BatchView view, SettleCallback settle) override;
  void Flush() override {}
  absl::Status Close() override { return absl::OkStatus(); }
  void Cancel() override { writer_.Cancel(); }

 private:
  struct Printed {
    size_t rows;          // That many of the first are printed.
    absl::Status status;  // What became of the others.
  };
  Printed Print(const EncodedRows& rows);

  const Options options_;
  CancellableWriter writer_;
  const std::unique_ptr<RowEncoder> encoder_;
  EncodedRows rows_;
  std::string text_;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_STDOUT_STDOUT_SINK_H_
