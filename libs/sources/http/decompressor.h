#ifndef LIBS_SOURCES_HTTP_DECOMPRESSOR_H_
#define LIBS_SOURCES_HTTP_DECOMPRESSOR_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace phoenix {

// What compressed input may become: bounds of a decompression bomb.
struct DecompressionLimits {
  // Any input may become this large, whatever its ratio: short texts compress
  // well.
  static constexpr uint64_t kFreeBytes = 1 << 20;

  // What a decompressor may take beyond what it said before it saw the input:
  // the window that RFC 8878 asks every zstd decoder for, and its blocks.
  static constexpr size_t kMaxWindowBytes = (8 << 20) + (512 << 10);

  uint64_t max_output_bytes = 16 << 20;
  // What the user set that by, for messages. Lives for ever.
  std::string_view output_limit_name = "max_body_bytes";
  uint64_t max_ratio = 200;  // Output to input, beyond kFreeBytes.
};

// Undoes a Content-Encoding as the body comes, 64 KiB at a time.
// Thread-compatible.
class Decompressor {
 public:
  // Takes a part of the output; a status that is not OK ends the work.
  using Output = absl::FunctionRef<absl::Status(std::string_view)>;

  virtual ~Decompressor() = default;

  // Decompresses `input` and hands on all that it gives. INVALID_ARGUMENT when
  // the input is corrupt, OUT_OF_RANGE when it is beyond the limits, or the
  // status of `output`. Not to be called again after an error.
  absl::Status Feed(std::string_view input, Output output);

  // INVALID_ARGUMENT when the input has ended in the middle.
  absl::Status Finish() const;

  // What it holds at the moment, its output's buffer included.
  virtual size_t memory_bytes() const = 0;

 protected:
  // Where the work stands.
  struct Step {
    std::string_view rest;     // Of the input.
    std::string_view output;   // Valid until the next step.
    bool more_output = false;  // There is output for which no room was left.
  };

  explicit Decompressor(const DecompressionLimits& limits) : limits_(limits) {}

  virtual absl::StatusOr<Step> Advance(std::string_view input) = 0;
  // Whether the input may end here.
  virtual bool AtEnd() const = 0;

 private:
  absl::Status CountOutput(uint64_t bytes);

  const DecompressionLimits limits_;
  uint64_t input_bytes_ = 0;
  uint64_t output_bytes_ = 0;
};

// For a Content-Encoding: `gzip` (`x-gzip`) or `zstd`, in any case; one that
// passes everything through for an empty one or `identity`. UNIMPLEMENTED for
// any other.
absl::StatusOr<std::unique_ptr<Decompressor>> MakeDecompressor(
    std::string_view encoding, const DecompressionLimits& limits);

}  // namespace phoenix

#endif  // LIBS_SOURCES_HTTP_DECOMPRESSOR_H_
