#include "libs/pipeline/schema/config_docs.h"

#include "gtest/gtest.h"
#include "libs/pipeline/schema/test_descriptors.h"

namespace phoenix {
namespace {

TEST(ConfigDocsTest, FindsMessagesWithTheirComments) {
  const auto docs = ConfigDocs::Parse(TestDescriptors()[0].bytes);
  ASSERT_TRUE(docs.ok()) << docs.status();
  const auto* door = (*docs)->Find("phoenix.pipeline.testing.v1.Door");
  ASSERT_NE(door, nullptr);
  EXPECT_EQ(CommentOf(*door), "A source with a field of every scalar type.");
  EXPECT_EQ(CommentOf(*door->FindFieldByName("port")),
            "The port to listen at.");
  EXPECT_EQ((*docs)->Find("phoenix.Nothing"), nullptr);
}

TEST(ConfigDocsTest, RefusesBytesThatAreNoDescriptors) {
  EXPECT_FALSE(ConfigDocs::Parse("nonsense").ok());
}

TEST(FirstSentenceTest, EndsAtTheFirstFullStopOrParagraph) {
  EXPECT_EQ(FirstSentence("One. Two."), "One.");
  EXPECT_EQ(FirstSentence("One\n\nTwo."), "One");
  EXPECT_EQ(FirstSentence("Version 1.0 is it"), "Version 1.0 is it");
  EXPECT_EQ(FirstSentence(""), "");
}

}  // namespace
}  // namespace phoenix
