#ifndef LIBS_HTTP_HEAD_CHECK_H_
#define LIBS_HTTP_HEAD_CHECK_H_

#include <optional>

#include "libs/http/error_response.h"
#include "libs/http/message.h"

namespace phoenix::http {

// What RFC 9110 and 9112 have a server refuse by a head of HTTP/1.1 alone: 400
// without exactly one Host, 417 for an expectation that is not 100-continue.
// None when the request may go on. Requests of HTTP/1.0 need no Host, and
// their expectations are passed over: not to be called for them.
std::optional<ErrorReport> CheckHttp11Head(const RequestHead& head);

// Whether the client waits for `100 Continue` before it sends the body.
bool ExpectsContinue(const RequestHead& head);

}  // namespace phoenix::http

#endif  // LIBS_HTTP_HEAD_CHECK_H_
