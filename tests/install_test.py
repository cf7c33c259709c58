#!/usr/bin/env python3
"""Whoever installs Gradus, or takes it as a Meson subproject, can use it: install_test.py BUILD_FOLDER SOURCE_FOLDER.

What is in the build folder is installed, nothing is built.  The installed folder is then moved, and a program is made with
it by pkg-config and by CMake, with the shared library and with the static one.  The headers are those that the umbrellas
and README name and what these include, no others.
"""
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

BUILD, SOURCE = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()

# Names that programs have included since before the headers moved.
FORMER = """autograd/graph/compile.h autograd/graph/derivation.h autograd/graph/derivation_html.h
autograd/graph/derivation_json.h autograd/graph/derivation_order.h autograd/graph/derivation_quiz.h
autograd/graph/derivation_text.h autograd/graph/dot.h autograd/graph/graph_json.h autograd/graph/mermaid.h
autograd/graph/onnx.h autograd/scalar/forward.h autograd/tensor/check.h autograd/tensor/checkpoint.h
autograd/tensor/convolution.h autograd/tensor/custom_op.h autograd/tensor/diagonal.h autograd/tensor/einsum.h
autograd/tensor/gradient.h autograd/tensor/indexing.h autograd/tensor/joining.h autograd/tensor/linear_algebra.h
autograd/tensor/losses.h autograd/tensor/pooling.h autograd/tensor/reductions.h autograd/tensor/reshape.h
autograd/tensor/softmax.h autograd/tensor/structural.h autograd/tensor/transforms.h
nn/csv.h nn/linear.h nn/optimizer.h nn/table.h""".split()

PROGRAM_BODY = """
#include <fmt/format.h>
int main() {
  using namespace gradus;
  nn::Perceptron neuron(2, relu<Tensor>);
  Tensor x = variable(3.0, "x");
  (x * x).backward();
  fmt::print("{} {}\\n", x.grad().item(), neuron.parameter_count());
}
"""
PROGRAM = "".join(f"#include <{header}>\n" for header in FORMER) + """
#include <autograd/autograd.h>
#include <nn/nn.h>
""" + PROGRAM_BODY
SAID = "6 3\n"

MESON_PROJECT = """
project('user', 'cpp', default_options: ['cpp_std=c++20'])
gradus = dependency('gradus', fallback: 'gradus', default_options: ['tests=disabled', 'command=disabled'])
executable('user', 'user.cpp', dependencies: gradus)
"""

CMAKE_PROJECT = """
cmake_minimum_required(VERSION 3.16)
project(user CXX)
foreach(other 0.0.9 0.2 1.0)
  find_package(gradus ${other} QUIET)
  if(gradus_FOUND)
    message(FATAL_ERROR "${other} is another version")
  endif()
endforeach()
find_package(gradus @VERSION@ REQUIRED COMPONENTS autograd nn)
add_executable(user user.cpp)
target_link_libraries(user PRIVATE gradus::nn)
"""


def run(*command, **options):
    result = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert result.returncode == 0, f"{shlex.join(map(str, command))}\n{result.stdout}{result.stderr}"
    return result.stdout


def install(folder):
    """Installs into a folder, and moves what would be the prefix to another.  Returns that, and where libraries lie in it."""
    run("meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", folder / "root")
    (package,) = (folder / "root").rglob("gradus.pc")
    umbrella = next((folder / "root").rglob("autograd/autograd.h"))
    prefix = Path(os.path.commonpath([package, umbrella]))
    moved = folder / "moved/elsewhere"
    moved.parent.mkdir()
    prefix.rename(moved)
    return moved, package.relative_to(prefix).parent.parent


def check_headers(prefix):
    """The installed headers are those that README and the umbrellas name, and what these include."""
    (include,) = (path.parent.parent for path in prefix.rglob("autograd/autograd.h"))
    installed = {str(path.relative_to(include)) for path in include.rglob("*.h")} - {"autograd.h", "nn.h"}
    missing = set(FORMER) - installed
    assert not missing, f"not installed under their former names: {sorted(missing)}"
    waiting = ["autograd/autograd.h", "nn/nn.h"]
    waiting += re.findall(r"\b(?:autograd|nn)/[\w/]+\.h\b", (SOURCE / "README.md").read_text(encoding="utf-8"))
    wanted = set()
    while waiting:
        name = waiting.pop()
        if name in wanted:
            continue
        wanted.add(name)
        text = (SOURCE / name).read_text(encoding="utf-8")
        for included in re.findall(r'^#\s*include\s*"(.*?)"', text, re.M):
            waiting.append(os.path.normpath(os.path.join(os.path.dirname(name), included)))
    missing, private = wanted - installed, installed - wanted - set(FORMER)
    assert not missing, f"needed, but not installed: {sorted(missing)}"
    assert not private, f"installed, but neither named in README nor included by what is: {sorted(private)}"


def needs_shared_library(program):
    return "libgradus.so" in run("readelf", "-d", program)


