#include "libs/cel/type_unifier.h"

#include <string>

#include "gtest/gtest.h"

namespace phoenix::cel {
namespace {

const Type kInt = TypeKind::kInt;
const Type kString = TypeKind::kString;
const Type kNull = TypeKind::kNull;

TEST(TypeUnifierTest, LearnsWhatParametersStandFor) {
  TypeUnifier unifier;
  const Type t = unifier.Fresh();
  EXPECT_TRUE(unifier.Assign(Type::List(kInt), Type::List(t)));
  EXPECT_EQ(unifier.Substitute(t, false), kInt);
  EXPECT_FALSE(unifier.Assign(kString, t));
  EXPECT_EQ(unifier.Substitute(t, false), kInt);
}

TEST(TypeUnifierTest, LearnsNothingFromWhatDoesNotFit) {
  TypeUnifier unifier;
  const Type t = unifier.Fresh();
  EXPECT_FALSE(unifier.Assign({kInt, kString}, {t, kInt}));
  EXPECT_EQ(unifier.Substitute(t, true), Type());
}

TEST(TypeUnifierTest, RefusesATypeThatHoldsItself) {
  TypeUnifier unifier;
  const Type t = unifier.Fresh();
  EXPECT_FALSE(unifier.Assign(Type::List(t), t));
}

TEST(TypeUnifierTest, JoinsToTheMoreGeneralType) {
  TypeUnifier unifier;
  const Type wrapper = Type::Wrapper(kInt);
  const Type message = Type::Message("a.B");
  EXPECT_EQ(unifier.Join(kInt, kInt), kInt);
  EXPECT_EQ(unifier.Join(kInt, kString), Type());
  EXPECT_EQ(unifier.Join(kInt, Type()), Type());
  EXPECT_EQ(unifier.Join(kInt, wrapper), wrapper);
  EXPECT_EQ(unifier.Join(wrapper, kInt), wrapper);
  EXPECT_EQ(unifier.Join(message, kNull), message);
  EXPECT_EQ(unifier.Join(kNull, message), message);
  EXPECT_EQ(unifier.Join(kNull, kInt), Type());
  EXPECT_EQ(unifier.Join(Type::List(kInt), Type::List(Type())),
            Type::List(Type()));
}

TEST(TypeUnifierTest, LetsDynFitEverything) {
  TypeUnifier unifier;
  EXPECT_TRUE(unifier.Assign(Type(), kInt));
  EXPECT_TRUE(unifier.Assign(kInt, Type()));
  EXPECT_TRUE(unifier.Assign(Type::List(Type()), Type::List(kInt)));
  EXPECT_FALSE(unifier.Assign(Type::List(Type()), kInt));
}

TEST(TypeTest, WritesItselfAsCel) {
  EXPECT_EQ(Type::Map(kString, Type::List(Type())).ToString(),
            "map(string, list(dyn))");
  EXPECT_EQ(Type::Opaque("optional_type", {kInt}).ToString(),
            "optional_type(int)");
  EXPECT_EQ(Type(TypeKind::kTimestamp).ToString(), "timestamp");
  EXPECT_EQ(RuntimeName(TypeKind::kTimestamp), "google.protobuf.Timestamp");
  EXPECT_EQ(RuntimeName(Type::List(kInt)), "list");
  EXPECT_EQ(RuntimeName(Type::Wrapper(kInt)), "int");
}

}  // namespace
}  // namespace phoenix::cel
