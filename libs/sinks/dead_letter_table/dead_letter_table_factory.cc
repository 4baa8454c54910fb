#include "libs/sinks/dead_letter_table/dead_letter_table_factory.h"

#include <memory>
#include <utility>

#include "libs/sinks/dead_letter_table/dead_letter_table.pb.h"
#include "libs/sinks/dead_letter_table/dead_letter_table_sink.h"

namespace phoenix {
namespace {

namespace v1 = sinks::dead_letter_table::v1;

std::unique_ptr<Sink> Create(const v1::DeadLetterTable& config,
                             BuildContext& context) {
  using FullPolicy = DeadLetterTableSink::FullPolicy;
  DeadLetterTableSink::Options options;
  options.name = context.name;
  options.pipeline = context.pipeline;
  options.path = config.path();
  if (config.max_rows() > 0) options.max_rows = config.max_rows();
  if (config.max_bytes() > 0) options.max_bytes = config.max_bytes();
  options.full_policy = config.when_full() == v1::WHEN_FULL_DROP_OLDEST
                            ? FullPolicy::kDropOldest
                            : FullPolicy::kBlock;
  return std::make_unique<DeadLetterTableSink>(std::move(options));
}

}  // namespace

void RegisterDeadLetterTableSink(SinkRegistry& registry) {
  registry.Register<v1::DeadLetterTable>("dead_letter_table", &Create);
}

}  // namespace phoenix
