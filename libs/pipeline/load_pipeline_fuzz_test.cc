// Any bytes are a pipeline file or have errors with positions; none crash the
// loader.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "libs/pipeline/diagnostics.h"
#include "libs/pipeline/load_pipeline.h"
#include "libs/pipeline/testing/test_kinds.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const phoenix::ComponentRegistry& registry =
      *std::make_unique<phoenix::ComponentRegistry>(phoenix::TestKinds())
           .release();
  phoenix::Diagnostics diagnostics("p.yaml");
  const phoenix::LoadedPipeline loaded = phoenix::LoadPipeline(
      std::string_view(reinterpret_cast<const char*>(data), size), registry,
      [](const std::string& name) -> std::optional<std::string> {
        if (name.size() > 3) return std::nullopt;
        return name;
      },
      diagnostics);
  if (!loaded.readable && diagnostics.empty()) std::abort();
  for (const phoenix::Diagnostic& diagnostic : diagnostics.Sorted()) {
    if (diagnostic.position.line < 1 || diagnostic.position.column < 1) {
      std::abort();
    }
    loaded.positions.FindNearest("steps[0].config.condition", size);
  }
  return 0;
}
