"""Rules that look at files and folders as a whole. Each takes a Repository and
yields (path, line, message)."""

import fnmatch
import re

from tools.tidy.cpp import functions

CPP = (".h", ".cc")
MAX_BLOB_BYTES = 256 * 1024
MAX_FUNCTION_LINES = 70

# Functions that are longer and were there before: `path name`, one a line. The
# list may only become shorter.
LONG_FUNCTIONS = "tools/tidy/long_functions.txt"

# libs, lowest first: a library includes only what stands in a line above its
# own. Its neighbours in the line it never includes.
LAYERS = [
    ["base"],
    ["io", "json", "net", "sqlite", "telemetry"],
    ["cel", "event", "http", "kafka"],
    ["flow", "log", "rules", "server"],
    ["component", "control"],
    ["operators", "pipeline", "sinks", "sources"],
    ["engine"],
]
RANK = {"libs/" + name: rank
        for rank, layer in enumerate(LAYERS) for name in layer}
COMPONENT_KINDS = ("libs/operators", "libs/sinks", "libs/sources")


def function_length(repository):
    allowed = set(repository.texts.get(LONG_FUNCTIONS, "").split("\n"))
    used = set()
    for path, text in sorted(repository.texts.items()):
        if not path.endswith(CPP):
            continue
        for name, line, length in functions(text):
            if length <= MAX_FUNCTION_LINES:
                continue
            entry = "%s %s" % (path, name)
            used.add(entry)
            if entry not in allowed:
                yield path, line, "%s has %d lines; at most %d" % (
                    name, length, MAX_FUNCTION_LINES)
    for entry in sorted(allowed - used):
        if entry and not entry.startswith("#"):
            yield LONG_FUNCTIONS, 1, "'%s' is not needed any more" % entry


def include_guards(repository):
    for path, text in sorted(repository.texts.items()):
        if not path.endswith(".h"):
            continue
        guard = re.sub(r"[^A-Z0-9]", "_", path.upper()) + "_"
        wanted = "#ifndef %s\n#define %s\n" % (guard, guard)
        if wanted not in text or not text.endswith("#endif  // %s\n" % guard):
            yield path, 1, "include guard is not %s" % guard


def blobs(repository):
    for path, data in sorted(repository.files.items()):
        if len(data) > MAX_BLOB_BYTES:
            yield path, 1, "%d bytes; at most %d" % (len(data),
                                                     MAX_BLOB_BYTES)


def complete_folders(repository):
    """Every folder of libs and services has what a reader looks for."""
    for root in ("libs", "services"):
        for folder in repository.folders(root, CPP):
            names = repository.in_folder(folder)
            tested = any("_test." in name for name in names)
            if "BUILD" not in names:
                yield folder, 1, "has no BUILD"
            if folder.endswith("/testing"):
                continue
            if "README.md" not in names:
                yield folder, 1, "has no README.md"
            if not tested:
                yield folder, 1, "has no test"


def built_files(repository):
    """Every C++ file is in a BUILD file, so that nothing lies about dead."""
    for path in sorted(repository.files):
        if path.endswith(CPP + (".proto",)) and not _is_built(repository, path):
            yield path, 1, "is in no BUILD file"


def _is_built(repository, path):
    folder = path.rpartition("/")[0]
    while True:
        build = repository.texts.get((folder + "/BUILD").lstrip("/"))
        if build is not None:
            name = path[len(folder):].lstrip("/")
            globs = re.findall(r'glob\(\[(.*?)\]', build, re.DOTALL)
            patterns = re.findall(r'"([^"]+)"', " ".join(globs))
            return '"%s"' % name in build or any(
                fnmatch.fnmatch(name, pattern) for pattern in patterns)
        if not folder:
            return False
        folder = folder.rpartition("/")[0]


def layers(repository):
    components = _components(repository)
    for path, number, line in repository.lines(*CPP):
        included = re.match(r'#include "((?:libs|services)/[^"]+)"', line)
        # Benchmarks share sample events, whatever layer they measure.
        if path.endswith("_benchmark.cc"):
            continue
        if included and path.startswith(("libs/", "services/")):
            problem = _layer_problem(path, included.group(1), components)
            if problem:
                yield path, number, problem


def listed_components(repository):
    """Every folder of a kind that has a factory is in the kind's list."""
    listed = _components(repository)
    for path in sorted(repository.files):
        folder = path.rpartition("/")[0]
        if path.endswith("factory.h") and folder not in listed and \
                folder.rpartition("/")[0] in COMPONENT_KINDS:
            yield path, 1, "is not in %s/builtin.cc" % folder.rpartition("/")[0]


def _part(path):
    return "/".join(path.split("/")[:2])


def _components(repository):
    """Folders that a kind's list of built-ins, right in its folder, names."""
    found = set()
    for path, _, line in repository.lines(*CPP):
        included = re.match(r'#include "(libs/[^/"]+/[^/"]+)/', line)
        kind = path.rpartition("/")[0]
        if included and kind in COMPONENT_KINDS and \
                included.group(1).startswith(kind + "/"):
            found.add(included.group(1))
    return found


def _layer_problem(path, included, components):
    own, other = _part(path), _part(included)
    if own == other:
        return _component_problem(path, included, components)
    if other.startswith("services/"):
        if own.startswith("services/"):
            return "a service never includes another: %s" % other
        return "a library never includes a service: %s" % other
    if own.startswith("services/"):
        return None
    for name in (own, other):
        if name not in RANK:
            return "%s has no layer: add it to LAYERS in tools/tidy" % name
    if RANK[other] >= RANK[own]:
        return "%s may not include %s: it is not below it" % (own, other)
    return None


def _component_problem(path, included, components):
    own, other = path.rpartition("/")[0], included.rpartition("/")[0]
    if own == other or own in COMPONENT_KINDS or other not in components:
        return None
    if own.startswith(other + "/"):
        return None
    return "a component never includes another: %s" % other
