#include "libs/sinks/file/file_factory.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "libs/base/text.h"
#include "libs/sinks/file/file.pb.h"
#include "libs/sinks/file/file_sink.h"
#include "libs/sinks/file/path_template.h"
#include "libs/sinks/rows/cloudevents_row_encoder.h"
#include "libs/sinks/rows/csv_row_encoder.h"
#include "libs/sinks/rows/event_field.h"
#include "libs/sinks/rows/ndjson_row_encoder.h"

namespace phoenix {
namespace {

namespace v1 = sinks::file::v1;

std::optional<PathTemplate> ParsePath(const v1::File& config,
                                      ConfigReport& report) {
  PathTemplateError error;
  auto path = PathTemplate::Parse(config.path(), error);
  if (!path.has_value()) {
    report.Error("path", error.offset, error.message);
  } else if (config.mode() == v1::MODE_TRUNCATE &&
             (path->has_fields() || path->has_time())) {
    report.Error("mode", 0,
                 "truncate does not go with placeholders in 'path': expected "
                 "append");
  }
  return path;
}

std::vector<EventField> ParseColumns(const v1::File& config,
                                     ConfigReport& report) {
  std::vector<EventField> columns;
  for (int i = 0; i < config.columns_size(); ++i) {
    auto column = ParseEventField(config.columns(i));
    if (column.has_value()) {
      columns.push_back(*std::move(column));
    } else {
      report.Error(absl::StrFormat("columns[%d]", i), 0,
                   absl::StrFormat("unknown field '%s': expected %s",
                                   config.columns(i), kEventFieldForms));
    }
  }
  if (columns.empty()) {
    report.Error("columns", 0, "no columns: csv needs at least one field");
  } else if (columns.size() > CsvRowEncoder::kMaxColumns) {
    report.Error("columns", 0,
                 absl::StrFormat("%d columns: expected at most %d",
                                 columns.size(), CsvRowEncoder::kMaxColumns));
  }
  return columns;
}

std::unique_ptr<RowEncoder> MakeEncoder(const v1::File& config,
                                        ConfigReport& report) {
  if (config.format() == v1::FORMAT_CSV) {
    return std::make_unique<CsvRowEncoder>(ParseColumns(config, report));
  }
  if (config.columns_size() > 0) {
    report.Error("columns", 0, "columns go with 'format: csv' only");
  }
  if (config.format() == v1::FORMAT_CLOUDEVENTS) {
    return std::make_unique<CloudEventsRowEncoder>();
  }
  return std::make_unique<NdjsonRowEncoder>();
}

FileWriter::Options WriterOptions(const v1::File& config) {
  FileWriter::Options options;
  options.truncate = config.mode() == v1::MODE_TRUNCATE;
  options.json_lines = config.format() != v1::FORMAT_CSV;
  if (config.buffer_bytes() > 0) options.buffer_bytes = config.buffer_bytes();
  options.rotate_bytes = config.rotate_bytes();
  const auto& interval = config.rotate_interval();
  if (interval.seconds() > 0 || interval.nanos() > 0) {
    options.rotate_interval =
        absl::Seconds(interval.seconds()) + absl::Nanoseconds(interval.nanos());
  }
  return options;
}

std::unique_ptr<Sink> Create(const v1::File& config, BuildContext& context) {
  const int errors = context.report.error_count();
  auto path = ParsePath(config, context.report);
  auto encoder = MakeEncoder(config, context.report);
  if (context.report.error_count() > errors || !path.has_value()) {
    return nullptr;
  }
  FileSink::Options options;
  options.name = context.name;
  options.path = *std::move(path);
  options.writer = WriterOptions(config);
  if (config.max_open_files() > 0) {
    options.max_open_files = config.max_open_files();
  }
  options.create_on_first_event = config.create_on_first_event();
  options.sync = config.sync();
  options.exactly_once = context.has_log && config.mode() != v1::MODE_TRUNCATE;
  options.record = Cat(context.pipeline, ".", context.name);
  return std::make_unique<FileSink>(std::move(options), std::move(encoder),
                                    context.clock);
}

}  // namespace

void RegisterFileSink(SinkRegistry& registry) {
  registry.Register<v1::File>("file", &Create);
}

}  // namespace phoenix