def without_shared_library(prefix, libraries):
    """A copy of the folder with the static library alone, which the linker would not take beside the other."""
    copy = prefix.parent / "static"
    shutil.copytree(prefix, copy, ignore=shutil.ignore_patterns("libgradus.so*"), symlinks=True)
    return copy if (copy / libraries / "libgradus.a").is_file() else None


def by_command(prefix, libraries):
    """The command finds the zoo where both have been moved to, if they are built."""
    environment = {**os.environ, "LD_LIBRARY_PATH": str(prefix / libraries)}
    if not (prefix / "bin/gradus").is_file() or not list(prefix.rglob("zoo_*")):
        return False
    assert "lstm" in run(prefix / "bin/gradus", "zoo", env=environment)
    assert "bar: " in run(prefix / "bin/gradus", "zoo", "elm", env=environment)
    return True


def by_pkg_config(folder, prefix, libraries, static):
    environment = {**os.environ, "PKG_CONFIG_PATH": str(prefix / libraries / "pkgconfig")}
    compiler = shlex.split(os.environ.get("CXX", "c++"))
    if not static:
        flags = run("pkg-config", "--cflags", "gradus", env=environment).split()
        assert not [flag for flag in flags if flag.startswith("-std")], "the standard is the user's choice"
        run(*compiler, "-std=c++20", *flags, "-c", folder / "user.cpp", "-o", folder / "user.o")
        beside_ours(folder, compiler, flags)
    flags = run("pkg-config", *(["--static"] if static else []), "--libs", "gradus", env=environment).split()
    program = folder / ("user_static" if static else "user")
    run(*compiler, folder / "user.o", "-o", program, *flags)
    assert needs_shared_library(program) != static
    assert run(program, env={**environment, "LD_LIBRARY_PATH": str(prefix / libraries)}) == SAID


def beside_ours(folder, compiler, flags):
    """A project whose folders are called like ours, and that comes first, does not take the place of our headers."""
    project = folder / "namesakes"
    for header in ("nn/loss.h", "nn/module.h", "autograd/base/error.h", "autograd/tensor/tensor.h"):
        (project / header).parent.mkdir(parents=True, exist_ok=True)
        (project / header).write_text("#error not this one\n")
    (project / "user.cpp").write_text("#include <gradus/autograd.h>\n#include <gradus/nn.h>\n" + PROGRAM_BODY)
    for standard in ("-std=c++20", "-std=c++23"):
        run(*compiler, standard, f"-I{project}", *flags, "-fsyntax-only", project / "user.cpp")


def by_cmake(folder, prefix, version):
    project = folder / f"with_{prefix.name}"
    project.mkdir()
    shutil.copy(folder / "user.cpp", project)
    (project / "CMakeLists.txt").write_text(CMAKE_PROJECT.replace("@VERSION@", version))
    run("cmake", "-S", project, "-B", project / "build", f"-DCMAKE_PREFIX_PATH={prefix}", "-G", "Ninja")
    run("cmake", "--build", project / "build")
    assert run(project / "build/user") == SAID
    return needs_shared_library(project / "build/user")


def subproject(folder):
    """Another project finds it by its dependency name."""
    project = folder / "project"
    (project / "subprojects").mkdir(parents=True)
    (project / "subprojects/gradus").symlink_to(SOURCE)
    (project / "meson.build").write_text(MESON_PROJECT)
    (project / "user.cpp").write_text(PROGRAM)
    said = run("meson", "setup", folder / "build", project)
    assert "Dependency gradus" in said and "found: YES" in said, said
    for header in FORMER:
        assert (folder / "build/subprojects/gradus" / header).is_file(), header
    targets = json.loads(run("meson", "introspect", "--targets", folder / "build"))
    programs = {target["name"] for target in targets if target["type"] == "executable"}
    assert programs == {"user"}, f"nothing but the library should be built: {programs}"
    installed = json.loads(run("meson", "introspect", "--installed", folder / "build"))
    assert not installed, f"the project installs what is ours: {list(installed)[:5]}"


def main():
    tried = ["pkg-config"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "user.cpp").write_text(PROGRAM)
        prefix, libraries = install(folder)
        check_headers(prefix)
        environment = {**os.environ, "PKG_CONFIG_PATH": str(prefix / libraries / "pkgconfig")}
        version = run("pkg-config", "--modversion", "gradus", env=environment).strip()
        minor = ".".join(version.split(".")[:2])
        assert f"[libgradus.so.{minor}]" in run("readelf", "-d", prefix / libraries / "libgradus.so")
        if by_command(prefix, libraries):
            tried.append("gradus zoo")
        by_pkg_config(folder, prefix, libraries, static=False)
        static = without_shared_library(prefix, libraries)
        if static is not None:
            by_pkg_config(folder, static, libraries, static=True)
            tried.append("pkg-config --static")
        if shutil.which("cmake") is None:
            tried.append("(there is no cmake to try)")
        else:
            assert by_cmake(folder, prefix, version)
            tried.append("CMake")
            if static is not None:
                assert not by_cmake(folder, static, minor)
                tried.append("CMake with the static library")
        subproject(folder)
        tried.append("Meson subproject")
    print(f"installed, moved and used by: {', '.join(tried)}")


main()
