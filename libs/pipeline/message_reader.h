#ifndef LIBS_PIPELINE_MESSAGE_READER_H_
#define LIBS_PIPELINE_MESSAGE_READER_H_

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/message.h"
#include "libs/pipeline/broken_fields.h"
#include "libs/pipeline/diagnostics.h"
#include "libs/pipeline/source_map.h"
#include "libs/pipeline/yaml_document.h"

namespace phoenix {

// A kind of component that a file may name, and its config.
struct ConfigKind {
  std::string name;
  const google::protobuf::Message* prototype = nullptr;
};

// The kinds by the list in which they may stand: `sources`, `steps`, `sinks`.
using ConfigKinds = std::map<std::string, std::vector<ConfigKind>, std::less<>>;

// Reads YAML into messages by their descriptors and the options on them:
// nothing in it knows a particular config. Thread-compatible; borrows all that
// it is made with.
class MessageReader {
 public:
  MessageReader(const ConfigKinds& kinds, SourceMap& positions,
                Diagnostics& diagnostics)
      : kinds_(kinds), positions_(positions), diagnostics_(diagnostics) {}

  // Reads `node` into `message`, fills in the defaults of what is not written,
  // records the position of every field below `path`, and reports everything
  // that is wrong.
  void Read(const YamlNode& node, const std::string& path,
            google::protobuf::Message& message);

  // The fields about which something was reported.
  const BrokenFields& broken() const { return broken_; }

 private:
  using Message = google::protobuf::Message;
  using Field = google::protobuf::FieldDescriptor;
  // The fields that were written.
  using Written = std::set<const Field*>;

  // Reports something about the field at `path`.
  void Error(const YamlNode& node, const std::string& path,
             std::string message);

  void ReadMapping(const YamlNode& node, const YamlNode& place,
                   const std::string& path, Message& message,
                   const Field* given);
  void ReadEntry(const YamlNode& key, const YamlNode& value,
                 const std::string& path, Message& message, Written& written);
  void CheckWritten(const YamlNode& place, const std::string& path,
                    const Message& message, const Written& written);
  void CheckExactlyOne(const YamlNode& place, const std::string& path,
                       const Message& message, const Written& written);

  void ReadField(const YamlNode& value, const std::string& path,
                 Message& message, const Field& field);
  void ReadSingle(const YamlNode& value, const std::string& path,
                  Message& message, const Field& field);
  void ReadList(const YamlNode& value, const std::string& path,
                Message& message, const Field& field);
  void ReadElement(const YamlNode& value, const std::string& path,
                   Message& message, const Field& field);
  void ReadMap(const YamlNode& value, const std::string& path, Message& message,
               const Field& field);
  void ReadKeyed(const YamlNode& value, const std::string& path,
                 Message& message, const Field& field);
  void ReadKeyedElement(const YamlNode& key, const YamlNode& value,
                        const std::string& path, Message& element,
                        const Field& key_field);
  void ReadScalar(const YamlNode& value, const std::string& path,
                  Message& message, const Field& field);

  void ReadComponent(const YamlNode& node, const std::string& path,
                     Message& message);
  void ReadConfig(const YamlNode& key, const YamlNode& value,
                  const std::string& path, const ConfigKind& kind,
                  Message& component);

  const ConfigKinds& kinds_;
  SourceMap& positions_;
  Diagnostics& diagnostics_;
  BrokenFields broken_;
};

}  // namespace phoenix

#endif  // LIBS_PIPELINE_MESSAGE_READER_H_
