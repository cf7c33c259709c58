#!/usr/bin/env python3
"""What a newcomer touches, counted: plant_test.py SOURCE

Plants, in a scratch copy of the tree,
  (a) an elementwise function                2 files: its struct, and its place in the list
  (b) an activation with an attribute        2 files: the same
  (c) an op on whole arrays                  6 files: kernel pair, op pair, a line in the list, the command's line
  (d) a format of derivations                2 new files and a row, and the line in the folder's list of its files
and shows that everything that must know of it does: the command and its table, derivations with the call written whole,
drawings, files, unfolding where stated, taking apart, replay, and the tests of every op.  Nothing else is touched: what is
planted is the table below.  Built without optimisation, for this test alone: meson test --suite plant --setup all
"""
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(sys.argv[1]).resolve()
KEPT = os.environ.get("GRADUS_PLANT_DIR")  # a folder to build in again, for who works on this test

# For each planting: file, what stands there, and what takes its place (\g<0> is what stood there).
LIST = "autograd/math/op_list.h"
FUNCTION = {
    "autograd/math/powers.h": [(r"/// √x\.  d√x/dx", r'''/// 1/(1 + x²).  d/dx = −2x·y².
struct Bump : Unary {
  static constexpr std::string_view name = "bump";
  static constexpr Worst worst{2.0, 4.0};
  static constexpr auto value(auto x) {
    using X = decltype(x);
    return X(1.0) / (X(1.0) + x * x);
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto& y) { return -2.0 * x * bind(Square{}, y); }
  template <class X>
  static constexpr auto composed(const X& x) {
    return 1.0 / (1.0 + bind(Square{}, x));
  }
};

\g<0>''')],
    LIST: [(r"struct Square, ", r"struct Square, struct Bump, ")],
}
ACTIVATION = {
    "autograd/math/piecewise_activations.h": [(r"/// [^\n]*(\n///[^\n]*)*\nstruct ops::Relu6 ", r'''/// x, and bend·x where x is negative.  d/dx = 1, or bend.
struct Bent : ActivationOp {
  static constexpr std::string_view name = "bent";
  static constexpr Worst worst{0.5, 0.5};
  double bend = 0.25;
  static constexpr auto fields = std::array{field("bend", &Bent::bend)};
  [[nodiscard]] constexpr auto value(auto x) const {
    using X = decltype(x);
    return where(x > X(0.0), x, as<X>(bend) * x);
  }
  template <class X>
  [[nodiscard]] constexpr auto d(wrt<0>, const X& x, const auto& y) const {
    return bind(Where{}, bind(Greater{}, x, 0.0), 1.0, as<X>(bend) + 0.0 * y);
  }
};

\g<0>''')],
    LIST: [(r"ops::LeakyRelu, ", r"ops::LeakyRelu, struct Bent, ")],
}
STRUCTURAL = {
    "autograd/array/scans.h": [(r"\n}  // namespace gradus\n$", r'''
/// x moved along an axis by `shift` places; what leaves at one end comes in at the other.
[[nodiscard]] GRADUS_API Array cycle(const Array& x, std::int64_t shift, int axis);
\g<0>''')],
    "autograd/array/scans.cpp": [(r"\n}  // namespace gradus\n$", r'''
Array cycle(const Array& x, std::int64_t shift, int axis) {
  const std::vector<double> from = x.to_vector();
  std::vector<double> to(from.size());
  const Shape shape = x.shape();
  std::int64_t inner = 1;
  for (int k = axis + 1; k < shape.rank(); ++k) inner *= shape[k];
  const std::int64_t size = shape[axis];
  for (std::int64_t i = 0; i < x.size(); ++i) {
    const std::int64_t place = i / inner % size;
    const std::int64_t other = ((place + shift) % size + size) % size;
    to[static_cast<std::size_t>(i + (other - place) * inner)] = from[static_cast<std::size_t>(i)];
  }
  return Array(shape, to).to(x.dtype());
}
\g<0>'''), (r'#include "autograd/array/scans.h"\n', r"\g<0>\n#include <vector>\n")],
    "autograd/tensor/ops/joining.h": [(r"\n}  // namespace gradus\n$", r'''
/// x moved along an axis, round its end.  Adjoint: moved back.
struct Cycle : Unary {
  static constexpr std::string_view name = "cycle";
  static constexpr bool structural = true, multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  std::int64_t shift = 0;
  int axis = 0;
  static constexpr auto fields = field_list(field("shift", &Cycle::shift), field("axis", &Cycle::axis));
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] Array value(const Array& x) const { return gradus::cycle(x, shift, axis); }
  template <class V>
  V vjp(wrt<0>, const V& g, const V&, const V&) const {
    return apply(Cycle{{}, -shift, axis}, g);
  }
};

/// x moved along an axis by `shift` places; what leaves at one end comes in at the other.  Throws ShapeError for a bad axis.
GRADUS_API Tensor cycle(const Tensor& x, std::int64_t shift, int axis);
\g<0>'''), (r'#include "indexing.h"\n', r'#include "../../array/scans.h"\n\g<0>')],
    "autograd/tensor/ops/joining.cpp": [(r"\n}  // namespace gradus\n$", r'''
Shape Cycle::result_shape(std::span<const Shape> x) const {
  if (axis >= x[0].rank()) detail::refuse_shape(name, "there is no such axis", x[0]);
  return x[0];
}

Tensor cycle(const Tensor& x, std::int64_t shift, int axis) {
  return apply(Cycle{{}, shift, normalize_axis(axis, x.rank(), Cycle::name)}, x);
}

template const detail::RuleEntry& detail::unlisted_rule<Cycle>();
\g<0>''')],
    "autograd/tensor/ops/op_lists.h": [(r"struct Concat, ", r"struct Concat, struct Cycle, ")],
    "tools/gradus/functions/shape_functions.cpp": [(r'  add\("roll", ', r'''  add("cycle", "x", {whole("shift"), axis()}, "moved along an axis, round its end",
      [](Given c) -> Value { return cycle(c.tensor(0), c.whole("shift"), c.axis()); });
\g<0>''')],
}
FORMAT = {
    "autograd/derive/write/derivation_outline.h": r'''// Derivations as an outline: titles alone.
#pragma once
#include <string>

#include "autograd/base/export.h"
#include "autograd/derive/derivation.h"
#include "autograd/derive/write/derivation_style.h"
#include "autograd/graph/graph.h"

namespace gradus {

/// The title of every step, one a line.
[[nodiscard]] GRADUS_API std::string to_outline(const Graph& graph, const Derivation& derivation,
                                                const DerivationStyle& style = {});

}  // namespace gradus
''',
    "autograd/derive/write/derivation_outline.cpp": r'''#include "autograd/derive/write/derivation_outline.h"

#include "autograd/derive/write/writer.h"

namespace gradus {

namespace {

class OutlineWriter : public DerivationWriter {
 public:
  using DerivationWriter::DerivationWriter;

 private:
  void begin() override {}
  void begin_phase(Phase phase, int /*number*/) override { print("= {}\n", heading_of(phase)); }
  void begin_step(const DerivationStep& step, int number) override { print("{} {}\n", number, step.title); }
  void equation(const Equation& /*equation*/) override {}
  void table(const DerivationTable& /*table*/) override {}
};

}  // namespace

std::string to_outline(const Graph& graph, const Derivation& derivation, const DerivationStyle& style) {
  return OutlineWriter(graph, derivation, style).write();
}

}  // namespace gradus
''',
    "autograd/derive/write/derivation_formats.cpp": [
        (r"      \{\.name = \"md\"", '      {.name = "outline", .ending = "outline", .write = to_outline},\n\\g<0>'),
        (r'#include "autograd/derive/write/derivation_markdown.h"\n',
         r'\g<0>#include "autograd/derive/write/derivation_outline.h"' + "\n")],
    "autograd/derive/write/meson.build": [(r"  'derivation_text.cpp',\n", r"  'derivation_outline.cpp'," + "\n\\g<0>")],
}
PLANTED = {"an elementwise function": (FUNCTION, 2), "an activation with an attribute": (ACTIVATION, 2),
           "an op on whole arrays": (STRUCTURAL, 6), "a format of derivations": (FORMAT, 4)}

