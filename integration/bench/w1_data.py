#!/usr/bin/env python3
"""The input of W1 and the judge of its output.

  w1_data.py make FILE [--sample NDJSON] [--lines N]
  w1_data.py check FOLDER [--sample NDJSON] [--lines N]

`make` repeats a sample of web requests (one JSON object a line with client,
status, bytes and path) to exactly N lines. Without --sample, 10,000 requests
are made up from a fixed seed. `check` computes with Python what the rules of
W1 demand and compares it, as a multiset of JSON rows, with pres.ndjson,
blog.ndjson and other.ndjson in FOLDER. Exit status 1: they differ.
"""
import argparse
import collections
import json
import pathlib
import random
import sys

DEFAULT_LINES = 2_000_000
PATHS = ["/presentations/logs-2013/images/frame%d.png", "/blog/tags/topic%d",
         "/blog/geekery/entry-%d.html", "/images/picture%d.jpg",
         "/projects/tool%d/", "/style%d.css", "/articles/%d/"]
AGENTS = ["Mozilla/5.0 (X11; Linux x86_64; rv:%d.0) Gecko/20100101 Firefox/%d",
          "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_1) AppleWebKit/537.36 "
          "(KHTML, like Gecko) Chrome/%d.0.1700.%d Safari/537.36",
          "Feedreader/%d.%d (+\"subscribers\")"]


def synthetic(count=10_000, seed=1):
    """Requests of the shape, sizes and selectivity of a real web log."""
    rng = random.Random(seed)
    for i in range(count):
        path = rng.choice(PATHS) % rng.randrange(1000)
        yield json.dumps({
            "client": ".".join(str(rng.randrange(256)) for _ in range(4)),
            "user": None,
            "time": "2015-05-17T10:%02d:%02d+00:00" % (i // 60 % 60, i % 60),
            "method": rng.choice(["GET", "GET", "GET", "HEAD", "POST"]),
            "path": path,
            "protocol": "HTTP/1.1",
            "status": rng.choice([200] * 18 + [304, 404]),
            "bytes": rng.choice([None, rng.randrange(5000),
                                 rng.randrange(300_000), 9000]),
            "referrer": rng.choice([None, "http://example.com" + path * 2]),
            "agent": rng.choice(AGENTS) % (rng.randrange(60),
                                           rng.randrange(100)),
        }, separators=(",", ":"))


def sample_lines(sample):
    if sample:
        return pathlib.Path(sample).read_text().splitlines()
    return list(synthetic())


def repetitions(index, sample_size, lines):
    return lines // sample_size + (index < lines % sample_size)


def make(target, sample, lines):
    rows = [line.encode() + b"\n" for line in sample_lines(sample)]
    with open(target, "wb") as out:
        for _ in range(lines // len(rows)):
            out.writelines(rows)
        out.writelines(rows[:lines % len(rows)])
    return 0


def route(path):
    if path.startswith("/presentations"):
        return "pres"
    return "blog" if path.startswith("/blog") else "other"


def expected(sample, lines):
    rows = sample_lines(sample)
    want = collections.defaultdict(collections.Counter)
    for i, line in enumerate(rows):
        row = json.loads(line)
        if row["status"] < 400 and (row["bytes"] or 0) <= 5000:
            continue
        row["client_ip"] = row.pop("client")
        row["stage"] = "prod"
        want[route(row["path"])][canonical(row)] += repetitions(
            i, len(rows), lines)
    return want


def canonical(row):
    return json.dumps(row, sort_keys=True)


def check(folder, sample, lines):
    differences = 0
    want = expected(sample, lines)
    for name in ("pres", "blog", "other"):
        got = collections.Counter()
        with open(pathlib.Path(folder) / f"{name}.ndjson", "rb") as file:
            for line, count in collections.Counter(file).items():
                got[canonical(json.loads(line))] += count
        missing, extra = want[name] - got, got - want[name]
        differences += missing.total() + extra.total()
        print(f"{name}: {got.total()} rows, {missing.total()} missing, "
              f"{extra.total()} extra")
    return 1 if differences else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("action", choices=["make", "check"])
    parser.add_argument("path")
    parser.add_argument("--sample")
    parser.add_argument("--lines", type=int, default=DEFAULT_LINES)
    args = parser.parse_args()
    action = make if args.action == "make" else check
    return action(args.path, args.sample, args.lines)


if __name__ == "__main__":
    sys.exit(main())
