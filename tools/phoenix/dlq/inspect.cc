// `phoenix dlq ls`, `show` and `drop`.
#include <cstdio>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "tools/phoenix/cli/arguments.h"
#include "tools/phoenix/cli/exit_code.h"
#include "tools/phoenix/cli/open_pipeline.h"
#include "tools/phoenix/cli/usage_error.h"
#include "tools/phoenix/dlq/dlq_output.h"
#include "tools/phoenix/dlq/letter_scan.h"
#include "tools/phoenix/dlq/letter_text.h"
#include "tools/phoenix/dlq/open_letters.h"
#include "tools/phoenix/dlq/subcommands.h"

namespace phoenix {
namespace {

// The chosen letters of a pipeline file, or why there are none.
struct OpenedLetters {
  int exit_code = kExitOk;
  std::unique_ptr<LetterStore> store;  // Null: nothing to look at.
  std::unique_ptr<LetterScan> scan;
};

OpenedLetters Open(const std::string& file, const LetterChoice& choice,
                   LetterAccess access) {
  OpenedLetters letters;
  // Before the file: what is wrong with it depends on nothing.
  if (const absl::Status status = CheckCondition(choice); !status.ok()) {
    letters.exit_code = UsageError("dlq", status);
    return letters;
  }
  const OpenedPipeline opened = OpenPipeline(file);
  letters.exit_code = opened.exit_code;
  if (opened.exit_code != kExitOk) return letters;
  auto store = OpenLettersOf(*opened.compiled, access);
  if (!store.ok()) {
    letters.exit_code = DlqFailed(store.status());
    return letters;
  }
  letters.store = *std::move(store);
  if (letters.store == nullptr) return letters;
  letters.scan =
      *LetterScan::Create(*letters.store, opened.compiled->name, choice);
  return letters;
}

// Calls `handle` with each page of letters, at most `limit` of them.
template <typename Handle>
absl::Status ForEachPage(LetterScan& scan, int64_t limit, Handle handle) {
  while (limit > 0) {
    PHOENIX_ASSIGN_OR_RETURN(auto letters, scan.Next());
    if (letters.empty()) return absl::OkStatus();
    if (static_cast<int64_t>(letters.size()) > limit) {
      letters.resize(static_cast<size_t>(limit));
    }
    limit -= static_cast<int64_t>(letters.size());
    PHOENIX_RETURN_IF_ERROR(handle(letters));
  }
  return absl::OkStatus();
}

// The same with each letter.
template <typename Handle>
absl::Status ForEach(LetterScan& scan, int64_t limit, Handle handle) {
  return ForEachPage(
      scan, limit,
      [&](const std::vector<StoredDeadLetter>& letters) -> absl::Status {
        for (const StoredDeadLetter& stored : letters) {
          PHOENIX_RETURN_IF_ERROR(handle(stored));
        }
        return absl::OkStatus();
      });
}

absl::Status Print(const absl::StatusOr<std::string>& text) {
  if (text.ok()) std::fputs(text->c_str(), stdout);
  return text.status();
}

int List(OpenedLetters letters, int64_t limit, bool json) {
  if (letters.store == nullptr) return letters.exit_code;
  if (!json) std::fputs(LetterLineHeader().c_str(), stdout);
  const absl::Status listed =
      ForEach(*letters.scan, limit, [&](const StoredDeadLetter& stored) {
        return Print(json ? LetterJson(stored) : LetterLine(stored));
      });
  WarnOfLettersWithoutValue(letters.scan->without_value());
  return listed.ok() ? kExitOk : DlqFailed(listed);
}

int Drop(OpenedLetters letters, bool dry_run) {
  uint64_t count = 0;
  const auto drop =
      [&](const std::vector<StoredDeadLetter>& page) -> absl::Status {
    uint64_t gone = page.size();
    if (dry_run) {
      for (const StoredDeadLetter& stored : page) {
        PHOENIX_RETURN_IF_ERROR(Print(LetterLine(stored)));
      }
    } else {
      PHOENIX_ASSIGN_OR_RETURN(gone, letters.store->Remove(page));
    }
    count += gone;
    return absl::OkStatus();
  };
  if (letters.store != nullptr) {
    const absl::Status done =
        ForEachPage(*letters.scan, std::numeric_limits<int64_t>::max(), drop);
    WarnOfLettersWithoutValue(letters.scan->without_value());
    if (!done.ok()) return DlqFailed(done);
    // What is dropped is dropped, whether its room comes back now or later.
    if (!dry_run) letters.store->Shrink();
  }
  std::printf("%s %llu dead letters\n", dry_run ? "would drop" : "dropped",
              static_cast<unsigned long long>(count));
  return kExitOk;
}

const ArgumentSpec kListSpec = {
    {{"where", {}}, {"limit", {}}, {"format", {"text", "json"}}}, 1, 1};
const ArgumentSpec kShowSpec = {{{"format", {"text", "json"}}}, 2, 2};
const ArgumentSpec kDropSpec = {{{"where", {}}, {"id", {}}}, 1, 1};

}  // namespace

int DlqList(std::vector<char*> args) {
  const auto arguments = ParseArguments(absl::MakeSpan(args), kListSpec);
  if (!arguments.ok()) return UsageError("dlq", arguments.status());
  int64_t limit = std::numeric_limits<int64_t>::max();
  const std::string text = arguments->Flag("limit");
  if (!text.empty() && (!absl::SimpleAtoi(text, &limit) || limit < 1)) {
    return UsageError(
        "dlq", absl::InvalidArgumentError(
                   Cat("--limit '", text, "': expected a number above 0")));
  }
  OpenedLetters letters =
      Open(arguments->positional[0],
           {.id = "", .where = arguments->Flag("where")}, LetterAccess::kRead);
  if (letters.exit_code != kExitOk) return letters.exit_code;
  return List(std::move(letters), limit, arguments->Flag("format") == "json");
}

int DlqShow(std::vector<char*> args) {
  const auto arguments = ParseArguments(absl::MakeSpan(args), kShowSpec);
  if (!arguments.ok()) return UsageError("dlq", arguments.status());
  OpenedLetters letters =
      Open(arguments->positional[0],
           {.id = arguments->positional[1], .where = ""}, LetterAccess::kRead);
  if (letters.exit_code != kExitOk) return letters.exit_code;
  if (letters.store == nullptr) {
    return DlqFailed(absl::NotFoundError("there are no dead letters"));
  }
  const bool json = arguments->Flag("format") == "json";
  const absl::Status shown =
      ForEach(*letters.scan, 1, [&](const StoredDeadLetter& stored) {
        return Print(json ? LetterJson(stored) : LetterDetails(stored));
      });
  return shown.ok() ? kExitOk : DlqFailed(shown);
}

int DlqDrop(std::vector<char*> args) {
  const bool dry_run = TakeSwitch(args, "--dry-run");
  const bool all = TakeSwitch(args, "--all");
  const auto arguments = ParseArguments(absl::MakeSpan(args), kDropSpec);
  if (!arguments.ok()) return UsageError("dlq", arguments.status());
  const LetterChoice choice = {.id = arguments->Flag("id"),
                               .where = arguments->Flag("where")};
  if (all + !choice.id.empty() + !choice.where.empty() != 1) {
    return UsageError("dlq", absl::InvalidArgumentError(
                                 "drop: expected one of --where, --id and "
                                 "--all"));
  }
  OpenedLetters letters =
      Open(arguments->positional[0], choice,
           dry_run ? LetterAccess::kRead : LetterAccess::kRemove);
  if (letters.exit_code != kExitOk) return letters.exit_code;
  return Drop(std::move(letters), dry_run);
}

}  // namespace phoenix
