"""Holds the generated JSON Schema against the schema of schemas, and pipeline
files against it."""

import copy
import glob
import json
import subprocess
import unittest

import jsonschema
import yaml

PHOENIX = "tools/phoenix/phoenix"


class Loader(yaml.SafeLoader):
    """Reads a file as editors do: `off` is text, as in YAML 1.2."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, regex) for tag, regex in resolvers
            if tag not in ("tag:yaml.org,2002:bool",
                           "tag:yaml.org,2002:timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}

VALID = """
name: p
sources: [{name: in, tcp: 127.0.0.1:9000}]
steps:
  - {name: f, on_error: drop, filter: data.a > 1}
  - {name: m, map: {set: {data.b: 1, data.c: [1, x]}, cast: {data.d: int}}}
  - {name: s, stats: {key: data.k, value: data.v, interval: 1m30s}}
routes: [{name: r, when: data.b > 1, to: [out]}]
sinks:
  - {name: out, file: {path: x, rotate_bytes: 64MiB}}
  - {name: gone, blackhole: }
dead_letter: gone
limits: {buffer_bytes: "${BUFFER:-64MiB}", drain_timeout: 10s}
admin_address: off
"""

# What is changed of VALID: where, and to what (None: taken out).
INVALID = [
    (["name"], None),
    (["name"], []),
    (["sources"], []),
    (["sinks"], None),
    (["colour"], "red"),
    (["sources", 0, "name"], None),
    (["sources", 0, "tcp"], None),
    (["sources", 0, "tcp"], {}),
    (["sources", 0, "tcp"], {"address": "a:1", "max_connections": 0}),
    (["sources", 0, "tcp"], {"address": "a:1", "max_connections": "many"}),
    (["sources", 0, "tcp"], {"adress": "a:1"}),
    (["sources", 0, "http"], {}),
    (["sources", 0, "file"], "x"),
    (["steps", 0, "on_error"], "ignore"),
    (["steps", 0, "filter"], None),
    (["steps", 0, "filter"], {"conditon": "true"}),
    (["steps", 0, "stdout"], {}),
    (["steps", 1, "map", "cast", "data.d"], "integer"),
    (["steps", 1, "map", "sett"], {}),
    (["steps", 2, "stats", "interval"], "soon"),
    (["steps", 2, "stats", "key"], None),
    (["routes", 0, "to"], []),
    (["routes", 0, "to"], "out"),
    (["sinks", 0, "file", "rotate_bytes"], "big"),
    (["sinks", 0, "file", "path"], None),
    (["limits", "drain_timeout"], 10),
    (["limits", "bufer_bytes"], 1),
]


def changed(document, path, value):
    document = copy.deepcopy(document)
    place = document
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return document


class SchemaTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        text = subprocess.run([PHOENIX, "schema"], check=True,
                              stdout=subprocess.PIPE).stdout
        cls.schema = json.loads(text)
        cls.type = jsonschema.validators.validator_for(cls.schema)
        cls.validator = cls.type(cls.schema)

    def test_is_a_schema_of_the_draft_that_it_names(self):
        self.assertIs(self.type, jsonschema.Draft202012Validator)
        self.type.check_schema(self.schema)

    def test_takes_every_example(self):
        files = [name for name in glob.glob("examples/*.yaml")
                 if not name.endswith(".test.yaml")]
        self.assertGreaterEqual(len(files), 2)
        for name in files:
            with self.subTest(name), open(name, encoding="utf-8") as file:
                self.validator.validate(yaml.load(file, Loader))

    def test_takes_a_valid_pipeline(self):
        self.validator.validate(yaml.load(VALID, Loader))

    def test_refuses_what_the_loader_refuses(self):
        valid = yaml.load(VALID, Loader)
        for path, value in INVALID:
            with self.subTest(path=path, value=value):
                document = changed(valid, path, value)
                self.assertFalse(self.validator.is_valid(document))


if __name__ == "__main__":
    unittest.main()
