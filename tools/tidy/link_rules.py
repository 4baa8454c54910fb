"""Rules on the links of Markdown files to each other. Each rule takes a
Repository and yields (path, line, message)."""

import posixpath
import re

LINK = re.compile(r"\]\(([^()\s]+)\)")


def prose(text):
    """(number from 1, line) of what is neither in a block of code nor empty."""
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif line.strip() and not fenced:
            yield number, line


def anchor(heading):
    """What a link calls the heading, as GitHub does."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def anchors(text):
    """Those of headings. One that comes again is not numbered: which of them
    is meant would hang on their order, so a link needs a heading of its own."""
    names = [anchor(line.lstrip("#")) for _, line in prose(text)
             if re.match(r"#+ ", line)]
    return {name for name in names if names.count(name) == 1}


def links(repository):
    """Links within the repository lead to a file, or to its one heading of
    that name."""
    for path, text in sorted(repository.texts.items()):
        if not path.endswith(".md"):
            continue
        # A link may go over the end of a line.
        whole = "\n".join(line for _, line in prose(text))
        numbers = [number for number, _ in prose(text)]
        for found in LINK.finditer(whole):
            target = found.group(1)
            number = numbers[whole.count("\n", 0, found.start())]
            if not re.match(r"[a-z]+:", target):
                problem = broken(repository, path, target)
                if problem:
                    yield path, number, problem


def broken(repository, path, target):
    name, _, heading = target.partition("#")
    to = posixpath.normpath(posixpath.join(posixpath.dirname(path), name)) \
        if name else path
    if to not in repository.files:
        inside = any(file.startswith(to + "/") for file in repository.files)
        return None if inside else "link '%s': no such file" % target
    if heading and heading not in anchors(repository.texts.get(to, "")):
        return "link '%s': not the anchor of one heading" % target
    return None
