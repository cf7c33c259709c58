#!/usr/bin/env python3
"""Runs the gradus command as a user does: command_test.py GRADUS DATA_FOLDER [unittest arguments]."""
import json
import math
import os
import re
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

GRADUS = str(Path(sys.argv[1]).resolve())
DATA = Path(sys.argv[2])
HAS_GRAPHVIZ = os.environ.get("GRADUS_TEST_GRAPHVIZ") == "1"


def run(*arguments, stdin=None, folder=None, limit_stack=False, env=None):
    command = [GRADUS, *map(str, arguments)]
    if limit_stack:
        command = ["sh", "-c", 'ulimit -s 256 && exec "$0" "$@"', *command]
    return subprocess.run(command, input=stdin, capture_output=True, cwd=folder, env=env, timeout=60, check=False)


def out(*arguments, **options):
    result = run(*arguments, **options)
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout.decode()


def eval_json(*arguments, **options):
    return json.loads(out("eval", *arguments, "--json", **options))


class Lesson(unittest.TestCase):
    NEURON = ("tanh(x*w + b)", "--var", "x=2", "--param", "w=-3", "--param", "b=6.5")

    def test_a_lesson_is_one_page_that_needs_nothing_else(self):
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder) / "page.html"
            result = run("lesson", *self.NEURON, "--title", "</script><b>&", "-o", page)
            if not HAS_GRAPHVIZ:
                self.assertEqual(result.returncode, 1)
                self.assertIn("[lesson] this build has no Graphviz", result.stderr.decode())
                self.assertFalse(page.exists())
                return
            self.assertEqual(result.returncode, 0, result.stderr.decode())
            html = page.read_text(encoding="utf-8")
        self.assertIn("default-src 'none'", html)
        self.assertIn("<h1><bdi>&lt;/script&gt;&lt;b&gt;&amp;</bdi></h1>", html)
        self.assertEqual(html.count("<li data-phase"), 8)
        self.assertNotRegex(html, r"""(src|href)\s*=\s*["'](?!#)""")
        self.assertNotIn("unsafe-inline", html)


