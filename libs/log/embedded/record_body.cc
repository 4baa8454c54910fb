#include "libs/log/embedded/record_body.h"

#include <cstring>
#include <memory>
#include <utility>

#include "libs/base/crc32c.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/event/batch_codec.h"
#include "libs/log/embedded/compression.h"

namespace phoenix {
namespace {

// Room for the identity, which is added later.
constexpr size_t kMaxMessageBytes = RecordHeader::kMaxBodyBytes - 4096;

absl::StatusOr<SharedBytes> Decompressed(const RecordHeader& header,
                                         const SharedBytes& body) {
  const size_t size = size_t{header.message_bytes} + header.identity_bytes;
  const size_t stored = body.size() - header.identity_bytes;
  auto bytes = std::make_shared_for_overwrite<char[]>(size);
  PHOENIX_RETURN_IF_ERROR(Decompress(header.compression,
                                     body.view().substr(0, stored), bytes.get(),
                                     header.message_bytes));
  std::memcpy(bytes.get() + header.message_bytes, body.data() + stored,
              header.identity_bytes);
  const std::string_view view(bytes.get(), size);
  return SharedBytes(std::move(bytes), view);
}

}  // namespace

absl::StatusOr<RecordBody> EncodeRecordBody(const EventBatch& batch,
                                            Compression compression) {
  RecordBody body;
  body.message = EncodeInPieces(batch);
  if (body.message.size() > kMaxMessageBytes) {
    return absl::InvalidArgumentError(Cat("batch of ", body.message.size(),
                                          " encoded bytes: expected at most ",
                                          kMaxMessageBytes));
  }
  body.header.event_count = batch.size();
  body.header.message_bytes = static_cast<uint32_t>(body.message.size());
  if (compression != Compression::kNone) {
    SharedBytes smaller = Compress(compression, body.message.Join().view());
    if (!smaller.empty()) {
      body.message = BytePieces(std::move(smaller));
      body.header.compression = compression;
    }
  }
  body.header.body_bytes = static_cast<uint32_t>(body.message.size());
  for (const SharedBytes& piece : body.message.pieces()) {
    body.header.body_crc = ExtendCrc32c(body.header.body_crc, piece.view());
  }
  return body;
}

void AddIdentity(std::string_view identity, RecordHeader& header) {
  header.identity_bytes = static_cast<uint16_t>(identity.size());
  header.body_bytes += header.identity_bytes;
  header.body_crc = ExtendCrc32c(header.body_crc, identity);
}

absl::StatusOr<EventBatchPtr> DecodeRecordBody(const RecordHeader& header,
                                               const SharedBytes& body) {
  SharedBytes message = body;
  if (header.compression != Compression::kNone) {
    PHOENIX_ASSIGN_OR_RETURN(message, Decompressed(header, body));
  }
  absl::StatusOr<EventBatchPtr> batch = DecodeEventBatch(std::move(message));
  if (!batch.ok()) {
    return absl::DataLossError(Cat("record at offset ", header.first_offset,
                                   ": ", FromAbsl(batch.status().message())));
  }
  if ((*batch)->size() != header.event_count) {
    return absl::DataLossError(Cat("record at offset ", header.first_offset,
                                   ": ", (*batch)->size(), " events, expected ",
                                   header.event_count));
  }
  return batch;
}

}  // namespace phoenix
