#include "libs/operators/builtin.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(BuiltinOperatorsTest, AreAllThere) {
  OperatorRegistry registry;
  RegisterBuiltinOperators(registry);
  std::vector<std::string> names;
  for (const auto* kind : registry.kinds()) names.push_back(kind->name);
  EXPECT_THAT(names,
              testing::ElementsAre("filter", "map", "stats", "validate"));
}

}  // namespace
}  // namespace phoenix
