#ifndef LIBS_PIPELINE_PATH_GUARANTEE_H_
#define LIBS_PIPELINE_PATH_GUARANTEE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "libs/component/config_report.h"
#include "libs/component/sink.h"
#include "libs/pipeline/compiled_pipeline.h"

namespace phoenix {

// Something on the way to a sink that keeps it from exactly once.
struct GuaranteeLimit {
  DeliveryGuarantee most;   // What can be had in spite of it.
  std::string what;         // Such as "step 'counts' makes events of its own".
  std::string expected;     // What would be no limit.
  SourcePosition position;  // Of it in the file; {0, 0}: it has none.
};

// How often an event that has been acknowledged arrives at a sink, counted from
// the log on where there is one: what comes in twice is two events. It is the
// same from every source, as all steps lie on every way.
struct PathGuarantee {
  DeliveryGuarantee guarantee = DeliveryGuarantee::kExactlyOnce;

  // All that is in the way, the sink itself first; empty for exactly once.
  std::vector<GuaranteeLimit> limits;
};

// `sink` is an index into pipeline.sinks. This is the one place that derives
// guarantees: from what the sink can do, whether a log gives events the
// identity that it knows them by, what on the way makes events without one, and
// what gives events up.
PathGuarantee GuaranteeOf(const CompiledPipeline& pipeline, size_t sink);

// `exactly once` and so on, for people.
std::string_view GuaranteeName(DeliveryGuarantee guarantee);

}  // namespace phoenix

#endif  // LIBS_PIPELINE_PATH_GUARANTEE_H_
