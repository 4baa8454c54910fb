#ifndef LIBS_SOURCES_REQUEST_TRACE_H_
#define LIBS_SOURCES_REQUEST_TRACE_H_

#include <string>
#include <string_view>

#include "libs/event/event_batch.h"

namespace phoenix {

// The W3C trace context of a request, given to those of its events that bring
// none. A plain value; thread-compatible.
class RequestTrace {
 public:
  // None: AddTo costs nothing.
  RequestTrace() = default;

  // As the headers `traceparent` and `tracestate` say it, empty where there is
  // none. What is invalid is passed over, and a `tracestate` that has no valid
  // `traceparent` too, as the standard demands. Of a `traceparent` of a later
  // version what is known is kept.
  RequestTrace(std::string_view traceparent, std::string_view tracestate);

  // The batch with the extensions `traceparent` and `tracestate` in each row
  // that has no `traceparent`; null when it is null. No value of an event is
  // replaced. Shares all other columns; a batch whose events bring no such
  // attributes gets constants.
  EventBatchPtr AddTo(EventBatchPtr batch) const;

 private:
  std::string traceparent_;
  std::string tracestate_;
};

// Finds the two among the headers of a request. Thread-compatible.
class TraceHeaders {
 public:
  // The next header, its name in any case; views that outlive the object.
  void Add(std::string_view name, std::string_view value);

  // What they say. A `traceparent` that comes twice is none; the parts of
  // `tracestate` are put together.
  RequestTrace Read() const;

 private:
  std::string_view traceparent_;
  bool comes_twice_ = false;
  std::string tracestate_;
};

// The trace of a request with such headers: a range of pairs of name and value.
template <typename Headers>
RequestTrace TraceOf(const Headers& headers) {
  TraceHeaders found;
  for (const auto& [name, value] : headers) {
    found.Add({name.data(), name.size()}, {value.data(), value.size()});
  }
  return found.Read();
}

}  // namespace phoenix

#endif  // LIBS_SOURCES_REQUEST_TRACE_H_
