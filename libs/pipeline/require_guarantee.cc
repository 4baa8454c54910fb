#include "libs/pipeline/require_guarantee.h"

#include <algorithm>
#include <optional>
#include <string>

#include "libs/base/text.h"
#include "libs/pipeline/path_guarantee.h"

namespace phoenix {
namespace {

using pipeline::v1::Guarantee;

DeliveryGuarantee LeastOf(Guarantee required) {
  return required == pipeline::v1::GUARANTEE_EXACTLY_ONCE
             ? DeliveryGuarantee::kExactlyOnce
             : DeliveryGuarantee::kAtLeastOnce;
}

std::string At(SourcePosition position) {
  if (position.line == 0) return "";
  return Cat(" (line ", position.line, ", column ", position.column, ")");
}

class RequirementChecker {
 public:
  RequirementChecker(const LoadedPipeline& loaded,
                     const CompiledPipeline& compiled, Diagnostics& diagnostics)
      : loaded_(loaded), compiled_(compiled), diagnostics_(diagnostics) {}

  void Run() {
    const auto& file = loaded_.message;
    for (int i = 0; i < file.sinks_size(); ++i) {
      const auto sink = BuiltSink(file.sinks(i).name());
      if (!sink.has_value()) continue;
      const Guarantee own = file.sinks(i).require();
      if (own != pipeline::v1::GUARANTEE_UNSPECIFIED) {
        Check(own, Cat("sinks[", i, "].require"), *sink);
      } else if (IsRouted(*sink)) {
        Check(file.require(), "require", *sink);
      }
    }
  }

 private:
  // One that can't be built has been reported.
  std::optional<size_t> BuiltSink(const std::string& name) const {
    for (size_t i = 0; i < compiled_.sinks.size(); ++i) {
      if (compiled_.sinks[i].name == name) return i;
    }
    return std::nullopt;
  }

  bool IsRouted(size_t sink) const {
    return std::any_of(compiled_.routes.begin(), compiled_.routes.end(),
                       [&](const CompiledRoute& route) {
                         return std::count(route.sinks.begin(),
                                           route.sinks.end(), sink) > 0;
                       });
  }

  void Check(Guarantee required, const std::string& path, size_t sink) {
    if (required == pipeline::v1::GUARANTEE_UNSPECIFIED) return;
    const DeliveryGuarantee least = LeastOf(required);
    const PathGuarantee given = GuaranteeOf(compiled_, sink);
    if (given.guarantee >= least) return;
    for (const GuaranteeLimit& limit : given.limits) {
      if (limit.most >= least) continue;
      diagnostics_.Add(
          loaded_.positions.FindNearest(path),
          Cat("sink '", compiled_.sinks[sink].name, "' can't give '",
              GuaranteeName(least), "': ", limit.what, At(limit.position),
              ": expected ", limit.expected));
    }
  }

  const LoadedPipeline& loaded_;
  const CompiledPipeline& compiled_;
  Diagnostics& diagnostics_;
};

}  // namespace

void CheckRequiredGuarantees(const LoadedPipeline& loaded,
                             const CompiledPipeline& compiled,
                             Diagnostics& diagnostics) {
  RequirementChecker(loaded, compiled, diagnostics).Run();
}

}  // namespace phoenix
