#ifndef LIBS_PIPELINE_MEMORY_BOUND_H_
#define LIBS_PIPELINE_MEMORY_BOUND_H_

#include <cstdint>
#include <string>
#include <vector>

#include "libs/pipeline/compiled_pipeline.h"

namespace phoenix {

// The program without events: its code and data, the stacks of its threads, its
// pages and logs. Idle it has 21.5 MiB resident (docs/reference/figures.md);
// the rest is for the threads of gRPC and of many components.
inline constexpr int64_t kProgramBytes = 32 << 20;

// Something of a running pipeline that takes memory, and the most bytes that it
// takes.
struct MemoryPart {
  std::string name;
  int64_t bytes = 0;
};

// Every such part of a pipeline with `lane_count` lanes:
//   - what each source holds that the pipeline has not taken;
//   - the log: what waits to become durable, as it came and as it will be
//     stored, and the last entries;
//   - the events in flight, a single batch that is larger than their bound
//     among them;
//   - a batch in work in each lane: what a step makes of it, and what is read
//     of its payloads, each at most as large as the batch;
//   - what each step remembers;
//   - the queue of each sink, a single batch that is larger than it among them,
//     and what the sink itself holds;
//   - for a queue that is on disk too: what waits to become durable, the last
//     entries, and the one that was read last;
//   - dead letters that wait for room before their sink, by an estimate: those
//     of all events in flight, each as large as its event;
//   - what is remembered to count dead letters that wait in a topic of Kafka;
//   - the program itself, and the freed memory that its allocator keeps.
// Their sum bounds the resident memory of the process. What the kernel holds,
// such as the buffers of sockets and the page cache, is not in it.
std::vector<MemoryPart> MemoryParts(const CompiledPipeline& pipeline,
                                    int lane_count);

// The sum of the parts.
int64_t MemoryBoundBytes(const std::vector<MemoryPart>& parts);

}  // namespace phoenix

#endif  // LIBS_PIPELINE_MEMORY_BOUND_H_