class Eval(unittest.TestCase):
    def test_prints_value_and_gradients(self):
        self.assertEqual(out("eval", "x^2*y", "--var", "x=2", "--var", "y=3"), "value  12\nd/dx   12\nd/dy   4\n")

    def test_json_has_the_documented_form(self):
        self.assertEqual(out("eval", "x+3.5", "--var", "x=2", "--json"),
                         '{"value": {"shape": [], "data": [5.5]}, "gradients": {"x": {"shape": [], "data": [1.0]}}}\n')

    def test_json_writes_numbers_shortest_and_non_finite_ones_as_strings(self):
        answer = eval_json("x*[1, 0.1, inf, -inf, nan, 1e300]", "--var", "x=1")
        self.assertEqual(answer["value"]["data"], [1.0, 0.1, "inf", "-inf", "nan", 1e300])
        self.assertIn("0.30000000000000004", out("eval", "x+0.2", "--var", "x=0.1", "--json"))

    def test_a_non_scalar_result_is_seeded_with_ones(self):
        answer = eval_json("W @ x", "--var", "W=[[1,2],[3,4]]", "--var", "x=[[5],[6]]")
        self.assertEqual(answer["value"], {"shape": [2, 1], "data": [17.0, 39.0]})
        self.assertEqual(answer["gradients"]["W"], {"shape": [2, 2], "data": [5.0, 6.0, 5.0, 6.0]})
        self.assertEqual(answer["gradients"]["x"], {"shape": [2, 1], "data": [4.0, 6.0]})

    def test_wrt_chooses_and_orders_the_gradients(self):
        answer = eval_json("x*y", "--var", "x=2", "--var", "y=3", "--wrt", "y")
        self.assertEqual(list(answer["gradients"]), ["y"])
        self.assertEqual(out("eval", "x*y", "--var", "x=2", "--var", "y=3", "--wrt", "y,x"),
                         "value  6\nd/dy   2\nd/dx   3\n")
        self.assertEqual(run("eval", "x", "--var", "x=2", "--wrt", "q").returncode, 2)

    STATEMENTS = "z = w*x + b\np = sigmoid(z)  # a probability\nL = -(y*log(p) + (1-y)*log(1-p))\n"
    BOUND = ("--var", "x=2", "--param", "w=0.5", "--param", "b=0.1", "--const", "y=1")

    def test_statements_from_an_argument_a_file_and_standard_input(self):
        one = "-(y*log(sigmoid(w*x + b)) + (1-y)*log(1-sigmoid(w*x + b)))"
        expected = out("eval", one, *self.BOUND)
        self.assertEqual([line.split()[0] for line in expected.splitlines()], ["value", "d/dx", "d/dw", "d/db"])
        value = eval_json(self.STATEMENTS, *self.BOUND)
        p = 1 / (1 + math.exp(-1.1))
        self.assertAlmostEqual(value["value"]["data"][0], -math.log(p), places=14)
        self.assertAlmostEqual(value["gradients"]["w"]["data"][0], 2 * (p - 1), places=14)
        self.assertEqual(value, eval_json("-", *self.BOUND, stdin=self.STATEMENTS.encode()))
        self.assertEqual(value, eval_json(self.STATEMENTS.replace("\n", ";").replace("# a probability", ""), *self.BOUND))
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "lesson.gradus").write_text(self.STATEMENTS)
            self.assertEqual(value, eval_json("-f", "lesson.gradus", *self.BOUND, folder=folder))
            both = run("eval", "x", "-f", "lesson.gradus", folder=folder)
            self.assertEqual((both.returncode, both.stderr.decode()),
                             (2, "gradus: error: there is an expression beside --file\n"))
        self.assertEqual(run("eval").stderr.decode(), "gradus: error: expression is required\n")

    def test_names_of_statements_appear(self):
        text = out("derive", self.STATEMENTS, *self.BOUND)
        for line in ("p = sigmoid(z)", "∂L/∂z = ∂L/∂p·∂p/∂z", "∂L/∂w"):
            self.assertIn(line, text)
        self.assertNotIn("∂L/∂y", text)
        dot = out("draw", self.STATEMENTS, *self.BOUND)
        for name in ("z", "p", "L"):
            self.assertIn(f">{name}<", dot)

    def test_several_results(self):
        self.assertEqual(out("eval", "u = x*2; u + 1; v = u*3", "--var", "x=2"),
                         "value 1  5\nvalue v  12\nd/dx     8\n")
        self.assertEqual(eval_json("x; 2*x", "--var", "x=2"), {
            "values": {name: {"shape": [], "data": [x]} for name, x in (("x", 2.0), ("2", 4.0))},
            "gradients": {"x": {"shape": [], "data": [3.0]}}})
        result = run("eval", "x; 2*x", "--var", "x=2", "--order", "2")
        self.assertEqual((result.returncode, result.stderr.decode()),
                         (1, "gradus: error: --order 2 needs one result, and there are 2\n"))

    def test_a_name_that_nothing_uses_is_warned_of(self):
        result = run("eval", "u = 2*x; x", "--var", "x=2")
        self.assertEqual((result.returncode, result.stderr.decode()), (0, "gradus: warning: 'u' is not used\n"))

    def test_constants_are_not_differentiated(self):
        for constant in (("--const", "y=3"), ("--var", "y=3", "--const", "y"), ("--var", "y=3", "--wrt", "x")):
            self.assertEqual(out("eval", "x*y", "--var", "x=2", *constant), "value  6\nd/dx   3\n")
            self.assertNotIn("∂y", out("derive", "x*y", "--var", "x=2", *constant).replace("∂y/", ""))
        self.assertEqual(run("eval", "x", "--var", "x=2", "--const", "q").returncode, 2)

    def test_an_expression_may_begin_with_a_sign(self):
        self.assertEqual(eval_json("-x^2", "--var", "x=3")["value"]["data"], [-9.0])
        self.assertEqual(eval_json("--2")["value"]["data"], [2.0])
        for arguments in [["--var", "x=3", "-x^2"], ["-x^2", "--var=x=3"], ["--var=x=3", "-x^2"]]:
            self.assertEqual(eval_json(*arguments)["value"]["data"], [-9.0])
        self.assertEqual(eval_json("--var", "T=2", "-T*3")["value"]["data"], [-6.0])
        self.assertEqual(eval_json("--x*2", "--var", "x=3")["value"]["data"], [6.0])

    def test_second_derivatives(self):
        bindings = ["--var", "x=2", "--var", "y=3"]
        self.assertEqual(out("eval", "x^2*y", *bindings, "--order", "2"),
                         "value    12\nd/dx     12\nd/dy     4\nd²/dx²   6\nd²/dxdy  4\nd²/dydx  4\nd²/dy²   0\n")
        answer = eval_json("x^2*y", *bindings, "--order", "2")
        self.assertEqual({k: {m: b["data"] for m, b in row.items()} for k, row in answer["hessian"].items()},
                         {"x": {"x": [6.0], "y": [4.0]}, "y": {"x": [4.0], "y": [0.0]}})
        self.assertNotIn("hessian", eval_json("x^2*y", *bindings))
        self.assertNotIn("hessian", eval_json("x^2*y", *bindings, "--order", "1"))

    def test_second_derivatives_come_in_blocks_of_both_shapes(self):
        arguments = ["sum(W @ x * [1,2]) * x[0]", "--param", "W=[[1,2],[3,4]]", "--var", "x=[5,6]", "--order", "2"]
        blocks = eval_json(*arguments)["hessian"]
        self.assertEqual(blocks["W"]["x"]["shape"], [2, 2, 2])
        self.assertEqual(blocks["x"]["W"]["shape"], [2, 2, 2])
        self.assertEqual(blocks["W"]["W"], {"shape": [2, 2, 2, 2], "data": [0.0] * 16})
        self.assertEqual(blocks["x"]["x"], {"shape": [2, 2], "data": [14.0, 10.0, 10.0, 0.0]})
        self.assertEqual(blocks["W"]["x"]["data"], [10.0, 0.0, 6.0, 5.0, 20.0, 0.0, 12.0, 10.0])
        only = eval_json(*arguments, "--wrt", "x")
        self.assertEqual(list(only["hessian"]), ["x"])
        self.assertEqual(list(only["hessian"]["x"]), ["x"])

    def test_second_derivatives_need_one_number(self):
        result = run("eval", "x*2", "--var", "x=[1,2]", "--order", "2")
        self.assertEqual((result.returncode, result.stdout), (1, b""))
        self.assertIn(b"--order 2 needs a result of one number, not of shape [2]", result.stderr)

    def test_second_derivatives_of_a_constant_and_by_an_unused_variable_are_zero(self):
        answer = eval_json("x^3", "--var", "x=2", "--var", "y=[1,2]", "--order", "2")
        self.assertEqual(answer["hessian"]["x"]["x"]["data"], [12.0])
        self.assertEqual(answer["hessian"]["y"]["y"], {"shape": [2, 2], "data": [0.0] * 4})
        self.assertEqual(answer["hessian"]["x"]["y"], {"shape": [2], "data": [0.0] * 2})
        self.assertEqual(eval_json("1+1", "--var", "x=2", "--order", "2")["hessian"]["x"]["x"]["data"], [0.0])

    def test_second_derivatives_of_what_was_not_selected_are_0(self):
        for guarded in ("where(x>0, sqrt(x), 0)", "where(x>0, 1/x, 0)", "where(x>0, log(x)*x, 0)"):
            for at in ("x=-1", "x=0"):
                answer = eval_json(guarded, "--var", at, "--order", "2")
                self.assertEqual(answer["gradients"]["x"]["data"], [0.0], guarded)
                self.assertEqual(answer["hessian"]["x"]["x"]["data"], [0.0], guarded)

    def test_options_of_functions(self):
        answer = eval_json("sum(sum(x, axis=1, keepdims=true) * [[1],[2]])", "--var", "x=[[1,2],[3,4]]")
        self.assertEqual(answer["gradients"]["x"]["data"], [1.0, 1.0, 2.0, 2.0])

    def test_an_unused_variable_is_warned_of_and_has_gradient_zero(self):
        result = run("eval", "x", "--var", "x=1", "--var", "y=2", "--json")
        self.assertEqual(json.loads(result.stdout)["gradients"]["y"]["data"], [0.0])
        self.assertIn(b"warning: 'y' is not used", result.stderr)

    def test_standard_input_deep_nesting_on_a_small_stack(self):
        text = ("(" * 100000 + "1" + ")" * 100000).encode()
        answer = eval_json("-", stdin=text, limit_stack=True)
        self.assertEqual(answer["value"]["data"], [1.0])

    def test_a_long_sum_on_a_small_stack(self):
        answer = eval_json("-", "--var", "x=1", stdin=b"+".join([b"x"] * 100000), limit_stack=True)
        self.assertEqual(answer["gradients"]["x"]["data"], [100000.0])


