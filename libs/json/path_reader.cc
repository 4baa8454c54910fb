#include "libs/json/path_reader.h"

#include "libs/json/json_number.h"
#include "libs/json/json_string.h"
#include "libs/json/key_guess.h"

namespace phoenix {
namespace {

using Token = const uint32_t*;

// An object may have more members than are worth guessing: hashes of ids, say.
constexpr size_t kMaxGuesses = 256;

constexpr bool IsWhitespace(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

constexpr bool IsOpening(char c) { return c == '{' || c == '['; }
constexpr bool IsClosing(char c) { return c == '}' || c == ']'; }

}  // namespace

void PathColumns::Reset(const PathSet& paths, uint32_t row_count) {
  values.resize(paths.value_count());
  spans.resize(paths.span_count());
  for (ValueColumn& column : values) column.Reset(row_count);
  for (SpanColumn& column : spans) column.Reset(row_count);
}

// A node of the set with what the reader has learnt of the texts.
struct PathReader::Node {
  // The keys that the last object here had, by position.
  std::vector<KeyGuess> guesses;
  // By child, in which object its key was seen last, so that a second one in
  // the same object is noticed.
  std::vector<uint64_t> seen;
};

// The walk over one row.
class PathReader::Walk {
 public:
  Walk(PathReader& reader, const IndexedTexts& texts, TextArena& arena,
       PathColumns& columns)
      : set_(reader.paths_.nodes()),
        nodes_(reader.nodes_),
        objects_read_(reader.objects_read_),
        texts_(texts),
        text_(texts.blob.data()),
        blob_end_(texts.blob.data() + texts.blob.size()),
        arena_(arena),
        columns_(columns) {}

  void ReadRow(uint32_t row) {
    row_ = row;
    const JsonIndex& index = *texts_.index;
    const Token first = index.tokens.data() + index.first[row];
    const Token last = index.tokens.data() + index.first[row + 1];
    begin_ = texts_.rows[row].begin;
    if (first == last) return FailWithin(0);
    const uint32_t end = EndBefore(texts_.rows[row].end);
    if (last - first == 1) {
      PutScalar(0, *first, end);
    } else {
      ReadValue(0, first);
    }
    PutSpan(0, MemberSpan{{}, {*first - begin_, end - begin_}});
  }

 private:
  char At(Token token) const { return text_[*token]; }

  // Reads the value at `token`, which a later token of the row follows; returns
  // the token after it.
  Token ReadValue(uint32_t node, Token token) {
    const char c = At(token);
    if (!IsOpening(c)) {
      PutScalar(node, *token, EndBefore(token[1]));
      return token + 1;
    }
    Token after;
    if (c == '{' && !set_[node].fields.empty()) {
      after = ReadObject(node, token);
    } else if (c == '[' && !set_[node].elements.empty()) {
      after = ReadArray(node, token);
    } else {
      after = SkipContainer(token);
    }
    if (set_[node].value != PathSet::kNone) {
      const size_t size = after[-1] + 1 - *token;
      Value(node).SetText(row_, ValueTag::kJson, {text_ + *token, size});
    }
    return after;
  }

  Token Skip(Token token) const {
    return IsOpening(At(token)) ? SkipContainer(token) : token + 1;
  }

  Token SkipContainer(Token token) const {
    uint32_t depth = 1;
    while (depth > 0) {
      const char c = At(++token);
      depth += IsOpening(c);
      depth -= IsClosing(c);
    }
    return token + 1;
  }

  Token ReadObject(uint32_t node, Token token) {
    const uint64_t object = ++objects_read_;
    Token key = token + 1;
    if (At(key) == '}') return key + 1;
    const std::vector<KeyGuess>& guesses = nodes_[node].guesses;
    uint32_t comma = 0;
    for (size_t position = 0;; ++position) {
      const char* text = text_ + *key;
      const bool is_guessed = position < guesses.size() &&
                              guesses[position].Matches(text, blob_end_ - text);
      const uint32_t child = is_guessed ? guesses[position].child()
                                        : LearnKey(node, position, key);
      Token after;
      if (child == KeyGuess::kNoChild) {
        after = Skip(key + 2);
      } else {
        after = ReadMember(node, child, object, key, comma);
      }
      if (At(after) == '}') return after + 1;
      comma = *after;
      key = after + 1;
    }
  }

  // Reads the member whose key is at `key`; `child` counts within the node.
  Token ReadMember(uint32_t node, uint32_t child, uint64_t object, Token key,
                   uint32_t comma) {
    const uint32_t child_node = set_[node].fields[child];
    uint64_t& seen = nodes_[node].seen[child];
    const bool duplicate = seen == object;
    seen = object;
    const Token after = ReadValue(child_node, key + 2);
    if (duplicate) {
      FailWithin(child_node);
    } else if (set_[child_node].span != PathSet::kNone) {
      PutSpan(child_node, SpanOf(key, after, comma));
    }
    return after;
  }

