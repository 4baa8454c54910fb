#ifndef LIBS_SOURCES_LIMITED_BY_H_
#define LIBS_SOURCES_LIMITED_BY_H_

#include <string>

#include "absl/status/status.h"

namespace phoenix {

// The name of the component that a refused producer waits for, as it stands in
// the pipeline file: `archive`. Taken from the details of what Outlet::Offer
// answered; empty when that does not say.
std::string LimitedBy(const absl::Status& refusal);

}  // namespace phoenix

#endif  // LIBS_SOURCES_LIMITED_BY_H_
