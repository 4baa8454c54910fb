#ifndef LIBS_EVENT_ATTRIBUTE_NAME_H_
#define LIBS_EVENT_ATTRIBUTE_NAME_H_

#include <string_view>

#include "absl/status/status.h"

namespace phoenix {

// OK when an extension attribute may have the name: lower-case letters and
// digits (CloudEvents 1.0), and neither the name of an attribute that the
// standard defines nor `specversion` or `data`, which are no attributes of an
// event here. Else INVALID_ARGUMENT.
absl::Status CheckExtensionName(std::string_view name);

// Whether a `datacontenttype` says that the payload is JSON:
// `application/json`, `text/json` or any type that ends in `+json`, in any
// case, parameters aside. Absent (empty) means JSON, as CloudEvents' JSON
// format has it.
bool IsJsonContentType(std::string_view content_type);

// Whether a `datacontenttype` says that the payload is text: JSON, XML, or
// `text/*`.
bool IsTextContentType(std::string_view content_type);

}  // namespace phoenix

#endif  // LIBS_EVENT_ATTRIBUTE_NAME_H_
