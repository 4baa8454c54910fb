#include "libs/sources/http/decompressor.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <string>

#include "absl/strings/ascii.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

constexpr size_t kOutputBytes = 64 << 10;

// zlib: 15 bits of window, and a gzip header is expected.
constexpr int kGzipWindowBits = 15 + 16;

// What zlib says of inflate: a window of 32 KiB and some 7 KiB of state.
constexpr size_t kGzipStateBytes = 40 << 10;

// The window that RFC 8878 asks every decoder to support: 8 MiB.
constexpr int kZstdWindowLog = 23;

class Identity : public Decompressor {
 public:
  explicit Identity(const DecompressionLimits& limits) : Decompressor(limits) {}
  size_t memory_bytes() const override { return 0; }

 private:
  absl::StatusOr<Step> Advance(std::string_view input) override {
    return Step{{}, input, false};
  }
  bool AtEnd() const override { return true; }
};

class Gzip : public Decompressor {
 public:
  explicit Gzip(const DecompressionLimits& limits) : Decompressor(limits) {
    usable_ = inflateInit2(&stream_, kGzipWindowBits) == Z_OK;
  }
  ~Gzip() override { inflateEnd(&stream_); }
  size_t memory_bytes() const override {
    return sizeof(*this) + kGzipStateBytes;
  }

 private:
  absl::StatusOr<Step> Advance(std::string_view input) override {
    if (!usable_) return absl::ResourceExhaustedError("gzip: out of memory");
    // A file of several members is one body.
    if (at_end_) inflateReset(&stream_);
    at_end_ = false;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    stream_.avail_in = static_cast<uInt>(input.size());
    stream_.next_out = reinterpret_cast<Bytef*>(output_.data());
    stream_.avail_out = static_cast<uInt>(output_.size());
    const int result = inflate(&stream_, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
      return absl::InvalidArgumentError(absl::StrCat(
          "gzip: ", stream_.msg == nullptr ? "corrupt data" : stream_.msg));
    }
    at_end_ = result == Z_STREAM_END;
    return Step{input.substr(input.size() - stream_.avail_in),
                {output_.data(), output_.size() - stream_.avail_out},
                stream_.avail_out == 0 && !at_end_};
  }
  bool AtEnd() const override { return at_end_; }

  z_stream stream_{};
  bool usable_ = false;
  bool at_end_ = false;
  std::array<char, kOutputBytes> output_;
};

class Zstd : public Decompressor {
 public:
  explicit Zstd(const DecompressionLimits& limits)
      : Decompressor(limits), context_(ZSTD_createDCtx(), &ZSTD_freeDCtx) {
    ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kZstdWindowLog);
  }
  size_t memory_bytes() const override {
    return sizeof(*this) + ZSTD_sizeof_DCtx(context_.get());
  }

 private:
  absl::StatusOr<Step> Advance(std::string_view input) override {
    if (context_ == nullptr) {
      return absl::ResourceExhaustedError("zstd: out of memory");
    }
    ZSTD_inBuffer in{input.data(), input.size(), 0};
    ZSTD_outBuffer out{output_.data(), output_.size(), 0};
    const size_t left = ZSTD_decompressStream(context_.get(), &out, &in);
    if (ZSTD_isError(left)) {
      return absl::InvalidArgumentError(
          absl::StrCat("zstd: ", ZSTD_getErrorName(left)));
    }
    at_end_ = left == 0;
    return Step{input.substr(in.pos),
                {output_.data(), out.pos},
                out.pos == out.size && !at_end_};
  }
  bool AtEnd() const override { return at_end_; }

  std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context_;
  bool at_end_ = false;
  std::array<char, kOutputBytes> output_;
};

}  // namespace

absl::Status Decompressor::Feed(std::string_view input, Output output) {
  input_bytes_ += input.size();
  bool more_output = false;
  while (!input.empty() || more_output) {
    PHOENIX_ASSIGN_OR_RETURN(const Step step, Advance(input));
    if (step.rest.size() == input.size() && step.output.empty()) break;
    PHOENIX_RETURN_IF_ERROR(CountOutput(step.output.size()));
    if (!step.output.empty()) {
      PHOENIX_RETURN_IF_ERROR(output(step.output));
    }
    input = step.rest;
    more_output = step.more_output;
  }
  return absl::OkStatus();
}

absl::Status Decompressor::Finish() const {
  if (AtEnd() || input_bytes_ == 0) return absl::OkStatus();
  return absl::InvalidArgumentError("compressed body ends in the middle");
}

absl::Status Decompressor::CountOutput(uint64_t bytes) {
  output_bytes_ += bytes;
  if (output_bytes_ > limits_.max_output_bytes) {
    return absl::OutOfRangeError(Cat("body is larger than ",
                                     limits_.max_output_bytes, " bytes (",
                                     limits_.output_limit_name, ")"));
  }
  const uint64_t allowed =
      DecompressionLimits::kFreeBytes + input_bytes_ * limits_.max_ratio;
  if (output_bytes_ > allowed) {
    return absl::OutOfRangeError(
        absl::StrCat("body is compressed more than ", limits_.max_ratio,
                     " times (max_compression_ratio)"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Decompressor>> MakeDecompressor(
    std::string_view encoding, const DecompressionLimits& limits) {
  const std::string name = absl::AsciiStrToLower(ToAbsl(encoding));
  if (name.empty() || name == "identity") {
    return std::make_unique<Identity>(limits);
  }
  if (name == "gzip" || name == "x-gzip") return std::make_unique<Gzip>(limits);
  if (name == "zstd") return std::make_unique<Zstd>(limits);
  return absl::UnimplementedError(
      Cat("content encoding '", encoding,
          "' is not known: expected 'gzip', 'zstd' or none"));
}

}  // namespace phoenix
