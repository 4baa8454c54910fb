#ifndef LIBS_PIPELINE_REVISION_H_
#define LIBS_PIPELINE_REVISION_H_

#include <string>

#include "google/protobuf/message.h"

namespace phoenix {

// The message's bytes, the same for equal messages (maps in order of keys).
std::string SerializeDeterministic(const google::protobuf::Message& message);

// What names a pipeline's content: 12 hex digits of the SHA-256 of its bytes.
// Comments, order of keys and spelling of values in the file do not change it.
std::string RevisionOf(const google::protobuf::Message& message);

}  // namespace phoenix

#endif  // LIBS_PIPELINE_REVISION_H_
