"""The house rules for C++: every Phoenix target is declared with one of these.

They set the warnings (as errors), link statically within the project, and give
tests a size. A library holds one header where it can, and is private unless it
says otherwise.
"""

COPTS = [
    "-Wall",
    "-Wextra",
    "-Werror",
    "-Wno-unused-parameter",
]

def phoenix_cc_library(name, copts = [], **kwargs):
    native.cc_library(
        name = name,
        copts = COPTS + copts,
        # One object file a source: no shared library beside the archive.
        linkstatic = True,
        **kwargs
    )

def phoenix_cc_binary(name, copts = [], **kwargs):
    native.cc_binary(
        name = name,
        copts = COPTS + copts,
        **kwargs
    )

def phoenix_cc_test(name, copts = [], deps = [], size = "small", **kwargs):
    """A GoogleTest: its main comes with it."""
    native.cc_test(
        name = name,
        copts = COPTS + copts,
        deps = deps + ["//third_party:gtest_main"],
        linkstatic = True,
        size = size,
        **kwargs
    )

def phoenix_cc_benchmark(name, deps = [], **kwargs):
    """A Google Benchmark program; not run by tests."""
    phoenix_cc_binary(
        name = name,
        deps = deps + ["//third_party:benchmark_main"],
        testonly = True,
        **kwargs
    )

def phoenix_cc_fuzz_test(name, srcs, corpus = [], deps = [], size = "small", **kwargs):
    """A libFuzzer target (`LLVMFuzzerTestOneInput`).

    Under --config=fuzz it links libFuzzer and explores. Otherwise it is a test
    that runs every file of its corpus once, so that the corpus holds in every
    configuration.
    """
    native.cc_test(
        name = name,
        srcs = srcs,
        copts = COPTS,
        args = ["$(locations %s)" % c for c in corpus],
        data = corpus,
        deps = deps + select({
            "//tools/bazel:libfuzzer": [],
            "//conditions:default": ["//tools/bazel:corpus_main"],
        }),
        linkopts = select({
            "//tools/bazel:libfuzzer": ["-fsanitize=fuzzer"],
            "//conditions:default": [],
        }),
        linkstatic = True,
        size = size,
        tags = kwargs.pop("tags", []) + ["fuzz"],
        **kwargs
    )