def ulps(a, b):
    """How many doubles lie between two numbers; NaN is NaN."""
    if math.isnan(a) or math.isnan(b):
        return 0 if math.isnan(a) and math.isnan(b) else math.inf
    ranks = [struct.unpack("<q", struct.pack("<d", x))[0] for x in (a, b)]
    ranks = [r if r >= 0 else -(r & 0x7FFFFFFFFFFFFFFF) for r in ranks]
    return abs(ranks[0] - ranks[1])


def torture_cases(kind):
    cases = json.loads((DATA / "torture.json").read_text())["cases"]
    return [c for c in cases if c["group"] == "cli-parser" and c["kind"] == kind]


class ParserCases(unittest.TestCase):
    """The cases of torture.json that are expressions: value and gradients, or the place of the error."""

    def outcome(self, case):
        bindings = [a for n, v in case["vars"].items() for a in ("--var", f"{n}={v}")]
        text = bytes.fromhex(case["expr_hex"]) if "expr_hex" in case else case["expr"].encode()
        if b"\0" in text:  # no argument can hold it
            return run("eval", "-", *bindings, "--json", stdin=text)
        command = [GRADUS.encode(), b"eval", text, *(b.encode() for b in bindings), b"--json"]
        return subprocess.run(command, capture_output=True, timeout=60, check=False)

    def test_values_and_gradients(self):
        checked = 0
        for case in torture_cases("parse"):
            if case["expected"] is None:
                continue
            with self.subTest(case["id"]):
                result = self.outcome(case)
                self.assertEqual(result.returncode, case["exit_code"], result.stderr)
                answer = json.loads(result.stdout)
                found = {"value": answer["value"], **answer["gradients"]}
                expected = {"value": case["expected"]["value"], **case["expected"]["grads"]}
                self.assertEqual(set(found), set(expected))
                allowed = 0 if case["tolerance"] == "exact" else int(case["tolerance"].split()[0])
                for name, number in expected.items():
                    self.assertEqual(found[name]["shape"], [])
                    self.assertLessEqual(ulps(float(found[name]["data"][0]), float(number)), allowed, name)
            checked += 1
        self.assertEqual(checked, 23)

    def test_errors_and_their_places(self):
        checked = 0
        for case in torture_cases("parse"):
            if case["expected_error"] is None:
                continue
            with self.subTest(case["id"]):
                bound = dict(case, vars={"α": "1", **case["vars"]}) if case["id"] == "pe-caret-after-unicode" else case
                result = self.outcome(bound)
                self.assertEqual((result.returncode, result.stdout), (case["exit_code"], b""))
                message, text, mark = result.stderr.decode().rstrip("\n").rsplit("\n", 2)
                self.assertTrue(message.startswith("gradus: error: "), message)
                before = text[2:len(mark) - 1]  # no character of these is wide
                shown = case["expr"] if case["expr"] is not None else None
                if shown is not None and shown.isprintable():
                    self.assertEqual(text[2:], shown)
                    self.assertEqual(len(before) + 1, case["expected_error"]["column_1based_codepoints"])
            checked += 1
        self.assertEqual(checked, 34)


