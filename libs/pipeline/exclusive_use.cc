#include "libs/pipeline/exclusive_use.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "libs/base/text.h"
#include "libs/net/listen_address.h"
#include "libs/pipeline/compiled_pipeline.h"
#include "libs/pipeline/component_config.h"
#include "libs/pipeline/field_constraint.h"
#include "libs/pipeline/named_files.h"
#include "phoenix/options/v1/options.pb.h"

namespace phoenix {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using options::v1::Exclusive;

// One use of something that can't be shared.
struct Use {
  Exclusive what;
  std::string user;  // `sink 'archive'`.
  std::string path;  // Of the field in the message.
  std::string text;
  std::string cluster = {};              // When it is of Kafka: its brokers.
  std::optional<NamedFiles> files = {};  // When it is of files.
};

// A folder in which a log has its files.
struct Folder {
  std::string user;  // `the log`.
  std::string path;  // Of the field in the message.
  std::string text;
  NamedFiles files;
};

// The texts of a field, of which one that is not repeated has one.
std::vector<std::string> TextsOf(const Message& message,
                                 const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  if (!field.is_repeated()) return {reflection.GetString(message, &field)};
  std::vector<std::string> texts;
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    texts.push_back(reflection.GetRepeatedString(message, &field, i));
  }
  return texts;
}

// Of a field of that name; empty where there is none.
std::string TextOf(const Message& message, const char* name) {
  const auto* field = message.GetDescriptor()->FindFieldByName(name);
  return field == nullptr ? "" : TextsOf(message, *field)[0];
}

bool StandsForAll(const std::string& host) {
  return host == "0.0.0.0" || host == "::";
}

std::string HostOf(const ListenAddress& address) {
  return address.host == "localhost" ? "127.0.0.1" : address.host;
}

// What is no address is reported by whoever listens there.
bool AddressesMeet(const std::string& a, const std::string& b) {
  const auto first = ParseListenAddress(a);
  const auto second = ParseListenAddress(b);
  if (!first.ok() || !second.ok()) return false;
  if (first->port == 0 || first->port != second->port) return false;
  return HostOf(*first) == HostOf(*second) || StandsForAll(first->host) ||
         StandsForAll(second->host);
}

bool Reads(const Use& use) {
  return use.what == options::v1::EXCLUSIVE_READ_FILES;
}

bool Writes(const Use& use) {
  return use.what == options::v1::EXCLUSIVE_WRITTEN_FILE;
}

bool HasEvents(const Use& topic) {
  return topic.what == options::v1::EXCLUSIVE_READ_TOPIC ||
         topic.what == options::v1::EXCLUSIVE_WRITTEN_TOPIC;
}

// What one component says twice of itself is for its kind to judge.
bool MeetInKafka(const Use& a, const Use& b) {
  if (a.cluster != b.cluster || a.text != b.text || a.user == b.user) {
    return false;
  }
  const auto has_id = [](const Use& use) {
    return use.what == options::v1::EXCLUSIVE_TRANSACTIONAL_ID;
  };
  if (has_id(a) || has_id(b)) return a.what == b.what;
  return a.what != b.what && !(HasEvents(a) && HasEvents(b));
}

bool Meet(const Use& a, const Use& b) {
  if (!a.cluster.empty() && !b.cluster.empty()) return MeetInKafka(a, b);
  if (Reads(a) && Reads(b)) return false;
  if (a.files.has_value() && b.files.has_value()) {
    return a.what == b.what ? a.files->SameAs(*b.files)
                            : a.files->Overlap(*b.files);
  }
  return a.what == b.what && AddressesMeet(a.text, b.text);
}

std::string_view VerbOf(const Use& use) {
  switch (use.what) {
    case options::v1::EXCLUSIVE_READ_FILES:
      return "reads";
    case options::v1::EXCLUSIVE_WRITTEN_FILE:
      return "writes to";
    case options::v1::EXCLUSIVE_TRANSACTIONAL_ID:
      return "writes with the transactional id";
    case options::v1::EXCLUSIVE_READ_TOPIC:
      return "reads topic";
    case options::v1::EXCLUSIVE_WRITTEN_TOPIC:
      return "writes to topic";
    case options::v1::EXCLUSIVE_POSITIONS_TOPIC:
      return "keeps positions in topic";
    case options::v1::EXCLUSIVE_LOG_TOPIC:
      return "keeps events in topic";
    default:
      return "listens at";
  }
}

// Of what meets `other`.
std::string_view ExpectedOf(const Use& use, const Use& other) {
  if (use.what == options::v1::EXCLUSIVE_TRANSACTIONAL_ID) {
    return "one of its own";
  }
  if (!use.cluster.empty()) return "another topic";
  if (Reads(use)) return "files that the pipeline does not write to";
  if (Reads(other)) return "a file that no source reads";
  return Writes(use) ? "a file of its own" : "an address of its own";
}

class ExclusiveUseChecker {
 public:
  ExclusiveUseChecker(const LoadedPipeline& loaded, Diagnostics& diagnostics)
      : loaded_(loaded), diagnostics_(diagnostics) {}

