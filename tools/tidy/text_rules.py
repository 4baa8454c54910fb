"""Rules that look at single lines: width, words, and calls that have a better
replacement. Each rule takes a Repository and yields (path, line, message)."""

import re

from tools.tidy.cpp import code_of

MAX_COLUMNS = 80
CPP = (".h", ".cc")

# (where, pattern, what to do instead). The pattern sees code only.
BANNED_CALLS = [
    (r".*", r"\babsl::(Mutex|MutexLock|CondVar)\b",
     "use phoenix::Mutex of libs/base/mutex.h: ThreadSanitizer sees it"),
    (r"(?!libs/base/mutex\.h$)(libs|services|tools)/",
     r"\bstd::(mutex|condition_variable|lock_guard|scoped_lock)\b",
     "use phoenix::Mutex of libs/base/mutex.h: its use is checked"),
    (r"(libs|services|tools)/.*_test\.cc$",
     r"\b(sleep_for|sleep_until|SleepFor|usleep|nanosleep|sleep)\s*\(",
     "tests do not sleep: advance a FakeClock or wait for a condition"),
    (r"libs/(?!.*(_test|_benchmark|main)\.cc$)",
     r"\bstd::(cout|cerr)\b|(?<![\w:.>])(std::)?(printf|puts)\s*\(",
     "libraries do not print: use Logger, or return the text (main.cc may)"),
    (r".*", r"(?<![\w:.>])(std::)?s?rand\s*\(|\bstd::(mt19937|random_device)",
     "use phoenix::Random of libs/base/random.h: a seed replays it"),
    (r"(?!libs/base/clock\.cc$)(libs|services)/"
     r"(?!.*(/testing/|_(test|benchmark)\.cc$))",
     r"\babsl::Now\s*\(|\b(system_clock|steady_clock)::now\s*\(",
     "take a phoenix::Clock: tests and the simulation move it by hand"),
    (r".*", r"\bdelete\s+[\w*(]|\bdelete\[\]",
     "let a std::unique_ptr own it"),
    (r".*", r"\bGTEST_SKIP\b",
     "a test runs or fails: what it needs is in tools/packages/test.txt"),
    (r".*", r"\bstd::regex\b", "use RE2: its time is bounded"),
    (r"libs/.*\.h$", r"#include <(grpcpp/|prometheus/)",
     "keep gRPC and prometheus-cpp out of headers: forward-declare"),
]

# Of every text file.
BANNED_WORDS = [
    (r"\b(TODO|FIXME|XXX|HACK)\b", "finish it, or open an issue"),
    (r"(?<![\w.$}])/(home|Users)/[a-z]\w*|(?<![\w.$}])/(root|work)/\w",
     "no path of one machine"),
    (r"\b(registry\.npm" r"js|npm" r"js|py" r"pi|crates|proxy\.go" r"lang|gh"
     r"cr|quay|gcr|deb\.de" r"bian|repo1\.maven|registry-1\.do" r"cker)"
     r"\.(org|io)\b",
     "no host of a registry: use its ordinary client"),
    (r"NOLINT(?!\w*\([\w.,/-]+\): \w)",
     "say which check and why: NOLINT(check): reason"),
]


def columns(repository):
    for path, number, line in repository.lines(*CPP, ".proto", ".py"):
        wide = len(line) > MAX_COLUMNS
        # Paths and addresses can't be broken.
        if wide and not re.match(r"#(include|ifndef|define|endif) ", line) \
                and "://" not in line:
            yield path, number, "%d columns; at most %d" % (len(line),
                                                            MAX_COLUMNS)


def banned_calls(repository):
    for path, text in sorted(repository.texts.items()):
        rules = [(pattern, advice) for where, pattern, advice in BANNED_CALLS
                 if path.endswith(CPP) and re.match(where, path)]
        if not rules:
            continue
        for number, line in enumerate(code_of(text).splitlines(), 1):
            for pattern, advice in rules:
                found = re.search(pattern, line)
                if found:
                    yield path, number, "'%s': %s" % (found.group().strip(),
                                                      advice)


def raw_new(repository):
    """`new` only where an owner takes the object at once (a constructor may be
    private), or where it is static and lives for ever."""
    for path, text in sorted(repository.texts.items()):
        if not path.endswith(CPP):
            continue
        code = code_of(text)
        for found in re.finditer(r"\bnew\s+[A-Za-z_]", code):
            statement = re.split(r"[;{}]", code[:found.start()])[-1]
            if not re.search(r"(WrapUnique|_ptr<.*>\s*\w*)\(\s*$|^\s*static\b",
                             statement, re.DOTALL):
                yield (path, code.count("\n", 0, found.start()) + 1,
                       "'new': use std::make_unique or std::make_shared")


def banned_words(repository):
    for path, number, line in repository.lines():
        if path.startswith("tools/tidy/"):
            continue
        for pattern, advice in BANNED_WORDS:
            found = re.search(pattern, line)
            if found:
                yield path, number, "'%s': %s" % (found.group(), advice)
