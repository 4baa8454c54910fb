"""Every rule finds what it forbids, and only that."""

import unittest

from tools.tidy import cpp
from tools.tidy import link_rules
from tools.tidy import structure_rules
from tools.tidy import text_rules
from tools.tidy.repository import Repository


def found(rule, files):
    """'path:line' of each problem that the rule finds in these files."""
    repository = Repository({path: text if isinstance(text, bytes)
                             else text.encode()
                             for path, text in files.items()})
    return ["%s:%d" % problem[:2] for problem in rule(repository)]


def function(lines, name="F"):
    return "void %s() {\n%s}\n" % (name, "  x();\n" * (lines - 2))


class CppTest(unittest.TestCase):
    def test_comments_and_texts_are_no_code(self):
        code = cpp.code_of('a("new x"); // new y\nb(/* new\nz */ R"(new)");')
        self.assertNotIn("new", code)
        self.assertEqual(code.count("\n"), 2)
        self.assertIn("a(", code)

    def test_digit_separators_are_no_characters(self):
        self.assertIn("new", cpp.code_of("1'000 + new int + 1'000"))

    def test_functions_are_found_with_their_length(self):
        text = ("namespace a {\n\nint F(int x,\n      int y) {\n  return x;\n"
                "}\n\nclass C {\n public:\n  explicit C(int x)\n      : x_(x) "
                "{\n    if (x) {\n      y();\n    }\n  }\n};\n}\n")
        self.assertEqual(list(cpp.functions(text)),
                         [("F", 3, 4), ("C", 10, 6)])

    def test_templates_and_tests_are_functions(self):
        text = ("template <typename T>\nvoid G(T t) {\n  t();\n}\n\n"
                "TEST(ATest, Works) {\n  G(1);\n}\n")
        self.assertEqual([name for name, _, _ in cpp.functions(text)],
                         ["G", "ATest.Works"])

    def test_tables_and_classes_are_no_functions(self):
        text = ("constexpr int kA[] = {\n  1,\n};\nclass A : public B {\n"
                "};\nstruct alignas(8) C {\n};\n")
        self.assertEqual(list(cpp.functions(text)), [])


class LinkRulesTest(unittest.TestCase):
    PAGE = ("# A `page`: its title\n\n## Twice\n\n## Twice\n\n"
            "```sh\n# No heading\n```\n\n## a_b-c's end\n")

    def problems(self, text):
        return found(link_rules.links, {"docs/a/x.md": text,
                                        "docs/b/page.md": self.PAGE})

    def test_links_to_what_is_there_are_right(self):
        for target in ["../b/page.md", "../b", "../b/page.md#a-page-its-title",
                       "../b/page.md#a_b-cs-end", "https://example.com/x#y",
                       "#here"]:
            text = "## Here\n\n[a\nb](%s)\n" % target
            self.assertEqual(self.problems(text), [], target)

    def test_links_to_nothing_are_found(self):
        for target in ["page.md", "../b/pages.md", "../b/page.md#no-heading",
                       "../b/page.md#twice", "../b/page.md#twice-1", "#here"]:
            text = "Text.\n\n[a](%s)\n" % target
            self.assertEqual(self.problems(text), ["docs/a/x.md:3"], target)

    def test_what_stands_in_code_is_no_link(self):
        self.assertEqual(self.problems("```\n[a](b)\n```\n"), [])


class TextRulesTest(unittest.TestCase):
    def test_columns_beyond_eighty(self):
        files = {"a.cc": "x" * 80 + "\n" + "x" * 81 + "\n",
                 "b.md": "x" * 200}
        self.assertEqual(found(text_rules.columns, files), ["a.cc:2"])

    def test_columns_count_characters(self):
        self.assertEqual(found(text_rules.columns, {"a.h": "é" * 80}), [])

    def test_includes_and_addresses_may_be_wide(self):
        files = {"a.cc": '#include "%s"\n// see https://%s\n' % ("x" * 90,
                                                                "y" * 90)}
        self.assertEqual(found(text_rules.columns, files), [])

    def test_every_banned_call_is_found(self):
        calls = {
            "libs/a/a.cc": ["absl::Mutex m;", "std::mutex m;", "absl::Now();",
                            "std::cout << 1;", "printf(\"x\");",
                            "std::printf(\"x\");", "rand();",
                            "std::random_device d;", "delete foo;",
                            "std::regex r;"],
            "libs/a/a_test.cc": ["std::this_thread::sleep_for(x);",
                                 "GTEST_SKIP();"],
            "libs/a/a.h": ["#include <grpcpp/grpcpp.h>"],
        }
        for path, lines in calls.items():
            for line in lines:
                self.assertEqual(
                    found(text_rules.banned_calls, {path: line}),
                    [path + ":1"], line)

    def test_what_looks_like_a_banned_call_is_not(self):
        lines = ["// printf(", "std::snprintf(b, 1, \"x\");", "x.rand();",
                 "A(const A&) = delete;", "Operand(1);"]
        for line in lines:
            self.assertEqual(
                found(text_rules.banned_calls, {"libs/a/a.cc": line}), [], line)

    def test_new_without_an_owner(self):
        for line in ["new Foo();", "Foo* foo = new Foo();",
                     "return new Foo();", "F(new Foo());"]:
            self.assertEqual(found(text_rules.raw_new, {"a.cc": line}),
                             ["a.cc:1"], line)

    def test_new_with_an_owner(self):
        for line in ["absl::WrapUnique(new A());", "// a new one",
                     "std::unique_ptr<A>(new A());", "renew(x);",
                     "std::shared_ptr<A<B>> a(\n    new A<B>());",
                     "static const auto* const kA = new A();",
                     "return new (place) A();", "F(\"new x\");"]:
            self.assertEqual(found(text_rules.raw_new, {"a.cc": line}), [],
                             line)

    def test_programs_and_wrappers_are_exempt(self):
        files = {"libs/flow/simulate_main.cc": "std::cout << 1;",
                 "libs/base/mutex.h": "std::mutex m;",
                 "libs/base/clock.cc": "steady_clock::now();"}
        self.assertEqual(found(text_rules.banned_calls, files), [])

    def test_leftovers_are_found_in_every_text(self):
        for text in ["# TO" "DO: later", "// FIX" "ME", "/home/" "ann/x",
                     "cd /ro" "ot/x", "x // NOLINT", "py" "pi.org"]:
            self.assertEqual(found(text_rules.banned_words, {"a.md": text}),
                             ["a.md:1"], text)

    def test_ordinary_texts_are_no_leftovers(self):
        for text in ["a method", "/healthz", "${HOME}/root/x", "lib/work/x",
                     "x  // NOLINT(runtime/int): the API says long"]:
            self.assertEqual(found(text_rules.banned_words, {"a.md": text}),
                             [], text)


