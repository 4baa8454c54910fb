#include "libs/sources/builtin.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(BuiltinSourcesTest, AreAllThere) {
  SourceRegistry registry;
  RegisterBuiltinSources(registry);
  std::vector<std::string> names;
  for (const auto* kind : registry.kinds()) names.push_back(kind->name);
  EXPECT_THAT(names,
              testing::ElementsAre("file", "generator", "grpc", "http", "tcp"));
}

}  // namespace
}  // namespace phoenix
