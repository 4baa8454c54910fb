"""Files that a program carries within itself.

    phoenix_embedded_files(
        name = "templates",              # includes as "<package>/templates.h"
        srcs = ["a.txt", "//other:files"],
        function = "TemplateFiles",
    )

The header declares `absl::Span<const EmbeddedFile> TemplateFiles()` in namespace
phoenix; see embedded_file.h.
"""

load("//tools/bazel:cc.bzl", "phoenix_cc_library")

def phoenix_embedded_files(name, srcs, function, visibility = None, testonly = None):
    package = native.package_name()
    native.genrule(
        name = name + "_embed",
        srcs = srcs,
        outs = [name + ".h", name + ".cc"],
        cmd = "$(location //tools/bazel:embed_files) %s %s $(RULEDIR)/%s $(SRCS)" %
              (function, package + "/" + name + ".h", name),
        exec_tools = ["//tools/bazel:embed_files"],
        testonly = testonly,
    )
    phoenix_cc_library(
        name = name,
        srcs = [name + ".cc"],
        hdrs = [name + ".h"],
        deps = ["//third_party:absl", "//tools/bazel:embedded_file"],
        visibility = visibility,
        testonly = testonly,
    )
