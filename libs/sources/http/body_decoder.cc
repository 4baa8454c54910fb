#include "libs/sources/http/body_decoder.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/shared_bytes.h"
#include "libs/base/status_macros.h"
#include "libs/event/cloudevents_json_decoder.h"
#include "libs/event/http_binary_mode.h"
#include "libs/event/json_body_decoder.h"
#include "libs/event/ndjson_decoder.h"
#include "libs/json/json_indexer.h"

namespace phoenix {
namespace {

// The buffer of a request that is small or says nothing of its length.
constexpr size_t kMinBufferBytes = 4 << 10;

class NdjsonBody : public BodyDecoder {
 public:
  NdjsonBody(const http::RequestHead& head, const BodyDecoderOptions& options)
      : buffer_bytes_(DecoderOptions(head, options).buffer_bytes),
        decoder_(DecoderOptions(head, options)),
        now_(options.receive_time_nanos) {}

  absl::Status Feed(std::string_view part,
                    std::vector<DecodedBatch>& out) override {
    while (!part.empty()) {
      const absl::Span<char> room = decoder_.Buffer();
      const size_t size = std::min(room.size(), part.size());
      std::copy_n(part.data(), size, room.data());
      decoder_.Commit(size);
      part.remove_prefix(size);
      if (size == room.size()) decoder_.Decode(now_, out);
    }
    return absl::OkStatus();
  }

  void Flush(std::vector<DecodedBatch>& out) override {
    decoder_.Decode(now_, out);
  }

  absl::Status Finish(std::vector<DecodedBatch>& out) override {
    decoder_.Finish(now_, out);
    return absl::OkStatus();
  }

  // The same at any time, so that a body of which something was taken has what
  // it needs to go on; lines that outgrow the buffer need more.
  size_t BytesToFeed(size_t) const override { return BytesToFinish(); }

  size_t BytesToFinish() const override {
    return BodyDecoderOptions::kCopiesInWork *
           std::max(buffer_bytes_, decoder_.capacity());
  }

 private:
  static NdjsonOptions DecoderOptions(const http::RequestHead& head,
                                      const BodyDecoderOptions& options) {
    NdjsonOptions result;
    result.defaults = options.defaults;
    result.max_event_bytes = options.max_event_bytes;
    const uint64_t length =
        head.content_length.value_or(NdjsonOptions::kDefaultBufferBytes);
    result.buffer_bytes = std::clamp<uint64_t>(
        length + 1, kMinBufferBytes, NdjsonOptions::kDefaultBufferBytes);
    return result;
  }

  const size_t buffer_bytes_;
  NdjsonDecoder decoder_;
  const int64_t now_;
};

// Keeps the body until it is complete.
class WholeBody : public BodyDecoder {
 public:
  explicit WholeBody(BodyDecoderOptions options)
      : options_(std::move(options)) {}

  absl::Status Feed(std::string_view part,
                    std::vector<DecodedBatch>& out) override {
    if (body_.size() + part.size() > options_.max_body_bytes) {
      return absl::OutOfRangeError(absl::StrCat("body is larger than ",
                                                options_.max_body_bytes,
                                                " bytes (max_body_bytes)"));
    }
    body_.reserve(CapacityFor(part.size()));
    body_ += part;
    return absl::OkStatus();
  }

  absl::Status Finish(std::vector<DecodedBatch>& out) override {
    PHOENIX_ASSIGN_OR_RETURN(DecodedBatch decoded,
                             Decode(SharedBytes::FromString(std::move(body_))));
    if (decoded.batch != nullptr || !decoded.errors.empty()) {
      out.push_back(std::move(decoded));
    }
    return absl::OkStatus();
  }

  // While the text moves it is there twice.
  size_t BytesToFeed(size_t size) const override {
    const size_t capacity = CapacityFor(size);
    return capacity == body_.capacity() ? capacity
                                        : capacity + body_.capacity();
  }

