#include "libs/sinks/builtin.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(BuiltinSinksTest, AreAllThere) {
  SinkRegistry registry;
  RegisterBuiltinSinks(registry);
  std::vector<std::string> names;
  for (const auto* kind : registry.kinds()) names.push_back(kind->name);
  EXPECT_THAT(names,
              testing::ElementsAre("blackhole", "file", "http", "stdout"));
}

}  // namespace
}  // namespace phoenix
