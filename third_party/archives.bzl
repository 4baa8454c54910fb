"""How gRPC and what it stands on get into a program."""

def archives(names):
    """Link options for Debian's lib<name>.a, in any order.

    As shared libraries these cost 5 MB of resident memory (every one is
    relocated when the process starts), half of the time to start, and an
    indirect jump a call. As archives a program takes what it uses, and needs
    fewer packages where it runs. The price is a new build when Debian mends one
    of them; OpenSSL, zlib and curl, which are mended most often, stay shared.

    A sanitizer wants them as modules of their own (ThreadSanitizer, to ignore
    those that are not instrumented): --define=phoenix_link=shared.

    Args:
      names: the libraries, without "lib" and ".a".

    Returns:
      a value for `linkopts`.
    """
    return select({
        "//third_party:shared": ["-l" + name for name in names],
        "//conditions:default": ["-Wl,--start-group"] +
                                ["-l:lib%s.a" % name for name in names] +
                                ["-Wl,--end-group"],
    })