  size_t BytesToFinish() const override {
    return std::max(body_.capacity(),
                    BodyDecoderOptions::kCopiesInWork * body_.size());
  }

 protected:
  const BodyDecoderOptions& options() const { return options_; }

  BatchBuilder Builder() const {
    BatchLimits limits;
    limits.max_event_bytes = options_.max_event_bytes;
    // The body as a whole is bounded already.
    limits.max_bytes = options_.max_body_bytes * 2;
    EventDefaults none;
    return BatchBuilder(none, limits);
  }

 private:
  virtual absl::StatusOr<DecodedBatch> Decode(const SharedBytes& body) = 0;

  // Doubles, but not beyond the largest body.
  size_t CapacityFor(size_t more) const {
    const size_t needed = body_.size() + more;
    if (needed <= body_.capacity()) return body_.capacity();
    return std::max(needed,
                    std::min(2 * body_.capacity(), options_.max_body_bytes));
  }

  const BodyDecoderOptions options_;
  std::string body_;
};

class JsonBody : public WholeBody {
 public:
  using WholeBody::WholeBody;

 private:
  absl::StatusOr<DecodedBatch> Decode(const SharedBytes& body) override {
    JsonBodyDecoder decoder({options().defaults, options().max_event_bytes});
    return decoder.Decode(body, options().receive_time_nanos);
  }
};

class StructuredBody : public WholeBody {
 public:
  using WholeBody::WholeBody;

 private:
  absl::StatusOr<DecodedBatch> Decode(const SharedBytes& body) override {
    BatchBuilder builder = Builder();
    CloudEventsJsonDecoder decoder;
    DecodedBatch decoded;
    PHOENIX_RETURN_IF_ERROR(decoder.DecodeEvent(body, builder, decoded.errors));
    decoded.batch = builder.Build(options().receive_time_nanos);
    return decoded;
  }
};

class BatchedBody : public WholeBody {
 public:
  using WholeBody::WholeBody;

 private:
  absl::StatusOr<DecodedBatch> Decode(const SharedBytes& body) override {
    BatchBuilder builder = Builder();
    CloudEventsJsonDecoder decoder;
    DecodedBatch decoded;
    PHOENIX_RETURN_IF_ERROR(decoder.DecodeBatch(body, builder, decoded.errors));
    decoded.batch = builder.Build(options().receive_time_nanos);
    return decoded;
  }
};

class BinaryModeBody : public WholeBody {
 public:
  BinaryModeBody(const http::RequestHead& head, BodyDecoderOptions options)
      : WholeBody(std::move(options)), headers_(head.headers) {}

 private:
  absl::StatusOr<DecodedBatch> Decode(const SharedBytes& body) override {
    const std::vector<HttpHeader> headers(headers_.begin(), headers_.end());
    BatchBuilder builder = Builder();
    JsonIndexer indexer;
    DecodedBatch decoded;
    PHOENIX_RETURN_IF_ERROR(
        DecodeBinaryModeEvent(headers, body, indexer, builder, decoded.errors));
    decoded.batch = builder.Build(options().receive_time_nanos);
    return decoded;
  }

  const http::Headers headers_;
};

}  // namespace

std::unique_ptr<BodyDecoder> MakeBodyDecoder(BodyFormat format,
                                             const http::RequestHead& head,
                                             BodyDecoderOptions options) {
  switch (format) {
    case BodyFormat::kNdjson:
      return std::make_unique<NdjsonBody>(head, options);
    case BodyFormat::kJson:
      return std::make_unique<JsonBody>(std::move(options));
    case BodyFormat::kCloudEvent:
      return std::make_unique<StructuredBody>(std::move(options));
    case BodyFormat::kCloudEventBatch:
      return std::make_unique<BatchedBody>(std::move(options));
    case BodyFormat::kBinaryModeEvent:
      break;
  }
  return std::make_unique<BinaryModeBody>(head, std::move(options));
}

}  // namespace phoenix
