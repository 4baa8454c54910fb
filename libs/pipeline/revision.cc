#include "libs/pipeline/revision.h"

#include "absl/strings/escaping.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "openssl/sha.h"

namespace phoenix {
namespace {

// 48 bits: two of a thousand revisions collide once in half a billion files.
constexpr size_t kRevisionBytes = 6;

}  // namespace

std::string SerializeDeterministic(const google::protobuf::Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream output(&stream);
  output.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&output);
  output.Trim();
  return bytes;
}

std::string RevisionOf(const google::protobuf::Message& message) {
  const std::string bytes = SerializeDeterministic(message);
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         digest);
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest), kRevisionBytes));
}

}  // namespace phoenix