# What a user's program sees of them, compiled against the planted library.
PROGRAM = r'''
#include <autograd/autograd.h>
#include <autograd/graph/unfold.h>
#include <nn/nn.h>
#include <cmath>
#include <cstdio>
#include <stdexcept>
#include <string>

using namespace gradus;

void require(bool good, const char* what) {
  if (!good) throw std::runtime_error(what);
}

Tensor planted(const Tensor& x) { return sum(bump(x) * bind(Bent{{}, 0.5}, cycle(x, 1, 0))); }

int main() try {
  const Tensor x = variable(Array({4}, {0.5, -1.0, 2.0, -0.25}), "x");
  Graph graph(planted(x));
  graph.compute_gradients();
  const std::string text = to_json(graph);
  const Graph again = from_json(text);
  require(to_json(again) == text, "a file that is read and written is the same");
  require(again.run({{"x", x.value()}})[0].item() == planted(x).item(), "what was read runs");

  const auto slope = [](const Tensor& at) { return grad(planted(at), {at})[0]; };
  auto replayed = compile(slope);
  for (int run = 0; run < 3; ++run) {
    const Tensor at = variable(Array({4}, {0.5 + run, -1.0, 2.0, -0.25 * run}), "x");
    require(replayed(at).to_vector() == slope(at).to_vector(), "replay gives the same bits");
  }
  require(replayed.traces() == 1, "it was traced once");

  const Graph scalars = as_scalars(Graph(planted(x)));
  require(std::abs(scalars.slots()[static_cast<std::size_t>(scalars.outputs()[0])].value.item() - planted(x).item()) < 1e-12,
          "taken apart into numbers");
  const Graph simple = unfolded(Graph(sum(bump(x))));
  for (const auto& step : simple.steps()) require(step.rule->name() != "bump", "unfolded");
  require(nn::activation_named("bent")(x).to_vector()[1] == -0.25, "an activation by name");
  std::puts("planted");
} catch (const std::exception& error) {
  std::puts(error.what());
  return 1;
}
'''


