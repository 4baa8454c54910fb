#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string_view>
#include <utility>

#include "libs/event/batch_codec.h"
#include "libs/event/batch_fields.h"
#include "libs/event/wire_column.h"
#include "libs/event/wire_format.h"

namespace phoenix {
namespace {

using wire::BytesFieldSize;
using wire::VarintSize;

size_t VarintFieldSize(uint64_t value) { return 1 + VarintSize(value); }

// What is empty or 0 is not written, as in proto3.
size_t TextFieldSize(std::string_view text) {
  return text.empty() ? 0 : BytesFieldSize(text.size());
}

void WriteText(uint32_t id, std::string_view text, wire::FieldWriter& writer) {
  if (!text.empty()) writer.Bytes(id, text);
}

size_t NumberFieldSize(uint64_t value) {
  return value == 0 ? 0 : VarintFieldSize(value);
}

void WriteNumber(uint32_t id, uint64_t value, wire::FieldWriter& writer) {
  if (value != 0) writer.Varint(id, value);
}

// A negative number takes ten bytes on the wire.
uint64_t SignExtended(int64_t value) { return static_cast<uint64_t>(value); }

class Identity {
 public:
  explicit Identity(const BatchIdentity& identity) : identity_(identity) {}

  bool empty() const {
    return identity_.log.empty() && identity_.partition == 0 &&
           identity_.first_offset == -1;
  }
  size_t size() const {
    return TextFieldSize(identity_.log) +
           VarintFieldSize(SignExtended(identity_.partition)) +
           VarintFieldSize(SignExtended(identity_.first_offset)) +
           NumberFieldSize(SignExtended(identity_.tenure));
  }
  void Write(wire::FieldWriter& writer) const {
    writer.BytesHeader(batch_fields::kIdentity, size());
    WriteText(batch_fields::kLog, identity_.log, writer);
    writer.Varint(batch_fields::kPartition, SignExtended(identity_.partition));
    writer.Varint(batch_fields::kFirstOffset,
                  SignExtended(identity_.first_offset));
    WriteNumber(batch_fields::kTenure, SignExtended(identity_.tenure), writer);
  }

 private:
  const BatchIdentity& identity_;
};

class Extension {
 public:
  Extension(const ExtensionColumn& column, const Selection* rows)
      : name_(column.name),
        values_(column.values, rows),
        types_(reinterpret_cast<const char*>(column.types.values.data()),
               column.types.values.size()) {}

  size_t size() const {
    return BytesFieldSize(name_.size()) + BytesFieldSize(values_.size()) +
           BytesFieldSize(types_.size());
  }
  void Write(wire::FieldWriter& writer) const {
    writer.BytesHeader(batch_fields::kExtensions, size());
    writer.Bytes(batch_fields::kExtensionName, name_);
    values_.Write(batch_fields::kExtensionValues, writer);
    writer.Bytes(batch_fields::kExtensionTypes, types_);
  }

 private:
  std::string_view name_;
  wire::Column values_;
  std::string_view types_;
};

// Measures a batch, then writes it.
class BatchEncoder {
 public:
  BatchEncoder(const EventBatch& batch, const Selection* rows)
      : batch_(batch),
        identity_(batch.identity()),
        payload_(batch.payloads(), rows) {
    for (size_t i = 0; i < kAttributeCount; ++i) {
      attributes_.emplace_back(batch.attribute(static_cast<Attribute>(i)),
                               rows);
    }
    for (const ExtensionColumn& extension : batch.extensions()) {
      extensions_.emplace_back(extension, rows);
    }
  }

  // The blob of the payloads where it lies, between what goes before it and
  // what follows it.
  BytePieces Encode() const {
    const size_t size = Size() - payload_.blob().size();
    auto own = std::make_shared_for_overwrite<char[]>(size);
    wire::FieldWriter writer(own.get());
    writer.Varint(batch_fields::kEventCount, batch_.size());
    payload_.WriteBeforeBlob(batch_fields::kPayload, writer);
    const size_t before_blob = writer.at() - own.get();
    payload_.WriteAfterBlob(writer);
    WriteAfterPayload(writer);
    const std::string_view view(own.get(), size);
    const SharedBytes bytes(std::move(own), view);
    BytePieces pieces(bytes.Part(0, before_blob));
    pieces.Append(payload_.blob());
    pieces.Append(bytes.Part(before_blob, size));
    return pieces;
  }

 private:
  size_t Size() const {
    size_t size =
        VarintFieldSize(batch_.size()) + BytesFieldSize(payload_.size()) +
        VarintFieldSize(SignExtended(batch_.receive_time_nanos())) +
        TextFieldSize(batch_.pipeline()) + TextFieldSize(batch_.revision());
    for (const wire::Column& attribute : attributes_) {
      if (!attribute.empty()) size += BytesFieldSize(attribute.size());
    }
    for (const Extension& extension : extensions_) {
      size += BytesFieldSize(extension.size());
    }
    if (!identity_.empty()) size += BytesFieldSize(identity_.size());
    return size;
  }

  void WriteAfterPayload(wire::FieldWriter& writer) const {
    uint32_t id = batch_fields::kFirstAttribute;
    for (const wire::Column& attribute : attributes_) {
      if (!attribute.empty()) attribute.Write(id, writer);
      ++id;
    }
    for (const Extension& extension : extensions_) extension.Write(writer);
    if (!identity_.empty()) identity_.Write(writer);
    writer.Varint(batch_fields::kReceiveTimeNanos,
                  SignExtended(batch_.receive_time_nanos()));
    WriteText(batch_fields::kPipeline, batch_.pipeline(), writer);
    WriteText(batch_fields::kRevision, batch_.revision(), writer);
  }

  const EventBatch& batch_;
  Identity identity_;
  wire::Column payload_;
  std::list<wire::Column> attributes_;  // Columns can't move.
  std::list<Extension> extensions_;
};

}  // namespace

SharedBytes EncodeEventBatch(const EventBatch& batch) {
  return EncodeInPieces(batch).Join();
}

BytePieces EncodeInPieces(const EventBatch& batch) {
  if (!batch.encoded().empty()) return BytePieces(batch.encoded());
  return BatchEncoder(batch, nullptr).Encode();
}

bool ShouldThin(const BatchView& view) {
  size_t selected = 0;
  for (const uint32_t row : view.rows) {
    selected += view.batch->payload(row).size();
  }
  return selected < view.batch->payloads().blob.size() / 2;
}

BytePieces EncodeSelection(const BatchView& view) {
  if (ShouldThin(view)) return BatchEncoder(*view.batch, &view.rows).Encode();
  return EncodeInPieces(*view.batch);
}

}  // namespace phoenix