  void Run() {
    const auto& pipeline = loaded_.message;
    CollectFields(pipeline, "'admin_address'", "");
    if (pipeline.dead_letter().empty()) {
      Add({options::v1::EXCLUSIVE_WRITTEN_FILE, "the default of 'dead_letter'",
           "dead_letter", DefaultDeadLetterPath(pipeline.name())});
    }
    CollectFields(pipeline.log().kafka(), "the log", "log.kafka.");
    Collect(pipeline.sources(), "source", "sources");
    Collect(pipeline.sinks(), "sink", "sinks");
    for (size_t i = 0; i < uses_.size(); ++i) Compare(i);
    CollectFolders();
    for (size_t i = 0; i < folders_.size(); ++i) CompareFolder(i);
    for (const Use& use : uses_) CompareWithFolders(use);
  }

 private:
  template <typename List>
  void Collect(const List& list, const char* sort, const char* list_name) {
    for (int i = 0; i < list.size(); ++i) {
      const auto config = UnpackConfig(list[i].config());
      if (config == nullptr) continue;
      CollectFields(*config, Cat(sort, " '", list[i].name(), "'"),
                    Cat(list_name, "[", i, "].config."));
    }
  }

  void CollectFields(const Message& message, const std::string& user,
                     const std::string& prefix) {
    const google::protobuf::Descriptor& type = *message.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      const Exclusive what = ConstraintOf(field).exclusive();
      if (what == options::v1::EXCLUSIVE_UNSPECIFIED ||
          (what == options::v1::EXCLUSIVE_POSITIONS_TOPIC &&
           TextOf(message, "transactional_id").empty())) {
        continue;
      }
      const std::string path = prefix + field.name();
      const std::vector<std::string> texts = TextsOf(message, field);
      for (size_t k = 0; k < texts.size(); ++k) {
        Add({what, user, field.is_repeated() ? Cat(path, "[", k, "]") : path,
             texts[k], TextOf(message, "brokers")});
      }
    }
  }

  void Add(Use use) {
    if (use.text.empty()) return;
    if (Reads(use)) use.files = NamedFiles::ReadBy(use.text);
    if (Writes(use)) use.files = NamedFiles::WrittenBy(use.text);
    uses_.push_back(std::move(use));
  }

  void Compare(size_t index) {
    const Use& use = uses_[index];
    for (size_t i = 0; i < index; ++i) {
      if (!Meet(use, uses_[i])) continue;
      diagnostics_.Add(loaded_.positions.FindNearest(use.path),
                       Conflict(use, uses_[i]));
      return;
    }
  }

  void CollectFolders() {
    const auto& pipeline = loaded_.message;
    AddFolder("the log", "log.embedded.path", pipeline.log().embedded().path());
    for (int i = 0; i < pipeline.sinks_size(); ++i) {
      const auto& sink = pipeline.sinks(i);
      AddFolder(Cat("sink '", sink.name(), "'"),
                Cat("sinks[", i, "].queue.spill.path"),
                sink.queue().spill().path());
    }
  }

  void AddFolder(std::string user, std::string path, const std::string& text) {
    if (text.empty()) return;
    folders_.push_back(
        {std::move(user), std::move(path), text, NamedFiles::At(text)});
  }

  void CompareFolder(size_t index) {
    const Folder& folder = folders_[index];
    for (size_t i = 0; i < index; ++i) {
      const Folder& other = folders_[i];
      if (!folder.files.CanLieIn(other.files) &&
          !other.files.CanLieIn(folder.files)) {
        continue;
      }
      diagnostics_.Add(
          loaded_.positions.FindNearest(folder.path),
          Cat("folder '", folder.text, "' is used by ", other.user,
              folder.files.SameAs(other.files)
                  ? std::string()
                  : Cat(", as a part of '", other.text, "' or with that in it"),
              ": expected one of its own"));
      return;
    }
  }

  void CompareWithFolders(const Use& use) {
    if (!Writes(use)) return;
    for (const Folder& folder : folders_) {
      if (!use.files->CanLieIn(folder.files)) continue;
      diagnostics_.Add(loaded_.positions.FindNearest(use.path),
                       Cat(use.user, " writes to '", use.text,
                           "', but folder '", folder.text, "' is used by ",
                           folder.user, ": expected a file outside of it"));
      return;
    }
  }

  std::string Conflict(const Use& use, const Use& other) const {
    const auto at = loaded_.positions.Find(other.path);
    const std::string as = use.what == other.what
                               ? Cat("as ", other.user, " does")
                               : Cat("and ", other.user, " ", VerbOf(other),
                                     " '", other.text, "'");
    return Cat(use.user, " ", VerbOf(use), " '", use.text, "', ", as,
               at.has_value() ? Cat(" at line ", at->line) : std::string(),
               ": expected ", ExpectedOf(use, other));
  }

  const LoadedPipeline& loaded_;
  Diagnostics& diagnostics_;
  std::vector<Use> uses_;
  std::vector<Folder> folders_;
};

}  // namespace

void CheckExclusiveUse(const LoadedPipeline& loaded, Diagnostics& diagnostics) {
  ExclusiveUseChecker(loaded, diagnostics).Run();
}

}  // namespace phoenix
