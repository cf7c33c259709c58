#!/usr/bin/env python3
"""Whoever installs Gradus, or takes it as a Meson subproject, can use it: install_test.py BUILD_FOLDER SOURCE_FOLDER."""
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

BUILD, SOURCE = Path(sys.argv[1]), Path(sys.argv[2])

PROGRAM = """
#include <autograd/autograd.h>
#include <nn/nn.h>
#include <fmt/format.h>
int main() {
  using namespace gradus;
  nn::Perceptron neuron(2, relu<Tensor>);
  Tensor x = variable(3.0, "x");
  (x * x).backward();
  fmt::print("{} {}\\n", x.grad().item(), neuron.parameter_count());
}
"""

PROJECT = """
project('user', 'cpp', default_options: ['cpp_std=c++20'])
gradus = dependency('gradus', fallback: 'gradus', default_options: ['tests=disabled', 'command=disabled'])
executable('user', 'user.cpp', dependencies: gradus)
"""


def run(*command, **options):
    result = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert result.returncode == 0, f"{shlex.join(map(str, command))}\n{result.stdout}{result.stderr}"
    return result.stdout


def installed(folder):
    """Compiles and runs a program against the installed files alone."""
    run("meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", folder / "root")
    packages = list((folder / "root").rglob("gradus.pc"))
    assert len(packages) == 1, packages
    prefix = next(line.split("=", 1)[1] for line in packages[0].read_text().splitlines() if line.startswith("prefix="))
    system = run("pkg-config", "--variable", "pc_path", "pkg-config").strip()
    environment = {**os.environ, "PKG_CONFIG_LIBDIR": f"{packages[0].parent}:{system}"}
    moved = [f"--define-variable=prefix={folder / 'root' / prefix.strip('/')}"]
    flags = run("pkg-config", *moved, "--cflags", "--libs", "gradus", env=environment).split()
    (folder / "user.cpp").write_text(PROGRAM)
    run(os.environ.get("CXX", "c++"), "-std=c++20", folder / "user.cpp", "-o", folder / "user", *flags)
    environment["LD_LIBRARY_PATH"] = str(packages[0].parent.parent)
    assert run(folder / "user", env=environment) == "6 3\n"


def subproject(folder):
    """Another project finds it by its dependency name."""
    project = folder / "project"
    (project / "subprojects").mkdir(parents=True)
    (project / "subprojects/gradus").symlink_to(SOURCE)
    (project / "meson.build").write_text(PROJECT)
    (project / "user.cpp").write_text(PROGRAM)
    said = run("meson", "setup", folder / "build", project)
    assert "Dependency gradus" in said and "found: YES" in said, said


with tempfile.TemporaryDirectory() as name:
    installed(Path(name))
    subproject(Path(name))
print("installed and as a subproject: both work")
