#ifndef LIBS_EVENT_BATCH_FIELDS_H_
#define LIBS_EVENT_BATCH_FIELDS_H_

#include <cstdint>

// The field numbers of event_batch.proto, for the codec that works on its wire
// format; batch_codec_test.cc holds them to the generated classes.
namespace phoenix::batch_fields {

inline constexpr uint32_t kEventCount = 1;
inline constexpr uint32_t kPayload = 2;
// Attribute `a` is field kFirstAttribute + a.
inline constexpr uint32_t kFirstAttribute = 3;
inline constexpr uint32_t kLastAttribute = 9;
inline constexpr uint32_t kExtensions = 10;
inline constexpr uint32_t kIdentity = 11;
inline constexpr uint32_t kReceiveTimeNanos = 12;
inline constexpr uint32_t kPipeline = 13;
inline constexpr uint32_t kRevision = 14;

// Of StringColumn and PayloadColumn.
inline constexpr uint32_t kBlob = 1;
inline constexpr uint32_t kRanges = 2;
inline constexpr uint32_t kSequencePrefix = 3;
inline constexpr uint32_t kSequenceFirst = 4;
inline constexpr uint32_t kPayloadKinds = 3;

// Of ExtensionColumn.
inline constexpr uint32_t kExtensionName = 1;
inline constexpr uint32_t kExtensionValues = 2;
inline constexpr uint32_t kExtensionTypes = 3;

// Of BatchIdentity.
inline constexpr uint32_t kLog = 1;
inline constexpr uint32_t kPartition = 2;
inline constexpr uint32_t kFirstOffset = 3;
inline constexpr uint32_t kTenure = 4;

}  // namespace phoenix::batch_fields

#endif  // LIBS_EVENT_BATCH_FIELDS_H_