class CommandCases(unittest.TestCase):
    """The cases of torture.json that are actions."""

    BINDINGS = {  # id: exit code and message, or none where it is accepted
        "cli-bind-fn-name": ("sin=3", "'sin' is a function name"), "cli-bind-const": ("pi=3", "'pi' is a constant"),
        "cli-bind-nan-name": ("nan=3", "'nan' is a reserved name"), "cli-bind-empty": ("=3", "missing name"),
        "cli-bind-no-value": ("x=", "missing value"), "cli-bind-bad-number": ("x=1,5", "not a number '1,5'"),
        "cli-bind-twice": ("x=2", "'x' is bound twice"), "cli-bind-digit-name": ("1x=3", "bad name '1x'"),
        "cli-bind-out-of-range": ("x=1e400", "out of range"), "cli-bind-inf": ("x=inf", None),
        "cli-bind-nan": ("x=nan", None), "cli-bind-keyword": ("grad=1", None),
    }
    DEEP = {  # id: expression, value or message
        "pd-deep-parens": ("(" * 100000 + "1" + ")" * 100000, 1.0),
        "pd-deep-minus": ("-" * 100000 + "1", 1.0),
        "pd-deep-pow": ("1^" * 100000 + "1", 1.0),
        "pd-deep-args": ("max(1," * 50000 + "1" + ")" * 50000, 1.0),
        "pd-long-number": ("1" * 1000000, "number out of range"),
        "pd-long-name": ("x" * 1000000, "name longer than 4096 bytes"),
        "pd-deep-unclosed": ("(" * 100000, "expected operand, found the end"),
    }
    # Those with tests of their own in this file.  DESIGN has three exit codes, so a file that cannot be read is 1 and not 3.
    ELSEWHERE = {"cli-exit-codes", "cli-error-format", "cli-error-long-line", "cli-error-tab-wide", "cli-error-escape",
                 "cli-stdin-closed", "cli-stdout-closed", "cli-unknown-option", "cli-version", "cli-uncaught"}

    def test_every_case_is_here(self):
        ids = {c["id"] for c in torture_cases("action")}
        self.assertEqual(ids, set(self.BINDINGS) | set(self.DEEP) | self.ELSEWHERE)

    def test_bindings(self):
        for name, (binding, message) in self.BINDINGS.items():
            with self.subTest(name):
                extra = ["--var", "x=1"] if name == "cli-bind-twice" else []
                result = run("eval", "1", *extra, "--var", binding)
                self.assertEqual(result.returncode, 0 if message is None else 2, result.stderr)
                self.assertIn(message or "", result.stderr.decode())

    def test_deep_and_long_expressions_on_a_small_stack(self):
        for name, (text, expected) in self.DEEP.items():
            with self.subTest(name):
                result = run("eval", "-", "--json", stdin=text.encode(), limit_stack=True)
                if isinstance(expected, float):
                    self.assertEqual(json.loads(result.stdout)["value"]["data"], [expected], result.stderr)
                else:
                    self.assertEqual(result.returncode, 2)
                    self.assertIn(expected, result.stderr.decode())

    def test_a_closed_standard_input_or_output(self):
        closed = subprocess.run(["sh", "-c", 'exec "$0" eval - <&-', GRADUS], capture_output=True, check=False)
        self.assertEqual(closed.returncode, 1)
        self.assertIn(b"standard input", closed.stderr)
        full = subprocess.run(["sh", "-c", 'exec "$0" eval 1+1 > /dev/full', GRADUS], capture_output=True, check=False)
        self.assertEqual(full.returncode, 1)
        self.assertIn(b"standard output", full.stderr)

    def test_an_error_far_along_a_line_is_shown_in_80_columns(self):
        result = run("eval", "-", stdin=("1+" * 2500 + "?" + "+1" * 2500).encode())
        lines = result.stderr.decode().splitlines()
        self.assertEqual(len(lines), 3)
        self.assertLessEqual(max(map(len, lines)), 80)
        self.assertEqual(lines[1][len(lines[2]) - 1], "?")

    def test_the_caret_is_aligned_below_tabs_and_wide_characters(self):
        self.assertTrue(run("eval", "\t1\t?").stderr.decode().endswith("  \t1\t?\n  \t \t^\n"))
        self.assertTrue(run("eval", "値+?", "--var", "値=1").stderr.decode().endswith("  値+?\n     ^\n"))


