#include "libs/sinks/postgres/copy_encoder.h"

#include <algorithm>
#include <utility>

#include "libs/base/json_text.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/event/attribute_name.h"
#include "libs/event/payload_line.h"
#include "libs/json/json_string.h"
#include "libs/sinks/postgres/big_endian.h"
#include "libs/sinks/postgres/binary_value.h"

namespace phoenix {
namespace {

// A value in an error is cut here, so that a payload doesn't fill a log line.
constexpr size_t kMaxExcerptBytes = 64;

std::string Excerpt(std::string_view value) {
  if (value.size() <= kMaxExcerptBytes) return JsonText(value);
  return JsonText(Cat(value.substr(0, kMaxExcerptBytes), "..."));
}

JsonPath PathOf(const EventField& field) {
  JsonPath path;
  for (const std::string& key : field.path) path.push_back({.key = key});
  return path;
}

bool IsWholePayload(const EventField& field) {
  return field.kind == EventField::Kind::kData && field.path.empty();
}

}  // namespace

std::string_view CopyHeader() {
  // A signature, flags and the length of an extension.
  static constexpr char kHeader[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";
  return {kHeader, sizeof(kHeader) - 1};
}

std::string_view CopyTrailer() { return "\xFF\xFF"; }

CopyEncoder::CopyEncoder(std::vector<Column> columns, std::vector<size_t> key)
    : columns_(std::move(columns)),
      inputs_(columns_.size()),
      paths_([this] {
        PathSet paths;
        for (size_t i = 0; i < columns_.size(); ++i) {
          const auto& field = columns_[i].field;
          if (!field.has_value()) {
            inputs_[i].kind = Input::Kind::kExtensions;
          } else if (IsWholePayload(*field)) {
            inputs_[i].kind = Input::Kind::kPayload;
          } else if (field->kind == EventField::Kind::kData) {
            inputs_[i].kind = Input::Kind::kPath;
            inputs_[i].span = paths.AddSpan(PathOf(*field));
          }
        }
        return paths;
      }()),
      reader_(paths_) {
  for (size_t column : key) inputs_[column].required = true;
}

void CopyEncoder::Encode(const BatchView& view, std::string& out,
                         std::vector<size_t>& ends,
                         std::vector<RowError>& errors) {
  if (view.rows.empty()) return;
  const EventBatch& batch = *view.batch;
  BindAttributes(batch);
  ReadPaths(view);
  for (size_t i = 0; i < view.rows.size(); ++i) {
    const size_t begin = out.size();
    absl::Status status = AppendTuple(batch, view.rows[i], out);
    if (!status.ok()) {
      out.resize(begin);
      errors.push_back({i, std::move(status)});
    }
    ends.push_back(out.size());
  }
}

void CopyEncoder::BindAttributes(const EventBatch& batch) {
  for (size_t i = 0; i < columns_.size(); ++i) {
    const auto& field = columns_[i].field;
    if (!field.has_value() || field->kind == EventField::Kind::kData) continue;
    const StringColumn* column = nullptr;
    if (field->kind == EventField::Kind::kAttribute) {
      column = &batch.attribute(field->attribute);
    } else if (const auto* found = batch.FindExtension(field->extension)) {
      column = &found->values;
    }
    inputs_[i].attribute = column;
    inputs_[i].kind =
        column == nullptr ? Input::Kind::kNull : Input::Kind::kAttribute;
  }
}

void CopyEncoder::ReadPaths(const BatchView& view) {
  json_errors_.clear();
  if (paths_.span_count() == 0) return;
  const PayloadColumn& payloads = view.batch->payloads();
  IndexedTexts texts{payloads.blob.view(), *payloads.ranges,
                     payloads.json_index.get()};
  if (texts.index == nullptr) {
    indexer_.Index(texts.blob, texts.rows, index_, json_errors_);
    texts.index = &index_;
  }
  arena_.Reset();
  values_.Reset(paths_, view.batch->size());
  reader_.Read(texts, view.rows, arena_, values_);
}

absl::Status CopyEncoder::AppendTuple(const EventBatch& batch, uint32_t row,
                                      std::string& out) {
  AppendBigEndian(static_cast<int16_t>(columns_.size()), out);
  for (size_t i = 0; i < columns_.size(); ++i) {
    PHOENIX_RETURN_IF_ERROR(AppendColumn(i, batch, row, out));
  }
  return absl::OkStatus();
}

absl::Status CopyEncoder::AppendColumn(size_t column, const EventBatch& batch,
                                       uint32_t row, std::string& out) {
  const Input& input = inputs_[column];
  switch (input.kind) {
    case Input::Kind::kNull:
      return AppendNull(column, out);
    case Input::Kind::kAttribute:
      if (!input.attribute->HasValue(row)) return AppendNull(column, out);
      return AppendText(column, input.attribute->Get(row, scratch_), out);
    case Input::Kind::kPath:
      return AppendPath(column, batch, row, out);
    case Input::Kind::kPayload:
      return AppendPayload(column, batch, row, out);
    case Input::Kind::kExtensions:
      return AppendExtensions(column, batch, row, out);
  }
  return absl::OkStatus();
}

absl::Status CopyEncoder::AppendPath(size_t column, const EventBatch& batch,
                                     uint32_t row, std::string& out) {
  const std::string_view payload = batch.payload(row);
  if (payload.empty()) return AppendNull(column, out);
  if (!json_errors_.empty()) PHOENIX_RETURN_IF_ERROR(NotJson(column, row));
  const SpanColumn& spans = values_.spans[inputs_[column].span];
  if (spans.state(row) == SpanColumn::State::kError) {
    return absl::InvalidArgumentError(
        Cat("column '", columns_[column].name, "': payload has a key of '",
            columns_[column].field->name, "' twice, expected it once"));
  }
  if (!spans.Has(row)) return AppendNull(column, out);
  const std::string_view json = spans.at(row).value.In(payload);
  if (json == "null") return AppendNull(column, out);
  if (json.front() != '"' || columns_[column].type == ColumnType::kJsonb) {
    return AppendValue(column, json, out);
  }
  text_.resize(json.size());
  text_.resize(Unescape(json.substr(1, json.size() - 2), text_.data()));
  return AppendValue(column, text_, out);
}

absl::Status CopyEncoder::NotJson(size_t column, uint32_t row) const {
  const auto error = std::lower_bound(
      json_errors_.begin(), json_errors_.end(), row,
      [](const JsonError& e, uint32_t wanted) { return e.row < wanted; });
  if (error == json_errors_.end() || error->row != row) return absl::OkStatus();
  return absl::InvalidArgumentError(Cat("column '", columns_[column].name,
                                        "': payload is not JSON at byte ",
                                        error->offset, ": ", error->message));
}

absl::Status CopyEncoder::AppendPayload(size_t column, const EventBatch& batch,
                                        uint32_t row, std::string& out) {
  const std::string_view payload = batch.payload(row);
  const PayloadKind kind = batch.payloads().kinds.at(row);
  if (kind == PayloadKind::kNone) return AppendNull(column, out);
  if (columns_[column].type != ColumnType::kJsonb) {
    return AppendValue(column, payload, out);
  }
  text_.clear();
  if (kind == PayloadKind::kPlainText) {
    AppendJsonText(payload, text_);
    return AppendValue(column, text_, out);
  }
  if (kind != PayloadKind::kText) {
    AppendBase64String(payload, text_);
    return AppendValue(column, text_, out);
  }
  const StringColumn& types = batch.attribute(Attribute::kDataContentType);
  if (!IsJsonContentType(types.Get(row, scratch_))) {
    AppendJsonText(payload, text_);
    return AppendValue(column, text_, out);
  }
  if (payload.empty()) return AppendNull(column, out);
  return AppendValue(column, payload, out);
}

absl::Status CopyEncoder::AppendExtensions(size_t column,
                                           const EventBatch& batch,
                                           uint32_t row, std::string& out) {
  text_.clear();
  for (const ExtensionColumn& extension : batch.extensions()) {
    if (!extension.values.HasValue(row)) continue;
    text_ += text_.empty() ? '{' : ',';
    AppendJsonText(extension.name, text_);
    text_ += ':';
    AppendJsonText(extension.values.Get(row, scratch_), text_);
  }
  if (text_.empty()) return AppendNull(column, out);
  text_ += '}';
  return AppendValue(column, text_, out);
}

// Of a value that is text, and so has to be quoted to be JSON.
absl::Status CopyEncoder::AppendText(size_t column, std::string_view text,
                                     std::string& out) {
  if (columns_[column].type != ColumnType::kJsonb) {
    return AppendValue(column, text, out);
  }
  text_.clear();
  AppendJsonText(text, text_);
  return AppendValue(column, text_, out);
}

absl::Status CopyEncoder::AppendValue(size_t column, std::string_view value,
                                      std::string& out) {
  const ColumnType type = columns_[column].type;
  if (AppendBinaryValue(type, value, out)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      Cat("column '", columns_[column].name, "': ", Excerpt(value), " is no '",
          ColumnTypeName(type), "', expected ", ColumnTypeForms(type)));
}

absl::Status CopyEncoder::AppendNull(size_t column, std::string& out) {
  if (inputs_[column].required) {
    return absl::InvalidArgumentError(
        Cat("column '", columns_[column].name,
            "' has no value, expected one: it is part of the key"));
  }
  AppendBinaryNull(out);
  return absl::OkStatus();
}

}  // namespace phoenix
