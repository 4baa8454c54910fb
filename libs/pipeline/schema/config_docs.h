#ifndef LIBS_PIPELINE_SCHEMA_CONFIG_DOCS_H_
#define LIBS_PIPELINE_SCHEMA_CONFIG_DOCS_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"

namespace phoenix {

// The descriptors of a program's configs together with the comments in their
// .proto files, which compiled-in descriptors lack. Thread-safe.
class ConfigDocs {
 public:
  // `descriptor_set` is a google.protobuf.FileDescriptorSet with source info.
  // INVALID_ARGUMENT when it is none.
  static absl::StatusOr<std::unique_ptr<ConfigDocs>> Parse(
      std::string_view descriptor_set);

  // The message of that full name; null when there is none.
  const google::protobuf::Descriptor* Find(const std::string& name) const;

 private:
  google::protobuf::DescriptorPool pool_;
};

// The comment before a message, field, enum or enum value of a ConfigDocs: its
// paragraphs, each on one line.
template <typename Descriptor>
std::string CommentOf(const Descriptor& descriptor);

// The first sentence of a text.
std::string FirstSentence(const std::string& text);

}  // namespace phoenix

#endif  // LIBS_PIPELINE_SCHEMA_CONFIG_DOCS_H_