class Errors(unittest.TestCase):
    def refused(self, code, message, *arguments, **options):
        result = run(*arguments, **options)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(result.stdout, b"")
        self.assertIn(message, result.stderr.decode())
        return result.stderr.decode()

    def test_a_parse_error_shows_the_place(self):
        text = self.refused(2, "expected", "eval", "1+*2")
        self.assertTrue(text.endswith("  1+*2\n    ^\n"), text)

    def test_a_shape_error_names_both_shapes_and_the_place(self):
        text = self.refused(1, "[matmul] inner sizes differ: [2, 2] by [3, 1]", "eval", "W @ x", "--var",
                            "W=[[1,2],[3,4]]", "--var", "x=[[1],[2],[3]]")
        self.assertTrue(text.endswith("  W @ x\n    ^\n"), text)

    def test_usage(self):
        self.assertEqual(run("--frobnicate").returncode, 2)
        self.assertEqual(run().returncode, 2)
        self.assertEqual(run("eval").returncode, 2)
        self.assertRegex(out("--version"), r"^gradus \d+\.\d+\.\d+\nproducts by OpenBLAS, kernels for \w+\n$")

    def test_unknown_commands_and_options_name_the_nearest(self):
        self.refused(2, "unknown command 'evla'; did you mean 'eval'?", "evla", "x")
        self.refused(2, "unknown command 'quux'; there are eval, draw, derive, lesson, compare, plot, train, predict, show, zoo, functions", "quux")
        self.refused(2, "unknown option '--vra'; did you mean '--var'?", "eval", "x", "--vra", "x=1")
        self.refused(2, "unknown option '--versoin'; did you mean '--version'?", "--versoin")
        self.refused(2, "unknown option '--frobnicate'", "--frobnicate")
        self.refused(2, "unexpected argument 'y'", "eval", "x", "y")
        self.refused(2, "--order must be 1 or 2", "eval", "x", "--var", "x=1", "--order", "3")

    def test_a_value_that_is_missing_is_pointed_at(self):
        self.assertEqual(run("eval", "x", "--var", "x=").stderr.decode(),
                         "gradus: error: the value of 'x': missing value\n  x=\n    ^\n")
        self.assertEqual(run("eval", "x", "--var", "x=1,5").stderr.decode(),
                         "gradus: error: the value of 'x': not a number '1,5'\n  1,5\n   ^\n")

    def test_control_characters_never_reach_the_terminal(self):
        text = self.refused(2, "", "eval", "1+\x1b[2J")
        self.assertNotIn("\x1b", text)


