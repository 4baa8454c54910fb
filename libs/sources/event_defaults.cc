#include "libs/sources/event_defaults.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace phoenix {

EventDefaults MakeEventDefaults(const BuildContext& context,
                                const std::string& event_source,
                                const std::string& event_type) {
  EventDefaults defaults;
  defaults.id_prefix =
      absl::StrCat(context.name, "-",
                   absl::Hex(absl::ToUnixNanos(context.clock.Now())), "-");
  defaults.source = event_source.empty()
                        ? absl::StrCat("/", context.pipeline, "/", context.name)
                        : event_source;
  defaults.type = event_type.empty() ? "phoenix.event" : event_type;
  defaults.data_content_type = "application/json";
  return defaults;
}

}  // namespace phoenix
