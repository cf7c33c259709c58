#!/usr/bin/env python3
"""Compiles what gradus derive writes as LaTeX: latex_test.py GRADUS [unittest arguments].  Without pdflatex: skipped (77)."""
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

GRADUS = str(Path(sys.argv[1]).resolve())
NEURON = ("tanh(x1*w_1 + b)", "--var", "x1=2", "--param", "w_1=-3", "--param", "b=6.5")
LAYER = ("mean(relu(X@W + b)^2)", "--var", "X=[[1,2],[3,4],[5,6]]", "--param", "W=[[1,-1],[0.5,2]]", "--param",
         "b=[0.5,-0.5]")
CANARY = "Q7XK2M"

HOSTILE = ["%", "100% \\", "\\", "\\\\", "_", "__", "a_b_c", "_1", "^", "^^41", "x^2", "$", "$$", "$x$", "#", "#1", "&", "~", "{", "}",
           "{}", "}{", "}}\\end{document}", "\\end{enumerate}", "\\input{canary.txt}", "\\input{/etc/passwd}",
           "\\immediate\\write18{touch owned}", "\\openout1=owned", "\\def\\x{\\x}\\x", "\\catcode`\\%=12", "^^5cinput canary.txt ",
           "\\newwrite\\f\\immediate\\openout\\f=owned", "\\(x\\)", "\\]", "[", "]", "[x]", "*", "-", "--", "``", "''", '"', "|", "<", ">",
           "?`", "!`", "a b", " ", "é", "größe", "ß", "Þ", "ŷ", "α1", "∂", "x₁", "x²", "中文", "😀", "e\u0301", "\u202e", "\u200b", "\ufeff",
           "\x00", "\x07", "\x1b[31m", "\n\n", "\r", "\t", "\x7f", "\u0085", "\u2028", "ᵀ", "½", "∞", "\ufffd", "'", "x'^2", "1e5", "1",
           "L" * 200, "∂y/∂x", "\\sin", "sin", "G", "lr"]


def derive(*arguments, folder):
    result = subprocess.run([GRADUS, "derive", *map(str, arguments)], capture_output=True, cwd=folder, timeout=60, check=False)
    assert result.returncode == 0, result.stderr.decode()