class Draw(unittest.TestCase):
    NEURON = ["tanh(x*w + b)", "--var", "x=2", "--param", "w=-3", "--param", "b=6.5"]

    def test_dot_goes_to_standard_output_without_a_file(self):
        text = out("draw", *self.NEURON)
        self.assertTrue(text.startswith("digraph"))
        self.assertIn("tanh_1", text)

    def test_dot_is_the_same_on_every_run(self):
        self.assertEqual(out("draw", *self.NEURON), out("draw", *self.NEURON))

    def test_gradients_can_be_left_out(self):
        self.assertIn("gradient —", out("draw", *self.NEURON, "--no-gradients").replace("–", "—"))

    def test_pictures(self):
        if not HAS_GRAPHVIZ:
            self.skipTest("built without Graphviz")
        magic = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF", "dot": b"digraph"}
        with tempfile.TemporaryDirectory() as folder:
            for ending, start in magic.items():
                out("draw", *self.NEURON, "-o", f"n.{ending}", folder=folder)
                self.assertTrue((Path(folder) / f"n.{ending}").read_bytes().startswith(start), ending)
            self.assertEqual(sorted(os.listdir(folder)), ["n.dot", "n.pdf", "n.png", "n.svg"])

    def test_an_unknown_format_is_refused_before_anything_is_written(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(run("draw", *self.NEURON, "-o", "n.bmp", folder=folder).returncode, 2)
            self.assertEqual(os.listdir(folder), [])

    def test_an_option_may_have_its_value_attached(self):
        for arguments in [["-Tdot", *self.NEURON], [*self.NEURON, "-Tdot"], ["-T", "dot", *self.NEURON]]:
            self.assertTrue(out("draw", *arguments).startswith("digraph"), arguments)
        with tempfile.TemporaryDirectory() as folder:
            out("draw", "-on.dot", *self.NEURON, folder=folder)
            self.assertEqual(os.listdir(folder), ["n.dot"])
            for name in ["out.md", "./notes", "e.tex"]:
                out("derive", f"-o{name}", *self.NEURON, folder=folder)
                self.assertTrue((Path(folder) / name).exists(), name)
        self.assertIn("neg", out("draw", "-T*2", "--var", "T=2"))
        for form in ["md", "text", "html", "tex", "json"]:
            self.assertEqual(out("derive", f"-T{form}", *self.NEURON), out("derive", *self.NEURON, "-T", form), form)
        self.assertEqual(out("derive", "-o-", *self.NEURON), out("derive", *self.NEURON))
        for expression in ["-o*1.e1", "-o/2", "-Tmd2"]:  # these are expressions
            name = expression[1:].split("*")[0].split("/")[0]
            self.assertIn("neg", out("draw", expression, "--var", f"{name}=2"), expression)
        if HAS_GRAPHVIZ:
            with tempfile.TemporaryDirectory() as folder:
                out("lesson", "-opage.html", *self.NEURON, folder=folder)
                out("draw", "-oneuron.svg", *self.NEURON, folder=folder)
                self.assertEqual(sorted(os.listdir(folder)), ["neuron.svg", "page.html"])

    def test_a_dot_in_a_folder_is_no_ending(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "a.b").mkdir()
            for name in ["./notes", "a.b/notes", "../" + Path(folder).name + "/more", ".hidden"]:
                out("derive", *self.NEURON, "-o", name, folder=folder)
                self.assertEqual((Path(folder) / name).read_text(encoding="utf-8"), out("derive", *self.NEURON), name)
                result = run("draw", *self.NEURON, "-o", name, folder=folder)
                self.assertEqual(result.returncode, 2, name)
                self.assertIn(b"has no ending", result.stderr)
            out("derive", *self.NEURON, "--quiz", "-o", "a.b/quiz", folder=folder)
            self.assertEqual(sorted(os.listdir(Path(folder) / "a.b")), ["notes", "quiz", "quiz-answers"])

    def test_a_folder_that_does_not_exist(self):
        result = run("draw", *self.NEURON, "-o", "no/such/folder/n.dot")
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"no/such/folder", result.stderr)


