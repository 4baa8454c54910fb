#ifndef LIBS_EVENT_IDENTITY_FIELD_H_
#define LIBS_EVENT_IDENTITY_FIELD_H_

#include <string>

#include "libs/event/event_batch.h"

namespace phoenix {

// Field 11 of phoenix.event.v1.EventBatch: behind a serialized message it
// replaces the identity that the message may have, since the last one counts.
// So a log adds what it knows only once the message is made.
std::string EncodeIdentityField(const BatchIdentity& identity);

}  // namespace phoenix

#endif  // LIBS_EVENT_IDENTITY_FIELD_H_