class Latex(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        (self.folder / "canary.txt").write_text(CANARY)

    def compiles(self, name, made=()):
        """name.tex becomes name.pdf, and nothing else happens."""
        before = set(os.listdir(self.folder)) | set(made)
        environment = dict(os.environ, openout_any="p", openin_any="a", max_print_line="10000")
        result = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", f"{name}.tex"], cwd=self.folder,
                                capture_output=True, timeout=300, env=environment, check=False)
        log = result.stdout.decode("utf-8", "replace")
        self.assertEqual(result.returncode, 0, log[-3000:])
        self.assertEqual(set(os.listdir(self.folder)) - before, {f"{name}.pdf", f"{name}.log", f"{name}.aux"})
        for read in ["canary.txt", "/etc/passwd"]:  # files that were read stand in the log behind a parenthesis
            self.assertNotIn(f"({read}", log)
            self.assertNotIn(f"(./{read}", log)
        self.assertNotIn(CANARY, log)
        self.assertNotIn("Missing character", (self.folder / f"{name}.log").read_text(errors="replace"))

    def graph_with_names(self, names):
        """A sum of products with these names, as a file that gradus reads."""
        letters = [f"v{k}" for k in range(len(names))]
        bindings = [a for k, v in enumerate(letters) for a in ("--var", f"{v}={k + 0.5}")]
        result = subprocess.run([GRADUS, "draw", " + ".join(f"{v}*{v}" for v in letters), *bindings, "-T", "json"],
                                capture_output=True, timeout=60, check=False)
        self.assertEqual(result.returncode, 0, result.stderr.decode())
        graph = json.loads(result.stdout)
        renamed = dict(zip(letters, names))
        for slot in graph["slots"]:
            if slot.get("name") in renamed:
                slot["name"] = renamed[slot["name"]]
        (self.folder / "graph.json").write_text(json.dumps(graph), encoding="utf-8")
        return "graph.json"

    def test_every_kind_of_derivation(self):
        cases = {"neuron": NEURON, "layer": LAYER, "update": (*NEURON, "--update", "lr=0.1"),
                 "layer-update": (*LAYER, "--update", "0.1"),
                 "order": ("(a*2)^2 + a", "--var", "a=3", "--why-order"), "title": (*NEURON, "--title", "50 % of a_b & {c} ∂ é"),
                 "infinite": ("x/0 + log(0*x)", "--var", "x=1"), "tiny": ("x*1e-300", "--var", "x=1.5e-7"),
                 "functions": ("floor(x) + ceil(x) + abs(x) + sqrt(x) + cbrt(x) + max(x, 1) + leaky_relu(x) + logaddexp(x, 2)",
                               "--var", "x=2.5")}
        for name, arguments in cases.items():
            with self.subTest(name):
                derive(*arguments, "-o", f"{name}.tex", folder=self.folder)
                self.compiles(name)

    def test_nothing_runs_off_the_paper(self):
        w = ("--param", "w1=[[0.15,0.25],[0.2,0.3]]", "--param", "b1=[0.35,0.35]", "--param", "w2=[[0.4],[0.45]]")
        cases = {"classes": ("cross_entropy(x, [2,0])", "--param", "x=[[1,2,3],[0,-1,1]]", "--update", "lr=0.1"),
                 "gelu": ("gelu(x*w)", "--var", "x=2", "--param", "w=.5", "--unfold", "--why-order"),
                 "mlp": ("mse(tanh(x@w1+b1)@w2, y)", "--var", "x=[[0.05,0.1]]", "--var", "y=[[0.01]]", *w),
                 "mlp-quiz-batch": ("mse(tanh(x@w1+b1)@w2, y)", "--var", "x=[[0.05,0.1],[0.3,0.7],[1.5,2.5]]", "--var",
                                    "y=[[0.01],[0.02],[0.5]]", *w, "--update", "0.1", "--digits", "12"),
                 "softmax": ("sum(softmax(x, axis=1)^2)", "--var", "x=[[1,2,3],[0.123456,-1,1]]"),
                 "norms": ("var(x, axis=0) + std(x, axis=0)*max(x, axis=0)", "--var", "x=[[1,2,3],[0.5,-1.5,1]]"),
                 "conv": ("sum(conv1d(x, w)^2)", "--var", "x=[[1,2,3,5,8]]", "--param", "w=[[[0.5,-0.25]]]"),
                 "neuron": NEURON, "layer": (*LAYER, "--update", "0.1"), "long": (
                     "tanh(alpha*beta + gamma*delta)*sigmoid(alpha*gamma) + alpha", "--var", "alpha=0.123456", "--var", "beta=2.34567", "--var",
                     "gamma=-1.23456", "--var", "delta=1.00001", "--why-order", "--update", "0.01", "--digits", "10")}
        for name, arguments in cases.items():
            with self.subTest(name):
                derive(*arguments, "-o", f"{name}.tex", folder=self.folder)
                self.compiles(name)
                log = (self.folder / f"{name}.log").read_text(errors="replace")
                wide = [float(pt) for pt in re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide", log)]
                self.assertLessEqual(max(wide, default=0.0), 5.0, log)

    def test_a_quiz_and_its_answers(self):
        derive(*NEURON, "--quiz", "-o", "quiz.tex", folder=self.folder)
        self.compiles("quiz")
        self.compiles("quiz-answers")

    def test_a_fragment_in_a_document_that_loads_amsmath(self):
        derive(*LAYER, "--fragment", "-o", "part.tex", folder=self.folder)
        (self.folder / "whole.tex").write_text("\\documentclass{article}\\usepackage{amsmath}\\begin{document}\n"
                                               "\\input{part}\n\\end{document}\n")
        self.compiles("whole")

    def test_hostile_titles(self):
        for k, title in enumerate(t for t in HOSTILE if "\0" not in t):
            if k % 4 == 0:  # a document takes half a second; names see them all
                derive("x*2", "--var", "x=3", "--title", title, "-o", f"t{k}.tex", folder=self.folder)
                self.compiles(f"t{k}")

    def test_hostile_names(self):
        names = [n for n in HOSTILE if n]
        derive(self.graph_with_names(names), "--update", "lr=0.1", "-o", "names.tex", folder=self.folder)
        self.compiles("names")

    def test_random_names(self):
        chance = random.Random(11)
        marks = "\\{}$&#%_^~[]()<>|\"'`-*+=/,.;:!? \n\t0123456789aInput"
        names = []
        for _ in range(300):
            letters = [chance.choice(marks) if chance.random() < 0.7 else chr(chance.choice(
                [chance.randrange(0x20), chance.randrange(0x80, 0x250), chance.randrange(0x250, 0xD800),
                 chance.randrange(0x1F300, 0x1F600)])) for _ in range(chance.randrange(1, 16))]
            names.append("".join(letters))
        derive(self.graph_with_names(names), "-o", "names.tex", folder=self.folder)
        self.compiles("names")


if __name__ == "__main__":
    if shutil.which("pdflatex") is None:
        print("skipped: there is no pdflatex (Debian: texlive-latex-base, texlive-latex-recommended)")
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
