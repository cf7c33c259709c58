#!/usr/bin/env python3
"""GDB shows tensors, arrays and shapes as what they hold.

    gdb_test.py GDB PRINTERS PROGRAM LIBRARY COMPILER…      (the compiler with the arguments it needs, each an argument)

The program is compiled with -g and stopped in stop_here(); the variables of main are printed.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

EXPECTED = {
    "nothing": "(empty)",
    "matrix": "float64 [2, 2] = {1, 2, 3, 4.5}",
    "turned": "float64 [2, 2] = {1, 3, 2, 4.5}",
    "weight": "float64 [2] = {0.25, -1}, leaf",
    "loss": "float64 -1.5, recorded",
    "long_one": "float32 [100] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, ...}",
    "number": "float64 2.5",
    "shape": "[3, 1]",
}


def main():
    debugger, printers, source, library, compiler = *sys.argv[1:5], sys.argv[5:]
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "program"
        subprocess.run([*compiler, "-g", "-O0", source, "-o", program, library, f"-Wl,-rpath,{Path(library).parent}"],
                       check=True)
        commands = ["set debuginfod enabled off", f"source {printers}", "break stop_here", "run", "up"]
        commands += [f"print {name}" for name in EXPECTED]
        arguments = [word for command in commands for word in ("-ex", command)]
        result = subprocess.run([debugger, "-nx", "-batch", *arguments, program], capture_output=True, text=True,
                                check=False, timeout=120)
    if "ptrace" in result.stderr and "Operation not permitted" in result.stderr:
        print("programs may not be traced here")
        sys.exit(77)
    printed = [line.split(" = ", 1)[1] for line in result.stdout.splitlines() if line.startswith("$")]
    assert printed == list(EXPECTED.values()), (printed, result.stdout, result.stderr)
    print("\n".join(f"{name}: {text}" for name, text in zip(EXPECTED, printed)))


if __name__ == "__main__":
    main()
