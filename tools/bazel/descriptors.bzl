"""The descriptors of every config that a program can reach, in one file.

    phoenix_descriptor_set(
        name = "configs",                # makes configs.binpb
        deps = ["//libs/sinks:builtin"],
    )

Follows the dependencies of `deps` to every phoenix_proto_library among them, so
that a component which is linked in is described without being listed again.
The FileDescriptorSet holds all that they import, and the source comments.
"""

load("//tools/bazel:proto.bzl", "ProtoSources")

_Reachable = provider(fields = ["files"])

_ATTRS = ["deps", "srcs", "hdrs"]

def _aspect_impl(target, ctx):
    found = []
    for name in _ATTRS:
        attr = getattr(ctx.rule.attr, name, None)
        if type(attr) == "list":
            found += [dep[_Reachable] for dep in attr if _Reachable in dep]
    own = [target[ProtoSources].files] if ProtoSources in target else []
    files = depset(transitive = own + [reachable.files for reachable in found])
    return [_Reachable(files = files)]

_reachable_protos = aspect(
    implementation = _aspect_impl,
    attr_aspects = _ATTRS,
)

def _impl(ctx):
    inputs = depset(transitive = [dep[_Reachable].files for dep in ctx.attr.deps])
    out = ctx.actions.declare_file(ctx.label.name + ".binpb")
    args = ctx.actions.args()
    args.add("-Iproto")
    args.add("-I.")
    args.add("-I/usr/include")
    args.add("--include_imports")
    args.add("--include_source_info")
    args.add("--descriptor_set_out=" + out.path)
    args.add_all(inputs)
    ctx.actions.run(
        executable = "/usr/bin/protoc",
        arguments = [args],
        inputs = inputs,
        outputs = [out],
        mnemonic = "ProtoDescriptors",
    )
    return [DefaultInfo(files = depset([out]))]

phoenix_descriptor_set = rule(
    implementation = _impl,
    attrs = {"deps": attr.label_list(aspects = [_reachable_protos])},
)
