#!/usr/bin/env python3
"""libgradus.so can be loaded late, by programs that have used up what there is of thread-local storage.

    late_test.py LIBRARY PLUGIN HOST_SOURCE

Reads from the library how much of it it asks for: at most 64 bytes.  Then loads a plug-in that is linked with it from a
program in C that has loaded so many others before that not 128 bytes are left, and from Python with ctypes; both call
it, from another thread too.
"""
import math
import os
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

LIBRARY, PLUGIN, HOST_SOURCE = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
LIMIT = 64
FILLERS = 200  # of LIMIT bytes each: more than there is room for
SLOPE = 2 * (math.tanh(0.5) + 0.5 / math.cosh(0.5) ** 2)  # of tanh(x)·x at 0.5, three times and minus once


def thread_local_bytes(library):
    """The size in memory of an ELF file's segment of thread-local storage (its program header of type 7)."""
    data = library.read_bytes()
    assert data[:6] == b"\x7fELF\x02\x01", "an ELF file of 64 bits, low byte first"
    (headers,) = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    for k in range(count):
        kind, _, _, _, _, _, in_memory, _ = struct.unpack_from("<IIQQQQQQ", data, headers + k * size)
        if kind == 7:
            return in_memory
    return 0


def run(*command, **options):
    result = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert result.returncode == 0, f"{shlex.join(map(str, command))}\n{result.stdout}{result.stderr}"
    return result.stdout


def needed(library):
    """The files of the libraries that one needs, itself left out: those that come with the compiler and the system."""
    lines = (line.split() for line in run("ldd", library).splitlines())
    return [words[2] for words in lines if len(words) > 2 and words[1] == "=>" and "libgradus" not in words[0]]


def from_c(folder):
    compiler = shlex.split(os.environ.get("CC", "cc"))
    host = folder / "host"
    run(*compiler, "-O1", HOST_SOURCE, "-o", host, "-ldl", "-lpthread")
    source, library = folder / "filler.c", folder / "filler.so"
    source.write_text(f'__thread char filler[{LIMIT}] __attribute__((tls_model("initial-exec"), aligned(8)));\n'
                      "char* filler_address(void) { return filler; }\n")
    run(*compiler, "-shared", "-fPIC", source, "-o", library)
    fillers = [folder / f"filler{k}.so" for k in range(FILLERS)]  # a copy is another library to the loader
    for filler in fillers:
        shutil.copy(library, filler)
    room = int(run(host, *needed(PLUGIN), "--", *fillers).split()[0])
    assert 0 < room < FILLERS, f"there was room for {room} fillers"
    said = run(host, *needed(PLUGIN), "--", *fillers[:room - 1], "--", PLUGIN)
    assert int(said.split()[0]) == room - 1, said
    assert all(abs(float(value) - SLOPE) < 1e-9 for value in said.split(", ")[1].split()), said
    return room - 1


def from_python():
    try:
        import ctypes
        import threading
    except ImportError:
        return "no ctypes"
    plugin = ctypes.CDLL(str(PLUGIN))
    plugin.plugin_gradient.restype = ctypes.c_double
    plugin.plugin_gradient.argtypes = [ctypes.c_double]
    values = [plugin.plugin_gradient(0.5)]
    thread = threading.Thread(target=lambda: values.append(plugin.plugin_gradient(0.5)))
    thread.start()
    thread.join()
    assert len(values) == 2 and all(abs(value - SLOPE) < 1e-9 for value in values), values
    return "Python"


size = thread_local_bytes(LIBRARY)
assert size <= LIMIT, f"{LIBRARY.name} asks for {size} bytes of thread-local storage: {LIMIT} are allowed"
with tempfile.TemporaryDirectory() as name:
    taken = from_c(Path(name))
print(f"{size} bytes of thread-local storage; loaded late by C, after {taken} others, and by {from_python()}")
