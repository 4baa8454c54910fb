#include "libs/json/splicer.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "libs/json/json_testing.h"

namespace phoenix {
namespace {

using Kind = JsonEdit::Kind;

JsonEdit Set(std::string_view path) {
  return {Kind::kSet, *ParsePath(path), {}};
}
JsonEdit Remove(std::string_view path) {
  return {Kind::kRemove, *ParsePath(path), {}};
}
JsonEdit Rename(std::string_view from, std::string_view to) {
  return {Kind::kRename, *ParsePath(from), *ParsePath(to)};
}

// One text after the edits, with "VALUE" of every kSet as its `value`; or the
// error's message.
std::string Splice(const std::string& text, std::vector<JsonEdit> edits,
                   std::string_view value = "9") {
  const JsonRows rows({text});
  PathSet paths;
  const size_t count = edits.size();
  Splicer splicer(std::move(edits), paths);
  PathReader reader(paths);
  TextArena arena;
  PathColumns columns;
  columns.Reset(paths, 1);
  reader.Read(rows.texts(), rows.all, arena, columns);
  const std::vector<NewValues> values(count, {&value, true});
  // Exactly as much as is promised to be enough, so that a sanitizer sees more.
  std::vector<char> out(splicer.MaxBytes(rows.texts(), rows.all, values));
  std::vector<ByteRange> ranges(1);
  std::vector<JsonError> errors;
  const size_t size = splicer.Splice(rows.texts(), columns, rows.all, values,
                                     out.data(), ranges, errors);
  if (!errors.empty()) return errors[0].message;
  EXPECT_EQ(size, ranges[0].end + 1u);
  EXPECT_EQ(out[ranges[0].end], '\n');
  return std::string(ranges[0].In({out.data(), size}));
}

TEST(SplicerTest, SetsAMemberThatIsThere) {
  EXPECT_EQ(Splice(R"({"a":1, "b" : "x" ,"c":3})", {Set("b")}),
            R"({"a":1, "b" : 9 ,"c":3})");
  EXPECT_EQ(Splice(R"({"a":{"b":[1]}})", {Set("a.b")}), R"({"a":{"b":9}})");
}

TEST(SplicerTest, AddsAMemberThatIsMissing) {
  EXPECT_EQ(Splice(R"({"a":1})", {Set("b")}), R"({"a":1,"b":9})");
  EXPECT_EQ(Splice("{}", {Set("b")}), R"({"b":9})");
  EXPECT_EQ(Splice(" { } ", {Set("b")}), R"( { "b":9} )");
  EXPECT_EQ(Splice(R"({"a":{"x":1}})", {Set("a.b"), Set("c")}),
            R"({"a":{"x":1,"b":9},"c":9})");
}

TEST(SplicerTest, MakesTheObjectsThatAreMissingOnTheWay) {
  EXPECT_EQ(Splice(R"({"a":1})", {Set("x.y.z")}),
            R"({"a":1,"x":{"y":{"z":9}}})");
  EXPECT_EQ(Splice("{}", {Set("x.y"), Set("x.z.k"), Set("x.z.l")}),
            R"({"x":{"y":9,"z":{"k":9,"l":9}}})");
}

TEST(SplicerTest, WritesKeysAsJson) {
  EXPECT_EQ(Splice("{}", {Set("[\"a\\\"b\"]")}), R"({"a\"b":9})");
}

TEST(SplicerTest, RemovesMembersWithTheirCommas) {
  const std::string text = R"({"a":1,"b":2,"c":3})";
  EXPECT_EQ(Splice(text, {Remove("a")}), R"({"b":2,"c":3})");
  EXPECT_EQ(Splice(text, {Remove("b")}), R"({"a":1,"c":3})");
  EXPECT_EQ(Splice(text, {Remove("c")}), R"({"a":1,"b":2})");
  EXPECT_EQ(Splice(text, {Remove("b"), Remove("c")}), R"({"a":1})");
  EXPECT_EQ(Splice(text, {Remove("c"), Remove("a")}), R"({"b":2})");
  EXPECT_EQ(Splice(text, {Remove("a"), Remove("b")}), R"({"c":3})");
  EXPECT_EQ(Splice(text, {Remove("a"), Remove("b"), Remove("c")}), "{}");
  EXPECT_EQ(Splice(text, {Remove("x"), Remove("x2.y")}), text);
}

TEST(SplicerTest, RemovesAndAddsInTheSameObject) {
  EXPECT_EQ(Splice(R"({"a":1})", {Remove("a"), Set("b")}), R"({"b":9})");
  EXPECT_EQ(Splice(R"({"a":1,"b":2})", {Remove("b"), Set("c")}),
            R"({"a":1,"c":9})");
  EXPECT_EQ(Splice(R"({ "a" : 1 , "b" : 2 })", {Remove("a"), Set("c")}),
            R"({  "b" : 2 ,"c":9})");
}

TEST(SplicerTest, RenamesWithinAnObjectInPlace) {
  EXPECT_EQ(Splice(R"({"a":1,"b" : [2],"c":3})", {Rename("b", "d")}),
            R"({"a":1,"d" : [2],"c":3})");
}

TEST(SplicerTest, ReplacesTheMemberThatHasTheNewName) {
  EXPECT_EQ(Splice(R"({"a":1,"b":2})", {Rename("a", "b")}), R"({"b":1})");
  EXPECT_EQ(Splice(R"({"b":2,"a":1})", {Rename("a", "b")}), R"({"b":1})");
  EXPECT_EQ(Splice(R"({"x":{"b":2},"a":1})", {Rename("a", "x.b")}),
            R"({"x":{"b":1}})");
}

TEST(SplicerTest, MovesAMemberToAnotherObject) {
  EXPECT_EQ(Splice(R"({"a":{"b":[1,2],"c":3}})", {Rename("a.b", "x.y")}),
            R"({"a":{"c":3},"x":{"y":[1,2]}})");
}

TEST(SplicerTest, LeavesTheTextWhereNothingIsThereToRename) {
  EXPECT_EQ(Splice(R"({"b":2})", {Rename("a", "b")}), R"({"b":2})");
  EXPECT_EQ(Splice(R"({"b":2})", {Rename("a", "x.y")}), R"({"b":2})");
  EXPECT_EQ(Splice(R"({"x":1})", {Rename("a", "x.y")}), R"({"x":1})");
}

TEST(SplicerTest, FailsOnTextsThatAreNoObject) {
  EXPECT_EQ(Splice("[1]", {Set("a")}), "the payload is not an object");
  EXPECT_EQ(Splice("7", {Remove("a")}), "the payload is not an object");
  EXPECT_EQ(Splice("{", {Remove("a")}), "the payload is not an object");
}

TEST(SplicerTest, FailsToSetWithinWhatIsNoObject) {
  EXPECT_EQ(Splice(R"({"a":5})", {Set("a.b")}), "'a' is not an object");
  EXPECT_EQ(Splice(R"({"a":5,"c":1})", {Rename("c", "a.b")}),
            "'a' is not an object");
  EXPECT_EQ(Splice(R"({"a":5})", {Remove("a.b")}), R"({"a":5})");
}

TEST(SplicerTest, FailsWhereAnEditedKeyStandsTwice) {
  EXPECT_EQ(Splice(R"({"a":1,"a":2})", {Set("a")}), "'a' stands there twice");
  EXPECT_EQ(Splice(R"({"a":1,"b":2,"b":3})", {Rename("a", "b")}),
            "'b' stands there twice");
  EXPECT_EQ(Splice(R"({"x":1,"x":2})", {Set("a")}), R"({"x":1,"x":2,"a":9})");
}

TEST(SplicerTest, KeepsGoodRowsBesideBadOnes) {
  const JsonRows rows({R"({"a":1})", "[]", R"({"a":2})"});
  PathSet paths;
  Splicer splicer({Remove("a")}, paths);
  PathReader reader(paths);
  TextArena arena;
  PathColumns columns;
  columns.Reset(paths, 3);
  reader.Read(rows.texts(), rows.all, arena, columns);
  std::vector<char> out(splicer.MaxBytes(rows.texts(), rows.all, {}));
  std::vector<ByteRange> ranges(3);
  std::vector<JsonError> errors;
  const size_t size = splicer.Splice(rows.texts(), columns, rows.all, {},
                                     out.data(), ranges, errors);
  EXPECT_EQ(std::string_view(out.data(), size), "{}\n{}\n");
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].row, 1u);
  EXPECT_EQ(ranges[1], ByteRange());
}

TEST(ConflictTest, SaysWhichEditsNeedAPassOfTheirOwn) {
  EXPECT_TRUE(Conflict(Set("a"), Remove("a")));
  EXPECT_TRUE(Conflict(Set("a.b"), Remove("a")));
  EXPECT_TRUE(Conflict(Rename("a", "b"), Set("b.c")));
  EXPECT_TRUE(Conflict(Rename("a", "b"), Rename("b", "c")));
  EXPECT_FALSE(Conflict(Set("a.b"), Set("a.c")));
  EXPECT_FALSE(Conflict(Rename("a", "b"), Rename("c", "d")));
}

}  // namespace
}  // namespace phoenix
