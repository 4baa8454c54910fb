"""As much of C++ as the rules need: code without comments and texts, and where
functions begin and end. It counts on clang-format's layout."""

import re

# Comments, texts and characters; raw texts first, since they hold the others.
_NO_CODE = re.compile(
    r'R"(?P<mark>[^()\s]{0,16})\(.*?\)(?P=mark)"'
    r'|//[^\n]*|/\*.*?\*/'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'",
    re.DOTALL)

_SCOPE = re.compile(r"^\s*(?:(?:inline\s+)?namespace|template|extern|class|"
                    r"struct|union|enum)\b")


def code_of(text):
    """`text` with comments and texts blanked out, line for line."""
    def blank(match):
        kept = re.sub(r"[^\n]", " ", match.group())
        return kept if match.group().startswith("/") else '"' + kept[2:] + '"'
    return _NO_CODE.sub(blank, text)


def functions(text):
    """(name, first line, lines) of every function that has a body."""
    lines = code_of(text).splitlines()
    number = 0
    while number < len(lines):
        end = _body_end(lines, number)
        if end is None:
            number += 1
            continue
        first = _head_begin(lines, number)
        head = " ".join(lines[first:number + 1])
        yield _name(head), first + 1, end - first + 1
        number = end + 1


def _body_end(lines, number):
    """The line that ends the function whose `{` ends this line, or None."""
    if not lines[number].rstrip().endswith("{"):
        return None
    first = _head_begin(lines, number)
    head = " ".join(lines[first:number + 1])
    if "(" not in head or re.search(r"=\s*\{$", head.rstrip()):
        return None
    if _SCOPE.match(re.sub(r"^\s*template\s*<.*?>\s", "", head)):
        return None
    indent = len(lines[first]) - len(lines[first].lstrip())
    for end in range(number + 1, len(lines)):
        line = lines[end]
        if line.startswith(" " * indent + "}") and \
                len(line) - len(line.lstrip()) == indent:
            return end
    return None


def _head_begin(lines, number):
    """The first line of the declaration that goes on in this line."""
    while number > 0:
        above = lines[number - 1].strip()
        if not above or above[-1] in ";{}" or above.startswith("#") or \
                re.fullmatch(r"(public|private|protected):", above):
            break
        number -= 1
    return number


def _name(head):
    test = re.match(r"\s*(TEST\w*)\(\s*(\w+),\s*(\w+)\s*\)", head)
    if test:
        return "%s.%s" % test.group(2, 3)
    called = re.search(r"([\w:~]+|operator\S+)\s*\(", head)
    return called.group(1) if called else head.strip()
