#include "tools/phoenix/cli/pipeline_graph.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_join.h"
#include "libs/base/json_text.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

// Conditions longer than this are cut in a drawing.
constexpr size_t kMaxConditionColumns = 48;

// Terminal columns: bytes that begin a UTF-8 character.
size_t Columns(std::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// The condition of a route as the file has it, on one line.
std::string Condition(const CompiledPipeline& pipeline, size_t route) {
  if (!pipeline.routes[route].when.has_value()) return "all that is left";
  std::string text = "when ";
  for (char c : pipeline.message->routes(static_cast<int>(route)).when()) {
    text.push_back(c == '\n' ? ' ' : c);
  }
  if (Columns(text) <= kMaxConditionColumns) return text;
  size_t end = 0;
  for (size_t columns = 0; columns < kMaxConditionColumns; ++end) {
    if ((text[end] & 0xC0) != 0x80) ++columns;
  }
  while (end > 0 && (text[end] & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

bool CanFail(const CompiledStep& step) {
  return step.on_error == OnError::kDeadLetter;
}

// ---- DOT

std::string Id(std::string_view sort, std::string_view name) {
  return JsonText(Cat(sort, ":", name));
}

class DotWriter {
 public:
  explicit DotWriter(const CompiledPipeline& pipeline) : pipeline_(pipeline) {}

  std::string Run() {
    CatTo(text_, "digraph ", JsonText(pipeline_.name),
          " {\n  rankdir=LR;\n  node [shape=box];\n");
    Nodes();
    StepEdges();
    RouteEdges();
    text_ += "}\n";
    return std::move(text_);
  }

 private:
  const CompiledSink& DeadLetters() const {
    return pipeline_.sinks[pipeline_.dead_letter];
  }

  void Node(std::string_view sort, std::string_view name,
            std::string_view kind) {
    CatTo(text_, "  ", Id(sort, name), " [label=",
          JsonText(kind.empty() ? std::string(name) : Cat(name, "\n", kind)),
          "];\n");
  }

  void Edge(const std::string& from, const std::string& to,
            std::string_view more) {
    CatTo(text_, "  ", from, " -> ", to, more, ";\n");
  }

  void Nodes() {
    for (const auto& source : pipeline_.sources) {
      Node("source", source.name, source.kind);
    }
    for (const auto& step : pipeline_.steps) Node("step", step.name, step.kind);
    Node("routes", "routes", "");
    for (const auto& sink : pipeline_.sinks) Node("sink", sink.name, sink.kind);
  }

  // Sources to the first step, step to step, the last to the routes.
  void StepEdges() {
    std::vector<std::string> froms;
    for (const auto& source : pipeline_.sources) {
      froms.push_back(Id("source", source.name));
    }
    for (const CompiledStep& step : pipeline_.steps) {
      const std::string id = Id("step", step.name);
      for (const std::string& from : froms) Edge(from, id, "");
      froms = {id};
      if (CanFail(step)) {
        Edge(id, Id("sink", DeadLetters().name),
             " [style=dashed, label=\"failed\"]");
      }
    }
    for (const std::string& from : froms) {
      Edge(from, Id("routes", "routes"), "");
    }
  }

  void RouteEdges() {
    for (size_t i = 0; i < pipeline_.routes.size(); ++i) {
      const CompiledRoute& route = pipeline_.routes[i];
      const std::string label =
          JsonText(Cat(route.name, "\n", Condition(pipeline_, i)));
      for (size_t sink : route.sinks) {
        Edge(Id("routes", "routes"), Id("sink", pipeline_.sinks[sink].name),
             Cat(" [label=", label, "]"));
      }
    }
  }

  const CompiledPipeline& pipeline_;
  std::string text_;
};

// ---- Terminal

// A line of a box, and where an arrow to its right leads; empty: none.
struct BoxLine {
  std::string text;
  std::string target;
};

struct Box {
  std::string title;
  std::vector<BoxLine> lines;
};

std::string Repeat(std::string_view text, size_t count) {
  std::string repeated;
  for (size_t i = 0; i < count; ++i) repeated.append(text);
  return repeated;
}

std::string Pad(const std::string& text, size_t columns) {
  const size_t have = Columns(text);
  return have >= columns ? text : text + std::string(columns - have, ' ');
}

template <typename List>
size_t NameWidth(const List& list) {
  size_t width = 0;
  for (const auto& item : list) width = std::max(width, item.name.size());
  return width;
}

Box SourcesBox(const CompiledPipeline& pipeline) {
  Box box{"sources", {}};
  const size_t width = NameWidth(pipeline.sources);
  for (const auto& source : pipeline.sources) {
    box.lines.push_back({Pad(source.name, width) + "  " + source.kind, ""});
  }
  return box;
}

Box StepBox(const CompiledPipeline& pipeline, const CompiledStep& step) {
  const std::string target =
      CanFail(step) ? Cat("failed: ", pipeline.sinks[pipeline.dead_letter].name)
                    : "";
  return {"step", {{step.name + "  " + step.kind, target}}};
}

Box RoutesBox(const CompiledPipeline& pipeline) {
  Box box{"routes", {}};
  const size_t width = NameWidth(pipeline.routes);
  for (size_t i = 0; i < pipeline.routes.size(); ++i) {
    const CompiledRoute& route = pipeline.routes[i];
    std::vector<std::string> sinks;
    for (size_t sink : route.sinks) {
      sinks.push_back(
          Cat(pipeline.sinks[sink].name, " (", pipeline.sinks[sink].kind, ")"));
    }
    box.lines.push_back({Pad(route.name, width) + "  " + Condition(pipeline, i),
                         absl::StrJoin(sinks, ", ")});
  }
  return box;
}

// All boxes are as wide, so that the line between them is straight.
std::string DrawBox(const Box& box, size_t width, bool arrow) {
  std::string text = Cat("┌─ ", box.title, " ",
                         Repeat("─", width - Columns(box.title) - 1), "┐\n");
  for (const BoxLine& line : box.lines) {
    CatTo(text, "│ ", Pad(line.text, width), " │");
    if (!line.target.empty()) CatTo(text, "──▶ ", line.target);
    text += "\n";
  }
  if (!arrow) return Cat(text, "└", Repeat("─", width + 2), "┘\n");
  const size_t middle = (width + 2) / 2;
  CatTo(text, "└", Repeat("─", middle), "┬", Repeat("─", width + 1 - middle),
        "┘\n", std::string(middle + 1, ' '), "▼\n");
  return text;
}

}  // namespace

std::string GraphToDot(const CompiledPipeline& pipeline) {
  return DotWriter(pipeline).Run();
}

std::string GraphToText(const CompiledPipeline& pipeline) {
  std::vector<Box> boxes = {SourcesBox(pipeline)};
  for (const CompiledStep& step : pipeline.steps) {
    boxes.push_back(StepBox(pipeline, step));
  }
  boxes.push_back(RoutesBox(pipeline));
  size_t width = 0;
  for (const Box& box : boxes) {
    width = std::max(width, Columns(box.title) + 1);
    for (const BoxLine& line : box.lines) {
      width = std::max(width, Columns(line.text));
    }
  }
  std::string text;
  for (size_t i = 0; i < boxes.size(); ++i) {
    text += DrawBox(boxes[i], width, i + 1 < boxes.size());
  }
  return text;
}

}  // namespace phoenix