def plant(root, changes):
    for name, places in changes.items():
        if isinstance(places, str):
            assert not (root / name).exists(), f"{name} is there already"
            (root / name).write_text(places, encoding="utf-8")
            continue
        text = (root / name).read_text(encoding="utf-8")
        for pattern, replacement in places:
            text, count = re.subn(pattern, lambda m: replacement.replace(r"\g<0>", m.group()), text, count=1)
            assert count == 1, f"{name} has no place for what is planted: {pattern}"
        (root / name).write_text(text, encoding="utf-8")


def copy_of_the_tree(root):
    files = subprocess.run(["git", "-C", SOURCE, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                           capture_output=True, check=False)
    names = files.stdout.decode().split("\0") if files.returncode == 0 else []
    if not any(names):  # an unpacked archive
        names = [p.relative_to(SOURCE).as_posix() for p in SOURCE.rglob("*") if p.is_file() and "build" not in p.relative_to(SOURCE).parts]
    for name in filter(None, names):
        if not (SOURCE / name).is_file():
            continue  # removed, and not yet from the index
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(SOURCE / name, root / name)


class Planted(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = None if KEPT else tempfile.TemporaryDirectory()
        root = Path(KEPT or cls.folder.name) / "tree"
        shutil.rmtree(root, ignore_errors=True)
        copy_of_the_tree(root)
        for changes, _ in PLANTED.values():
            plant(root, changes)
        cls.root, cls.build = root, root.parent / "build"
        options = ["--buildtype=plain", "-Doptimization=0", "-Dtests=enabled", "-Dkernels=native", "-Donednn=disabled",
                   "-Donnx=disabled", "-Dgraphviz=disabled"]
        if (cls.build / "build.ninja").exists():
            options.append("--reconfigure")
        cls.call("meson", "setup", cls.build, root, *options)
        cls.call("ninja", "-C", cls.build, "libgradus.so.0.1.0", "tools/gradus/gradus", "tests/test_math", "tests/test_nn")
        cls.gradus = cls.build / "tools/gradus/gradus"

    @classmethod
    def tearDownClass(cls):
        if cls.folder:
            cls.folder.cleanup()

    @staticmethod
    def call(*command):
        result = subprocess.run([str(c) for c in command], capture_output=True, check=False)
        assert result.returncode == 0, (command, result.stdout.decode()[-4000:], result.stderr.decode()[-4000:])
        return result.stdout.decode()

    def out(self, *command):
        return self.call(self.gradus, *command)

    def value(self, expression, **variables):
        bindings = [a for name, v in variables.items() for a in ("--var", f"{name}={json.dumps(v)}")]
        found = json.loads(self.out("eval", expression, *bindings, "--json"))
        return found["value"]["data"], {k: g["data"] for k, g in found["gradients"].items()}

    def test_no_more_files_are_touched_than_the_house_says(self):
        for what, (changes, files) in PLANTED.items():
            self.assertEqual(len(changes), files, what)

    def test_the_command_computes_them(self):
        value, gradients = self.value("bump(x)", x=0.5)
        self.assertAlmostEqual(value[0], 0.8, delta=1e-15)
        self.assertAlmostEqual(gradients["x"][0], -0.64, delta=1e-15)
        value, gradients = self.value("bent(x, bend=0.5)", x=-3.0)
        self.assertEqual((value, gradients["x"]), ([-1.5], [0.5]))
        value, gradients = self.value("sum(cycle(x, 1, axis=0) * [1,2,3])", x=[0.5, -1.0, 2.0])
        self.assertEqual((value, gradients["x"]), ([2.0 + 2 * 0.5 + 3 * -1.0], [2.0, 3.0, 1.0]))

    def test_the_table_lists_them(self):
        listed = {f["name"]: f for f in json.loads(self.out("functions", "--json"))}
        self.assertEqual(listed["bump"]["signature"], "bump(x)")
        self.assertIn("x", listed["bump"]["derivatives"])
        self.assertEqual((listed["bent"]["theme"], listed["bent"]["signature"]), ("Activations", "bent(x, bend=0.25)"))
        self.assertEqual(listed["cycle"]["signature"], "cycle(x, shift, axis)")

    def test_derivations_write_the_whole_call(self):
        self.assertIn("bump(x)", self.out("derive", "bump(x)", "--var", "x=0.5"))
        self.assertIn("bent(x, bend=0.5)", self.out("derive", "bent(x, bend=0.5)", "--var", "x=-3"))
        self.assertIn("cycle(x, shift=1, axis=0)", self.out("derive", "sum(cycle(x, 1, axis=0))", "--var", "x=[1,2,3]"))

    def test_derivations_are_written_in_the_new_format(self):
        outline = self.out("derive", "bump(x)", "--var", "x=0.5", "-T", "outline")
        self.assertIn("= Forward", outline)
        self.assertIn("bump", outline)
        self.assertIn("outline", self.out("derive", "--help"))

    def test_drawings_show_them(self):
        drawn = self.out("draw", "sum(bump(bent(cycle(x, 1, axis=0), bend=0.5)))", "--var", "x=[1,2,3]")
        for name in ("bump", "bent", "cycle"):
            self.assertIn(name, drawn)

    def test_a_users_program_does_what_it_does_with_any_op(self):
        source = self.build / "planted.cpp"
        source.write_text(PROGRAM, encoding="utf-8")
        flags = self.call("pkg-config", "--cflags", "fmt").split()
        compiler = os.environ.get("CXX", "c++").split()
        self.call(*compiler, "-std=c++20", "-O0", *flags, f"-I{self.root}", f"-I{self.build}", source, "-o", self.build / "planted",
                  f"-L{self.build}", "-lgradus", "-lfmt", f"-Wl,-rpath,{self.build}")
        self.assertEqual(self.call(self.build / "planted"), "planted\n")

    def test_the_tests_of_every_op_test_them(self):
        self.call(self.build / "tests/test_math")
        self.call(self.build / "tests/test_nn", "[module]")
        self.call(sys.executable, self.root / "tests/tools/functions_test.py", self.gradus,
                  "Functions.test_elementwise_functions", "Functions.test_the_formulas_of_the_table_are_what_is_computed")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
