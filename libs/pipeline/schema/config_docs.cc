#include "libs/pipeline/schema/config_docs.h"

#include "absl/status/status.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.pb.h"

namespace phoenix {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;
using google::protobuf::SourceLocation;

// Lines that follow each other are one paragraph; indented ones stay as they
// are.
std::string Paragraphs(const std::string& comment) {
  std::string text;
  bool new_paragraph = true;
  for (absl::string_view line : absl::StrSplit(comment, '\n')) {
    line = absl::StripTrailingAsciiWhitespace(line);
    absl::ConsumePrefix(&line, " ");
    if (line.empty()) {
      new_paragraph = true;
      continue;
    }
    const bool indented = line[0] == ' ';
    if (!text.empty()) {
      text += new_paragraph ? "\n\n" : indented ? "\n" : " ";
    }
    text.append(line.data(), line.size());
    new_paragraph = false;
  }
  return text;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ConfigDocs>> ConfigDocs::Parse(
    std::string_view descriptor_set) {
  FileDescriptorSet files;
  if (!files.ParseFromArray(descriptor_set.data(),
                            static_cast<int>(descriptor_set.size()))) {
    return absl::InvalidArgumentError("bytes are no FileDescriptorSet");
  }
  auto docs = std::make_unique<ConfigDocs>();
  for (const FileDescriptorProto& file : files.file()) {
    if (docs->pool_.BuildFile(file) == nullptr) {
      return absl::InvalidArgumentError("descriptor of '" + file.name() +
                                        "' lacks an import");
    }
  }
  return docs;
}

const Descriptor* ConfigDocs::Find(const std::string& name) const {
  return pool_.FindMessageTypeByName(name);
}

template <typename Descriptor>
std::string CommentOf(const Descriptor& descriptor) {
  SourceLocation location;
  if (!descriptor.GetSourceLocation(&location)) return "";
  return Paragraphs(location.leading_comments);
}

template std::string CommentOf(const Descriptor&);
template std::string CommentOf(const FieldDescriptor&);
template std::string CommentOf(const EnumDescriptor&);
template std::string CommentOf(const EnumValueDescriptor&);

std::string FirstSentence(const std::string& text) {
  const size_t end = text.find(". ");
  const size_t paragraph = text.find("\n");
  if (end == std::string::npos || paragraph < end) {
    return text.substr(0, paragraph);
  }
  return text.substr(0, end + 1);
}

}  // namespace phoenix
