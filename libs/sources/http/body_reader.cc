#include "libs/sources/http/body_reader.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"

namespace phoenix {

BodyReader::BodyReader(std::unique_ptr<Decompressor> decompressor,
                       std::unique_ptr<BodyDecoder> decoder,
                       ByteAllowance& allowance, size_t max_batch_bytes,
                       RequestTrace trace)
    : decompressor_(std::move(decompressor)),
      decoder_(std::move(decoder)),
      max_batch_bytes_(max_batch_bytes),
      trace_(std::move(trace)),
      share_(allowance) {}

absl::Status BodyReader::Feed(std::string_view part,
                              std::vector<DecodedBatch>& out) {
  return decompressor_->Feed(part, [&](std::string_view plain) {
    PHOENIX_RETURN_IF_ERROR(Reserve(decoder_->BytesToFeed(plain.size())));
    const size_t before = out.size();
    PHOENIX_RETURN_IF_ERROR(decoder_->Feed(plain, out));
    return TakeNew(out, before);
  });
}

absl::Status BodyReader::Flush(std::vector<DecodedBatch>& out) {
  const size_t before = out.size();
  decoder_->Flush(out);
  return TakeNew(out, before);
}

absl::Status BodyReader::Finish(std::vector<DecodedBatch>& out) {
  PHOENIX_RETURN_IF_ERROR(decompressor_->Finish());
  decompressor_ = nullptr;
  PHOENIX_RETURN_IF_ERROR(Reserve(decoder_->BytesToFinish()));
  const size_t before = out.size();
  PHOENIX_RETURN_IF_ERROR(decoder_->Finish(out));
  return TakeNew(out, before);
}

void BodyReader::HandOn(const EventBatch& batch) {
  waiting_bytes_ -= batch.memory_bytes();
  Reserve(decoder_->BytesToFeed(0)).IgnoreError();  // No more than before.
}

void BodyReader::Drop() {
  decompressor_ = nullptr;
  decoder_ = nullptr;
  waiting_bytes_ = 0;
  share_.Resize(0);
}

absl::Status BodyReader::Reserve(size_t decoder_bytes) {
  const size_t inflating =
      decompressor_ == nullptr ? 0 : decompressor_->memory_bytes();
  const size_t bytes = inflating + decoder_bytes + waiting_bytes_;
  if (share_.Resize(bytes)) return absl::OkStatus();
  return absl::ResourceExhaustedError("the allowance is used up");
}

// The batches from `first` on are new; what it took to make them is free again.
absl::Status BodyReader::TakeNew(std::vector<DecodedBatch>& out, size_t first) {
  for (size_t i = first; i < out.size(); ++i) {
    if (out[i].batch == nullptr) continue;
    out[i].batch = trace_.AddTo(std::move(out[i].batch));
    const size_t bytes = out[i].batch->memory_bytes();
    if (bytes > max_batch_bytes_) {
      return absl::OutOfRangeError(absl::StrCat(
          "body becomes a batch of ", bytes, " bytes with its columns, more ",
          "than ", max_batch_bytes_, ": twice max_body_bytes"));
    }
    waiting_bytes_ += bytes;
  }
  return Reserve(decoder_->BytesToFeed(0));
}

}  // namespace phoenix
