"""One macro a proto package: phoenix_proto_library.

    phoenix_proto_library(
        name = "event_proto",            # the C++ library to depend on
        srcs = ["event_batch.proto"],
        deps = ["//proto/google/rpc:rpc_proto"],
        grpc = False,                    # True: generate services as well
    )

`import` paths, and `#include` paths, are relative to the import root: proto/
for files below proto/ (`import "phoenix/event/v1/event_batch.proto"`), the
repository's root for the config messages that live in a component's folder
(`import "libs/sinks/file/file_sink.proto"`).

`<name>_descriptors` is the FileDescriptorSet of srcs and all they import, with
source comments: what the schema and reference generators read.
"""

ProtoSources = provider(fields = ["files"])

def _import_root(path):
    return "proto/" if path.startswith("proto/") else ""

def _impl(ctx):
    exts = [".pb.h", ".pb.cc"]
    if ctx.attr.grpc:
        exts += [".grpc.pb.h", ".grpc.pb.cc"]
    outs = []
    for src in ctx.files.srcs:
        stem = src.basename[:-len(".proto")]
        outs += [ctx.actions.declare_file(stem + ext) for ext in exts]

    transitive = depset(
        direct = ctx.files.srcs,
        transitive = [dep[ProtoSources].files for dep in ctx.attr.deps],
    )
    root = _import_root(ctx.files.srcs[0].path)
    out_dir = ctx.bin_dir.path + ("/proto" if root else "")

    args = ctx.actions.args()
    args.add("-Iproto")
    args.add("-I.")
    args.add("-I/usr/include")
    gen = ctx.actions.args()
    gen.add("--cpp_out=" + out_dir)
    if ctx.attr.grpc:
        gen.add("--grpc_out=" + out_dir)
        gen.add("--plugin=protoc-gen-grpc=/usr/bin/grpc_cpp_plugin")
    sources = [src.path for src in ctx.files.srcs]
    ctx.actions.run(
        executable = "/usr/bin/protoc",
        arguments = [args, gen] + sources,
        inputs = transitive,
        outputs = outs,
        mnemonic = "ProtoCompile",
    )
    descriptors = ctx.actions.declare_file(ctx.label.name[:-len("_gen")] + "_descriptors.binpb")
    ctx.actions.run(
        executable = "/usr/bin/protoc",
        arguments = [
            args,
            "--include_imports",
            "--include_source_info",
            "--descriptor_set_out=" + descriptors.path,
        ] + sources,
        inputs = transitive,
        outputs = [descriptors],
        mnemonic = "ProtoDescriptors",
    )
    return [
        DefaultInfo(files = depset(outs)),
        ProtoSources(files = transitive),
        OutputGroupInfo(
            hdrs = depset([o for o in outs if o.extension == "h"]),
            srcs = depset([o for o in outs if o.extension == "cc"]),
            descriptors = depset([descriptors]),
        ),
    ]

_proto_gen = rule(
    implementation = _impl,
    attrs = {
        "srcs": attr.label_list(allow_files = [".proto"]),
        "deps": attr.label_list(providers = [ProtoSources]),
        "grpc": attr.bool(),
    },
)

def _gen_of(dep):
    if ":" not in dep:
        dep = dep + ":" + dep.split("/")[-1]
    return dep + "_gen"

def phoenix_proto_library(name, srcs, deps = [], grpc = False, visibility = None, testonly = None):
    """Generates and compiles the C++ of one proto package (see above)."""

    _proto_gen(
        name = name + "_gen",
        srcs = srcs,
        deps = [_gen_of(dep) for dep in deps],
        grpc = grpc,
        visibility = ["//visibility:public"],
        testonly = testonly,
    )
    for group in ["hdrs", "srcs", "descriptors"]:
        native.filegroup(
            name = "%s_%s" % (name, group),
            srcs = [name + "_gen"],
            output_group = group,
            visibility = ["//visibility:public"],
            testonly = testonly,
        )
    package = native.package_name()
    extra = {"strip_include_prefix": "/proto"} if package.startswith("proto/") else {}
    native.cc_library(
        name = name,
        srcs = [name + "_srcs"],
        hdrs = [name + "_hdrs"],
        # Generated code: correctness is protoc's, and unoptimised it is slow.
        copts = ["-w"],
        linkstatic = True,
        deps = deps + [
            "//third_party:grpc" if grpc else "//third_party:protobuf",
        ],
        visibility = visibility,
        testonly = testonly,
        **extra
    )
