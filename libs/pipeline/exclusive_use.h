#ifndef LIBS_PIPELINE_EXCLUSIVE_USE_H_
#define LIBS_PIPELINE_EXCLUSIVE_USE_H_

#include "libs/pipeline/diagnostics.h"
#include "libs/pipeline/load_pipeline.h"

namespace phoenix {

// Finds what two components of a pipeline can't both have, as the options of
// their config fields say (FieldConstraint.exclusive): an address to listen at,
// a file to write to, a file that one writes and the other reads, which would
// be a circle. The second of them is reported, naming the first.
// So is what lies in the folder of the log or of a sink's queue, and such a
// folder in another: nothing else may be written there.
// So are two components that write with one transactional id of Kafka, and
// whatever else uses the topic of a log or one with positions: of clusters that
// are written alike.
// Addresses meet when they have a port in common, unless the system chooses it,
// and the same host or one that stands for all; files as NamedFiles says
// (named_files.h), which looks at the disk.
void CheckExclusiveUse(const LoadedPipeline& loaded, Diagnostics& diagnostics);

}  // namespace phoenix

#endif  // LIBS_PIPELINE_EXCLUSIVE_USE_H_
