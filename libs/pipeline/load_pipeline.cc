#include "libs/pipeline/load_pipeline.h"

#include <memory>
#include <utility>
#include <vector>

#include "libs/pipeline/message_reader.h"
#include "libs/pipeline/scalar_field.h"
#include "libs/pipeline/yaml_document.h"

namespace phoenix {
namespace {

template <typename Component>
std::vector<ConfigKind> KindsOf(const Registry<Component>& registry) {
  std::vector<ConfigKind> kinds;
  for (const auto* kind : registry.kinds()) {
    kinds.push_back({kind->name, kind->prototype});
  }
  return kinds;
}

}  // namespace

LoadedPipeline LoadPipeline(std::string_view text,
                            const ComponentRegistry& registry,
                            const Environment& environment,
                            Diagnostics& diagnostics) {
  LoadedPipeline loaded;
  loaded.file = diagnostics.file();
  std::shared_ptr<const YamlDocument> document =
      YamlDocument::Parse(text, environment, diagnostics);
  if (document == nullptr) return loaded;
  loaded.readable = true;
  loaded.positions = SourceMap(document);
  const ConfigKinds kinds = {{"sources", KindsOf(registry.sources)},
                             {"steps", KindsOf(registry.operators)},
                             {"sinks", KindsOf(registry.sinks)}};
  MessageReader reader(kinds, loaded.positions, diagnostics);
  reader.Read(document->root(), "", loaded.message);
  if (!loaded.message.has_limits()) {
    FillDefaults(*loaded.message.mutable_limits());
  }
  loaded.broken = reader.broken();
  return loaded;
}

}  // namespace phoenix
