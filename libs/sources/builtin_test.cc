#include "libs/sources/builtin.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

// That no kind is forgotten is a rule of tools/tidy.
TEST(BuiltinSourcesTest, HaveConfigsOfTheirOwnPackages) {
  SourceRegistry registry;
  RegisterBuiltinSources(registry);
  ASSERT_THAT(registry.kinds(), Not(IsEmpty()));
  for (const auto* kind : registry.kinds()) {
    EXPECT_THAT(kind->config->full_name(), StartsWith("phoenix.sources."));
  }
}

}  // namespace
}  // namespace phoenix