class Train(unittest.TestCase):
    def test_learns_the_lesson_and_prints_plain_progress(self):
        result = run("train", DATA / "perceptron.csv", "--target", "y", "--epochs", "300")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(b"Learned: y = 2.04 x + 0.98\n", result.stdout)
        lines = result.stderr.decode().splitlines()
        self.assertGreaterEqual(len(lines), 10)
        self.assertTrue(all(re.fullmatch(r"Epoch +\d+, Loss \d+\.\d{4}", line) for line in lines), lines)

    def test_large_losses_are_powers_of_ten(self):
        result = run("train", "-", "--target", "y", "--rate", "0.1", "--epochs", "50", stdin=b"x,y\n0,0\n1,1e10\n2,2e10\n")
        self.assertRegex(result.stderr.decode(), r"Epoch 10, Loss \d\.\d{4}e\+\d+\n")
        self.assertRegex(result.stdout.decode(), r"Learned: y = -?\d\.\d\de\+\d+ x ")

    def test_what_learned_nothing_says_why_and_fails(self):
        for text, arguments, message in [
            (b"x,y\n0,0\n1,1\n2,3\n", ["--rate", "0.9", "--epochs", "5"],
             r"the loss grew from [\d.]+ to [\d.]+ after 5 epochs; try a smaller --rate, or scale the columns"),
            (b"x,y\n0,0\n1,1\n2,3\n", ["--rate", "100", "--epochs", "1"], r"the loss grew from [\d.]+ to [\d.e+]+ after 1 epoch;"),
            (b"x,y\n-1,1\n-2,1\n", ["--activation", "relu"], r"the loss is 1 and every gradient is 0 before the first step"),
            (b"x,y\n0,0\n0,0\n", [], r"the loss is 0 before the first step already"),
        ]:
            with self.subTest(text=text, arguments=arguments):
                result = run("train", "-", "--target", "y", *arguments, stdin=text)
                self.assertEqual((result.returncode, result.stdout), (1, b""))
                self.assertRegex(result.stderr.decode(), r"gradus: error: \[train\] nothing was learned: " + message)

    def test_one_class_alone(self):
        for label in (b"0", b"2"):
            result = run("train", "-", "--target", "y", "--loss", "cross-entropy", stdin=b"x,y\n1,%s\n2,%s\n" % (label, label))
            self.assertEqual((result.returncode, result.stdout), (1, b""))
            self.assertEqual(result.stderr, b"gradus: error: [train] every row is of class %s: there is nothing to tell apart\n"
                             % label)

    def test_columns_of_one_name(self):
        result = run("train", "-", "--target", "y", stdin=b"x,x,y\n1,2,3\n2,3,4\n")
        self.assertEqual((result.returncode, result.stdout), (1, b""))
        self.assertEqual(result.stderr, b"gradus: error: [table] more than one column is called 'x'\n")

    def test_nothing_in_a_file_reaches_the_terminal_raw(self):
        escape = "\x1b[31m"
        table = f"a{escape},y{escape}\n1,2\n2,4\n".encode()
        result = run("train", "-", "--target", f"y{escape}", stdin=table)
        self.assertIn(rb"Learned: y\x1b[31m = ", result.stdout)
        self.assertIn(rb" a\x1b[31m ", result.stdout)
        for arguments, data in [
            (["--target", "y\x1b[32m"], table), (["--target", "z\x9b"], table), (["--target", "a", "--features", "y\x1b[32m"], table),
            (["--target", "y"], f"a{escape},a{escape},y\n1,2,3\n".encode()), (["--target", "y"], f"a{escape},y\n1,q\n".encode()),
            (["--target", "y", "--loss", escape], table), (["--target", "y", "--activation", escape], table),
            (["--target", "y", "--rate", escape], table), (["--target", "y", "--draw", f"no/such{escape}/n.dot"], table),
            (["--target", "y", escape], table), (["--target", "y", f"--{escape}"], table),
        ]:
            with self.subTest(arguments=arguments):
                result = run("train", "-", *arguments, stdin=data)
                self.assertNotEqual(result.returncode, 0)
                self.assertNotRegex(result.stdout + result.stderr, rb"[\x00-\x09\x0b-\x1f]|\xc2[\x80-\x9f]")
        self.assertNotIn(b"\x1b", run("train", f"no{escape}", "--target", "y").stderr)

    def test_reads_standard_input_and_draws_the_loss(self):
        with tempfile.TemporaryDirectory() as folder:
            out("train", "-", "--target", "y", "--draw", "loss.dot", stdin=(DATA / "perceptron.csv").read_bytes(),
                folder=folder)
            self.assertIn("MSE", (Path(folder) / "loss.dot").read_text())

    def test_a_network_learns_what_a_perceptron_cannot(self):
        xor = b"a,b,y\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n"
        answer = out("train", "-", "--target", "y", "--hidden", "8", "--loss", "cross-entropy", "--rate", "0.5",
                     "--epochs", "2000", stdin=xor)
        self.assertIn("Accuracy: 100.00 %", answer)

    def test_bad_data_is_said_clearly(self):
        for text, arguments, message in [
            (b"x,y\n1,cat\n", [], "every row is of class cat"), (b"x,y\n", [], "no rows"), (b"x,z\n1,2\n", [], "y"),
            (b"y\n1\n", [], "no column to learn from"), (b"x,y\n1,0.5\n", ["--loss", "cross-entropy"], "no class"),
            (b"x,y\n1,2\n2,1e3\n", ["--rate", "1e9"], "smaller --rate"),
        ]:
            result = run("train", "-", "--target", "y", *arguments, stdin=text)
            self.assertEqual(result.returncode, 1, (text, result.stderr))
            self.assertIn(message, result.stderr.decode())
        self.assertEqual(run("train", "no such file", "--target", "y").returncode, 1)

    def test_a_wrong_command_line_is_refused_before_the_work(self):
        for arguments, message in [(["--seed", "-1"], "--seed: '-1' is not a whole number"),
                                   (["--seed", "1.5"], "--seed: '1.5'"), (["--hidden", "8,,8"], "--hidden: ''"),
                                   (["--hidden", "8,0"], "--hidden: 0"), (["--hidden", "-8"], "--hidden"),
                                   (["--features", "x,x"], "'x' is given twice"), (["--epochs", "0"], "--epochs"),
                                   (["--rate", "0"], "--rate must be above 0: 0"), (["--rate", "-1"], "--rate must be above 0: -1")]:
            result = run("train", DATA / "perceptron.csv", "--target", "y", *arguments)
            self.assertEqual((result.returncode, result.stdout), (2, b""), arguments)
            self.assertIn(message, result.stderr.decode())

    def test_a_picture_that_cannot_be_written_is_refused_before_training(self):
        result = run("train", DATA / "perceptron.csv", "--target", "y", "--draw", "no/such/folder/loss.dot")
        self.assertEqual((result.returncode, result.stdout), (1, b""))
        self.assertIn(b"no/such/folder/loss.dot", result.stderr)
        self.assertNotIn(b"Epoch", result.stderr)

    def test_columns_that_are_not_used_may_hold_anything(self):
        data = b"name,x,y\nAda,1,2\nBob,2,4\n"
        self.assertIn("Learned: y =", out("train", "-", "--target", "y", "--features", "x", stdin=data))
        self.assertRegex(out("train", "-", "--target", "y", stdin=data), r"Learned: y = .* name=Bob .* x ")

    def test_an_unknown_loss(self):
        self.assertEqual(run("train", DATA / "perceptron.csv", "--target", "y", "--loss", "huh").returncode, 2)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
