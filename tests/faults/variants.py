"""What a variant decodes to."""

import ctypes
import functools
import gzip

ENDINGS = (".gz", ".br")
LARGEST = 64 << 20


@functools.cache
def brotli():
    return ctypes.CDLL("libbrotlidec.so.1")


def decoded(name, content):
    """`None` if it cannot be decoded."""
    return gunzip(content) if name.endswith(".gz") else unbrotli(content)


def gunzip(content):
    try:
        return gzip.decompress(content)
    except (OSError, EOFError):
        return None


def unbrotli(content):
    for room in (1 << 20, LARGEST):
        length, bytes_ = ctypes.c_size_t(room), ctypes.create_string_buffer(room)
        if brotli().BrotliDecoderDecompress(ctypes.c_size_t(len(content)), content, ctypes.byref(length), bytes_) == 1:
            return bytes_.raw[: length.value]
    return None


def base(name, files):
    """The file that a variant stands beside, if it is one."""
    stem = name.rpartition(".")[0]
    return stem if name.endswith(ENDINGS) and stem in files else None


def stale(files):
    """Names of variants that do not decode to the file that they stand beside."""
    pairs = ((name, base(name, files)) for name in files)
    return [name for name, of in pairs if of and decoded(name, files[name]) != files[of]]
