#ifndef LIBS_SOURCES_EVENT_DEFAULTS_H_
#define LIBS_SOURCES_EVENT_DEFAULTS_H_

#include <string>

#include "libs/component/registry.h"
#include "libs/event/batch_builder.h"

namespace phoenix {

// The attributes of events that bring none: `event_source` and `event_type` as
// the config gives them, or `/PIPELINE/NAME` and `phoenix.event`. The payload
// is JSON. Ids begin with the name and the time of the start, so that they stay
// unique over restarts; a source that feeds by several decoders adds to the
// prefix what tells them apart.
EventDefaults MakeEventDefaults(const BuildContext& context,
                                const std::string& event_source,
                                const std::string& event_type);

}  // namespace phoenix

#endif  // LIBS_SOURCES_EVENT_DEFAULTS_H_
