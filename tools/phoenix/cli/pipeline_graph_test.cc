#include "tools/phoenix/cli/pipeline_graph.h"

#include "gtest/gtest.h"
#include "tools/phoenix/cli/test_pipeline.h"

namespace phoenix {
namespace {

TEST(PipelineGraphTest, DrawsABoxAStage) {
  EXPECT_EQ(GraphToText(*TestPipeline(kTestPipeline).compiled),
            "┌─ sources ──────────────┐\n"
            "│ in  door               │\n"
            "└────────────┬───────────┘\n"
            "             ▼\n"
            "┌─ step ─────────────────┐\n"
            "│ warm  keep             │──▶ failed: archive\n"
            "└────────────┬───────────┘\n"
            "             ▼\n"
            "┌─ routes ───────────────┐\n"
            "│ hot   when data.t > 30 │──▶ alerts (nowhere)\n"
            "│ rest  all that is left │──▶ archive (file)\n"
            "└────────────────────────┘\n");
}

TEST(PipelineGraphTest, WritesDot) {
  EXPECT_EQ(GraphToDot(*TestPipeline(kTestPipeline).compiled),
            R"(digraph "p" {
  rankdir=LR;
  node [shape=box];
  "source:in" [label="in\ndoor"];
  "step:warm" [label="warm\nkeep"];
  "routes:routes" [label="routes"];
  "sink:alerts" [label="alerts\nnowhere"];
  "sink:archive" [label="archive\nfile"];
  "source:in" -> "step:warm";
  "step:warm" -> "sink:archive" [style=dashed, label="failed"];
  "step:warm" -> "routes:routes";
  "routes:routes" -> "sink:alerts" [label="hot\nwhen data.t > 30"];
  "routes:routes" -> "sink:archive" [label="rest\nall that is left"];
}
)");
}

TEST(PipelineGraphTest, CutsALongConditionBetweenCharacters) {
  std::string text = kTestPipeline;
  const std::string condition = "data.t > 30";
  text.replace(text.find(condition), condition.size(),
               "data.name == 'ööööööööööööööööööööööööööööööööööööööö'");
  const std::string drawn = GraphToText(*TestPipeline(text).compiled);
  EXPECT_NE(drawn.find("ööö…"), std::string::npos) << drawn;
}

}  // namespace
}  // namespace phoenix
