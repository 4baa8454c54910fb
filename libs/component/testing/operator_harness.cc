#include "libs/component/testing/operator_harness.h"

#include <utility>

#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "libs/component/testing/test_batch.h"

namespace phoenix {

std::vector<std::string> StepResult::payloads() const {
  return PayloadsOf(*batch, passed);
}

std::vector<uint32_t> StepResult::failed_rows() const {
  std::vector<uint32_t> rows;
  for (const RowError& error : failed) rows.push_back(error.row);
  return rows;
}

OperatorHarness::OperatorHarness(
    const std::function<void(OperatorRegistry&)>& register_kind,
    const std::string& config) {
  OperatorRegistry registry;
  register_kind(registry);
  EXPECT_EQ(registry.kinds().size(), 1u);
  const auto* found = registry.kinds().at(0);
  const std::unique_ptr<google::protobuf::Message> message(
      found->prototype->New());
  EXPECT_TRUE(
      google::protobuf::TextFormat::ParseFromString(config, message.get()))
      << config;
  RuleSetBuilder rules;
  BuildContext context{"step", "pipeline", report_, rules, clock_};
  operator_ = found->create(*message, context);
  EXPECT_EQ(operator_ == nullptr, report_.error_count() > 0);
  if (operator_ == nullptr) return;
  auto built = rules.Build();
  EXPECT_TRUE(built.ok()) << built.status();
  rules_ = *std::move(built);
}

StepResult OperatorHarness::Process(EventBatchPtr batch, Selection rows) const {
  Frame frame(rules_);
  frame.Reset(std::move(batch));
  StepRun run(frame, rows);
  operator_->Process(run);
  StepResult result;
  result.batch = frame.batch();
  result.passed = rows;
  result.filtered = std::move(run.filtered());
  result.failed = std::move(run.failed());
  return result;
}

StepResult OperatorHarness::Process(
    const std::vector<std::string>& payloads) const {
  BatchView all = AllOf(MakeBatch(payloads));
  return Process(std::move(all.batch), std::move(all.rows));
}

}  // namespace phoenix
