#ifndef LIBS_PIPELINE_COMPILED_PIPELINE_H_
#define LIBS_PIPELINE_COMPILED_PIPELINE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "libs/component/config_report.h"
#include "libs/component/operator.h"
#include "libs/component/sink.h"
#include "libs/component/source.h"
#include "libs/log/log.h"
#include "libs/pipeline/pipeline_log.h"
#include "libs/pipeline/sink_queue.h"
#include "libs/rules/rule_set.h"

namespace phoenix {

namespace pipeline::v1 {
class Pipeline;
}  // namespace pipeline::v1

// What becomes of an event on which a step fails.
enum class OnError {
  kDeadLetter,  // It goes to the dead-letter sink.
  kDrop,        // It is dropped and counted as discarded.
  kKeep,        // It goes on as it was before the step.
};

// The sink for dead letters of a file that names none: its kind, which has an
// option `path`, its name, and that path, in the working directory.
inline constexpr std::string_view kDefaultDeadLetterKind = "dead_letter_table";
std::string DefaultDeadLetterSink(std::string_view pipeline);
std::string DefaultDeadLetterPath(std::string_view pipeline);

// `dead_letter`, `drop` or `keep`.
std::string_view OnErrorName(OnError on_error);

// `kind` is the key that selected the component in the file, such as `http`;
// `position` is where that key stands.
struct CompiledSource {
  std::string name;
  std::string kind;
  SourcePosition position;
  std::unique_ptr<Source> source;
};

struct CompiledStep {
  std::string name;
  std::string kind;
  SourcePosition position;
  OnError on_error = OnError::kDeadLetter;
  std::unique_ptr<Operator> op;
};

struct CompiledSink {
  std::string name;
  std::string kind;
  SourcePosition position;  // {0, 0}: not in the file (see below).
  std::unique_ptr<Sink> sink;
  SinkQueueLimits queue = {};
};

// An event goes to the sinks of every route whose condition holds; a route
// without condition takes what no route before it took.
struct CompiledRoute {
  std::string name;
  SourcePosition position;     // Of its condition, or else of the route.
  std::optional<RuleId> when;  // Of the pipeline's rules.
  std::vector<size_t> sinks;   // Indexes into CompiledPipeline::sinks.
};

// Bounds of one pipeline in one process, with all defaults filled in.
struct PipelineLimits {
  int64_t buffer_bytes = 64 << 20;
  int64_t sink_queue_bytes = 16 << 20;
  int lane_count = 0;  // 0: one a core.
  absl::Duration drain_timeout = absl::Seconds(10);
};

// A pipeline file that was found right, with its components built and its rules
// compiled together: what an engine runs. Nothing in it is open or running yet.
// Made by CompilePipeline (compile_pipeline.h). Movable; its owner hands the
// components to the threads that run them.
struct CompiledPipeline {
  std::string name;
  std::string file;      // The path it was loaded from.
  std::string revision;  // 12 hex digits of a hash of the normalised content.

  // Outlives the components that hold rules of it.
  std::shared_ptr<const RuleSet> rules;

  std::vector<CompiledSource> sources;
  std::vector<CompiledStep> steps;

  // Never empty: a file without routes has one here that takes everything to
  // every sink but the dead-letter sink.
  std::vector<CompiledRoute> routes;

  // Those of the file in its order; when the file names no dead-letter sink,
  // then as the last one the default, called `<name>.dead-letters`.
  std::vector<CompiledSink> sinks;
  size_t dead_letter = 0;  // Index into `sinks`.

  PipelineLimits limits;
  std::optional<PipelineLog> log;  // None: acknowledged is delivered.
  std::string admin_address;       // Empty: none.

  // The file as a message, defaults filled in.
  std::shared_ptr<const pipeline::v1::Pipeline> message;
};

// The weakest that an event may have reached when it settles in the queue of a
// sink; none when no queue goes on on disk.
std::optional<Durability> WeakestQueue(const CompiledPipeline& pipeline);

}  // namespace phoenix

#endif  // LIBS_PIPELINE_COMPILED_PIPELINE_H_