  MemberSpan SpanOf(Token key, Token after, uint32_t comma) const {
    MemberSpan member;
    member.key = {*key - begin_, EndBefore(key[1]) - begin_};
    member.value = {key[2] - begin_, EndBefore(*after) - begin_};
    member.comma_before = comma == 0 ? 0 : comma - begin_;
    member.comma_after = At(after) == ',' ? *after - begin_ : 0;
    return member;
  }

  Token ReadArray(uint32_t node, Token token) {
    Token element = token + 1;
    if (At(element) == ']') return element + 1;
    for (uint32_t index = 0;; ++index) {
      const uint32_t child = Element(node, index);
      const Token after =
          child == PathSet::kNone ? Skip(element) : ReadValue(child, element);
      if (At(after) == ']') return after + 1;
      element = after + 1;
    }
  }

  uint32_t Element(uint32_t node, uint32_t index) const {
    for (uint32_t child : set_[node].elements) {
      if (set_[child].step.index == index) return child;
    }
    return PathSet::kNone;
  }

  // The child of the node that a key leads to that was not expected there; it
  // is expected from now on.
  uint32_t LearnKey(uint32_t node, size_t position, Token key) {
    const std::string_view quoted(text_ + *key, EndBefore(key[1]) - *key);
    const uint32_t child = FindChild(node, quoted.substr(1, quoted.size() - 2));
    if (position >= kMaxGuesses) return child;
    std::vector<KeyGuess>& guesses = nodes_[node].guesses;
    if (position >= guesses.size()) guesses.resize(position + 1);
    guesses[position] = KeyGuess(quoted, child);
    return child;
  }

  uint32_t FindChild(uint32_t node, std::string_view raw) {
    const std::string_view key = Resolve(raw);
    const std::vector<uint32_t>& fields = set_[node].fields;
    for (size_t i = 0; i < fields.size(); ++i) {
      if (set_[fields[i]].step.key == key) return static_cast<uint32_t>(i);
    }
    return KeyGuess::kNoChild;
  }

  std::string_view Resolve(std::string_view raw) {
    if (raw.find('\\') == std::string_view::npos) return raw;
    char* out = arena_.Allocate(raw.size());
    const size_t size = Unescape(raw, out);
    arena_.GiveBack(raw.size() - size);
    return {out, size};
  }

  // The end of what stands before `offset`, without whitespace.
  uint32_t EndBefore(uint32_t offset) const {
    while (IsWhitespace(text_[offset - 1])) --offset;
    return offset;
  }

  ValueColumn& Value(uint32_t node) {
    return columns_.values[set_[node].value];
  }

  void PutSpan(uint32_t node, const MemberSpan& member) {
    if (set_[node].span == PathSet::kNone) return;
    columns_.spans[set_[node].span].Set(row_, member);
  }

  void PutScalar(uint32_t node, uint32_t begin, uint32_t end) {
    if (set_[node].value == PathSet::kNone) return;
    ValueColumn& column = Value(node);
    const std::string_view text(text_ + begin, end - begin);
    switch (text.front()) {
      case '"':
        return column.SetText(row_, ValueTag::kString,
                              Resolve(text.substr(1, text.size() - 2)));
      case 'n':
        return column.SetTag(row_, ValueTag::kNull);
      case 't':
      case 'f':
        return column.SetBool(row_, text.front() == 't');
      default:
        PutNumber(column, ReadNumber(text));
    }
  }

  void PutNumber(ValueColumn& column, const JsonNumber& number) {
    switch (number.kind) {
      case JsonNumber::Kind::kInt:
        return column.SetInt(row_, number.integer);
      case JsonNumber::Kind::kDouble:
        return column.SetDouble(row_, number.real);
      case JsonNumber::Kind::kTooLarge:
        return column.SetTag(row_, ValueTag::kError);
    }
  }

  // Nothing at or below the node can be told of this row.
  void FailWithin(uint32_t node) {
    const PathSet::Node& set = set_[node];
    if (set.value != PathSet::kNone) {
      Value(node).SetTag(row_, ValueTag::kError);
    }
    if (set.span != PathSet::kNone) columns_.spans[set.span].SetError(row_);
    for (uint32_t child : set.fields) FailWithin(child);
    for (uint32_t child : set.elements) FailWithin(child);
  }

  const std::vector<PathSet::Node>& set_;
  std::vector<Node>& nodes_;
  uint64_t& objects_read_;
  const IndexedTexts& texts_;
  const char* const text_;
  const char* const blob_end_;
  TextArena& arena_;
  PathColumns& columns_;
  uint32_t row_ = 0;
  uint32_t begin_ = 0;
};

PathReader::PathReader(const PathSet& paths)
    : paths_(paths), nodes_(paths.nodes().size()) {
  for (size_t i = 0; i < nodes_.size(); ++i) {
    nodes_[i].seen.resize(paths.nodes()[i].fields.size());
  }
}

PathReader::~PathReader() = default;

void PathReader::Read(const IndexedTexts& texts,
                      absl::Span<const uint32_t> rows, TextArena& arena,
                      PathColumns& columns) {
  Walk walk(*this, texts, arena, columns);
  for (uint32_t row : rows) walk.ReadRow(row);
}

}  // namespace phoenix