class StructureRulesTest(unittest.TestCase):
    def test_components_that_no_list_names(self):
        files = {"libs/sinks/builtin.cc":
                 '#include "libs/sinks/a/a_factory.h"\n',
                 "libs/sinks/a/a_factory.h": "",
                 "libs/sinks/b/b_factory.h": "",
                 "libs/event/c_factory.h": ""}
        self.assertEqual(found(structure_rules.listed_components, files),
                         ["libs/sinks/b/b_factory.h:1"])

    def test_functions_above_the_limit(self):
        files = {"a.cc": function(70), "b.cc": function(71)}
        self.assertEqual(found(structure_rules.function_length, files),
                         ["b.cc:1"])

    def test_the_list_of_long_functions_only_shrinks(self):
        listed = {structure_rules.LONG_FUNCTIONS: "b.cc F\na.cc F\n",
                  "a.cc": function(10), "b.cc": function(90)}
        self.assertEqual(found(structure_rules.function_length, listed),
                         [structure_rules.LONG_FUNCTIONS + ":1"])

    def test_include_guards_follow_the_path(self):
        good = "#ifndef A_B_H_\n#define A_B_H_\n#endif  // A_B_H_\n"
        files = {"a/b.h": good, "a/c.h": good}
        self.assertEqual(found(structure_rules.include_guards, files),
                         ["a/c.h:1"])

    def test_big_blobs(self):
        files = {"a": b"\xff" * (256 * 1024), "b": b"\xff" * (256 * 1024 + 1)}
        self.assertEqual(found(structure_rules.blobs, files), ["b:1"])

    def test_folders_need_build_readme_and_test(self):
        whole = {"libs/a/" + name: "" for name in
                 ("a.cc", "a_test.cc", "BUILD", "README.md")}
        self.assertEqual(found(structure_rules.complete_folders, whole), [])
        for name in ("a_test.cc", "BUILD", "README.md"):
            part = {path: "" for path in whole if not path.endswith(name)}
            self.assertEqual(found(structure_rules.complete_folders, part),
                             ["libs/a:1"], name)

    def test_files_that_nothing_builds(self):
        files = {"a/BUILD": 'srcs = ["x.cc"], glob(["c/*.proto"])',
                 "a/x.cc": "", "a/dead_test.cc": "", "a/c/y.proto": ""}
        self.assertEqual(found(structure_rules.built_files, files),
                         ["a/dead_test.cc:1"])

    def test_layers_point_downwards(self):
        allowed = {"libs/event/a.cc": "libs/base/x.h",
                   "libs/event/b.cc": "libs/event/x.h",
                   "libs/json/a_benchmark.cc": "libs/event/x.h",
                   "services/sink/a.cc": "libs/engine/x.h",
                   "tools/phoenix/a.cc": "services/sink/x.h"}
        for path, included in allowed.items():
            files = {path: '#include "%s"' % included}
            self.assertEqual(found(structure_rules.layers, files), [], path)
        forbidden = {"libs/base/a.cc": "libs/event/x.h",
                     "libs/event/a.cc": "libs/cel/x.h",
                     "libs/engine/a.cc": "services/sink/x.h",
                     "services/sink/a.cc": "services/router/x.h",
                     "libs/unheard/a.cc": "libs/base/x.h"}
        for path, included in forbidden.items():
            files = {path: '#include "%s"' % included}
            self.assertEqual(found(structure_rules.layers, files),
                             [path + ":1"], path)

    def test_components_do_not_know_each_other(self):
        files = {
            "libs/sinks/list.cc": '#include "libs/sinks/file/a.h"\n'
                                  '#include "libs/sinks/http/a.h"\n',
            "libs/sinks/file/a.cc": '#include "libs/sinks/rows/a.h"\n'
                                    '#include "libs/sinks/http/a.h"\n',
        }
        self.assertEqual(found(structure_rules.layers, files),
                         ["libs/sinks/file/a.cc:2"])


if __name__ == "__main__":
    unittest.main()
