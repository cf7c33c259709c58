#!/usr/bin/env python3
"""What the command makes of expressions and their values: language_test.py GRADUS ROOT [unittest arguments]."""
import json
import math
import re
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

GRADUS = str(Path(sys.argv[1]).resolve())
ROOT = Path(sys.argv[2])


def run(*arguments, folder=None):
    return subprocess.run([GRADUS, *map(str, arguments)], capture_output=True, cwd=folder, timeout=60, check=False)


def out(*arguments, folder=None):
    result = run(*arguments, folder=folder)
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout.decode()


def eval_json(*arguments, **options):
    return json.loads(out("eval", *arguments, "--json", **options))


class Test(unittest.TestCase):
    def refused(self, code, message, *arguments, folder=None):
        result = run(*arguments, folder=folder)
        self.assertEqual((result.returncode, result.stdout), (code, b""), result.stderr)
        self.assertIn(message, result.stderr.decode())


class Values(Test):
    def value(self, text, **options):
        return eval_json("x", "--var", f"x={text}", **options)["value"]

    def test_constant_expressions(self):
        self.assertEqual(self.value("1/3")["data"], [1 / 3])
        self.assertEqual(self.value("sqrt(2)")["data"], [math.sqrt(2)])
        self.assertEqual(self.value("-2*π")["data"], [-2 * math.pi])
        self.assertEqual(self.value("2³")["data"], [8.0])
        self.assertEqual(self.value("[pi/2, -1, 1/3]"), {"shape": [3], "data": [math.pi / 2, -1.0, 1 / 3]})
        self.assertEqual(self.value("[1 -2 3]"), {"shape": [3], "data": [1.0, -2.0, 3.0]})
        self.assertEqual(self.value("[[1 2] [3 4]]/2"), {"shape": [2, 2], "data": [0.5, 1.0, 1.5, 2.0]})
        self.assertEqual(self.value("[" + ", ".join(["1/4"] * 100) + "]"), {"shape": [100], "data": [0.25] * 100})
        self.assertEqual(self.value("uniform((2,3), seed=4)")["shape"], [2, 3])

    def test_what_is_no_value_is_pointed_at(self):
        for text, message in (
                ("1/", "expected operand, found the end\n  1/\n    ^"),
                ("2*y", "a value is made of numbers, constants and functions: 'y' is none\n  2*y\n    ^"),
                ("abc", "not a number 'abc'"),
                ("1,5", "not a number '1,5'"),
                ("[1,[2]]", "expected a number, found '['"),
                ("ln(2)", "unknown function 'ln'; write log(x)"),
                ("[1/2, [1,2]]", "[stack]"),
                ("1+2; 3*4", "a value is one expression"),
                ("sum([1,2] + [1,2,3])", "shapes do not broadcast")):
            with self.subTest(text):
                result = run("eval", "x", "--var", f"x={text}")
                self.assertEqual(result.returncode, 2, result.stderr)
                self.assertIn("the value of 'x': ", result.stderr.decode())
                if message != "shapes do not broadcast":
                    self.assertIn(message, result.stderr.decode())

    def test_arrays_of_expressions(self):
        answer = eval_json("[x, 2*y, 1]", "--var", "x=3", "--var", "y=4")
        self.assertEqual(answer["value"], {"shape": [3], "data": [3.0, 8.0, 1.0]})
        self.assertEqual([answer["gradients"][n]["data"] for n in "xy"], [[1.0], [2.0]])
        long = eval_json("sum([" + ", ".join(["x"] * 1000) + "])", "--var", "x=2")
        self.assertEqual((long["value"]["data"], long["gradients"]["x"]["data"]), ([2000.0], [1000.0]))


def npy(data, descr="<f8", order="False", shape="(2,)", version=1, header=None, length=None):
    text = header or f"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}"
    text = text.encode("latin1")
    size = len(text) if length is None else length
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", size) + text + data


class Files(Test):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = Path(self.temporary.name)

    def tearDown(self):
        self.temporary.cleanup()

    def value(self, name, content):
        (self.folder / name).write_bytes(content)
        return eval_json("x", "--var", f"x=@{name}", folder=self.folder)["value"]

    def bad(self, name, content, message):
        if content is not None:
            (self.folder / name).write_bytes(content)
        self.refused(1, message, "eval", "x", "--var", f"x=@{name}", folder=self.folder)

    def test_tables(self):
        self.assertEqual(self.value("a.csv", b"1,2\n3,4\n5,6\n"), {"shape": [3, 2], "data": [1.0, 2, 3, 4, 5, 6]})
        self.assertEqual(self.value("a.csv", b"w,b\n1,2\n3,4\n"), {"shape": [2, 2], "data": [1.0, 2, 3, 4]})
        self.assertEqual(self.value("a.csv", b"1\n2\n3\n"), {"shape": [3], "data": [1.0, 2, 3]})
        self.assertEqual(self.value("a.csv", b"1,2,3\n"), {"shape": [3], "data": [1.0, 2, 3]})
        self.assertEqual(self.value("a.csv", b"1,inf\n-inf,nan\n")["data"], [1.0, "inf", "-inf", "nan"])

    def test_bad_tables(self):
        self.bad("none.csv", None, "none.csv: ")
        self.bad("a.csv", b"1,2\n3\n", "a.csv:2")
        self.bad("a.csv", b"1,2\n3,x\n", "a.csv:2")
        self.bad("a.csv", b"", "a.csv")
        self.bad("a.csv", b"w,b\n", "a.csv: there are no rows of numbers")
        self.bad("a.txt", b"1,2\n", "a.txt: a file of numbers ends in .csv or .npy")
        self.bad("", None, "a file of numbers ends in .csv or .npy")

    def test_arrays_of_numpy(self):
        two = struct.pack("<2d", 1.5, -2.0)
        self.assertEqual(self.value("a.npy", npy(two)), {"shape": [2], "data": [1.5, -2.0]})
        self.assertEqual(self.value("a.npy", npy(two, shape="(2, 1)")), {"shape": [2, 1], "data": [1.5, -2.0]})
        self.assertEqual(self.value("a.npy", npy(two[:8], shape="()")), {"shape": [], "data": [1.5]})
        self.assertEqual(self.value("a.npy", npy(b"", shape="(0, 3)")), {"shape": [0, 3], "data": []})
        self.assertEqual(self.value("a.npy", npy(struct.pack("<2f", 0.5, 3), descr="<f4"))["data"], [0.5, 3.0])
        for descr, code, numbers in (
                ("|b1", "?", [False, True]), ("|i1", "b", [-128, 127]), ("|u1", "B", [0, 255]), ("<i2", "h", [-2**15, 2**15 - 1]),
                ("<u2", "H", [0, 2**16 - 1]), ("<i4", "i", [-2**31, 2**31 - 1]), ("<u4", "I", [0, 2**32 - 1]),
                ("<i8", "q", [-2**53, 2**53]), ("<u8", "Q", [0, 2**53])):
            self.assertEqual(self.value("a.npy", npy(struct.pack("<2" + code, *numbers), descr=descr))["data"], numbers, descr)
        for version in (2, 3):
            self.assertEqual(self.value("a.npy", npy(two, version=version))["data"], [1.5, -2.0])
        spaced = '{"shape" : ( 2 , ) , "fortran_order":False, "descr":"<f8"}   \n'
        self.assertEqual(self.value("a.npy", npy(two, header=spaced))["data"], [1.5, -2.0])

    def test_bad_arrays_of_numpy(self):
        two = struct.pack("<2d", 1.5, -2.0)
        for content, message in (
                (b"", "this is no .npy file"),
                (b"PK\x03\x04", "this is no .npy file"),
                (b"\x93NUMPY", "the file ends inside its header"),
                (b"\x93NUMPY\x01\x00\x10", "the file ends inside its header"),
                (npy(two, length=5000), "the file ends inside its header"),
                (npy(two, version=2, length=2**31), "the header claims to be 2147483648 bytes long"),
                (npy(two, version=9), "version 9 of the format is not known"),
                (npy(two, order="True"), "the array is in Fortran order"),
                (npy(two, descr=">f8"), "the numbers are big-endian (>f8)"),
                (npy(two[:4], descr="<f2"), "the numbers are 16-bit floats (<f2)"),
                (npy(two, descr=">i8"), "the numbers are big-endian (>i8)"),
                (npy(struct.pack("<2q", 2**53, -2**53 - 1), descr="<i8"), "number 1 is above 2^53, which float64 does not hold"),
                (npy(struct.pack("<2Q", 1, 2**64 - 1), descr="<u8"), "number 1 is above 2^53, which float64 does not hold"),
                (npy(two[:3], descr="<i2"), "the header says [2], and 3 bytes of numbers follow where it takes 4"),
                (npy(two * 2, descr="<c16"), "the numbers are complex (<c16)"),
                (npy(two, descr="<U4"), "the values are no numbers (<U4)"),
                (npy(two, descr="|O"), "the values are no numbers (|O)"),
                (npy(two, header="{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2,)}"),
                 "the array holds records, not numbers"),
                (npy(two[:15]), "the header says [2], and 15 bytes of numbers follow where it takes 16"),
                (npy(two + b"x"), "the header says [2], and 17 bytes of numbers follow where it takes 16"),
                (npy(two, shape="(1000000000000,)"), "where it takes 8000000000000"),
                (npy(two, shape="(9000000000000000000, 9000000000000000000)"), "where it takes more than any file has"),
                (npy(two, shape="(99999999999999999999,)"), "the header has a size that is too large"),
                (npy(two, shape="(-2,)"), "the header is malformed: a size is missing or negative"),
                (npy(two, shape="(" + "1, " * 17 + ")"), "the array has more than 16 axes"),
                (npy(two, header="{'descr': '<f8', 'shape': (2,)}"), "the header lacks one of"),
                (npy(two, header="{'descr': '<f8', 'fortran_order': False, 'shape': (2,), 'x': 1}"),
                 "the header has an unknown entry 'x'"),
                (npy(two, header="{'descr': '<f8', 'fortran_order': False, 'shape': (2,)} x"),
                 "the header goes on behind its '}'"),
                (npy(two, header="'descr'"), "the header is malformed"),
                (npy(two, header="{'descr"), "the header is malformed")):
            with self.subTest(message):
                self.bad("a.npy", content, "a.npy: " + message if not message.startswith("where") else message)


class Printing(Test):
    MATRIX = ("W", "--var", "W=[[1,-20.5],[300,1/3]]")

    def test_digits(self):
        self.assertEqual(out("eval", "x^2", "--var", "x=1/3", "--digits", "3"), "value  0.111\nd/dx   0.667\n")
        self.assertEqual(out("eval", "x^2", "--var", "x=1/3", "--digits", "17"),
                         "value  0.1111111111111111\nd/dx   0.66666666666666663\n")
        for digits in ("0", "18"):
            self.refused(2, "--digits must be between 1 and 17", "eval", "1", "--digits", digits)
        self.refused(2, "--digits and --elements are for text", "eval", "1", "--digits", "3", "--json")

    def test_grids(self):
        self.assertEqual(out("eval", *self.MATRIX, "--elements", "4", "--digits", "3"),
                         "value    1  -20.5\n       300  0.333\nd/dW   1  1\n       1  1\n")
        self.assertEqual(out("eval", "x", "--var", "x=[[[1,2],[3,4]],[[5,6],[7,8]]]", "--wrt", "x", "--elements", "8"),
                         "value  1  2\n       3  4\n\n       5  6\n       7  8\n"
                         "d/dx   1  1\n       1  1\n\n       1  1\n       1  1\n")
        self.assertEqual(out("eval", *self.MATRIX, "--elements", "3", "--digits", "3"),
                         "value  4 numbers of shape [2, 2], from -20.5 to 300\nd/dW   4 numbers of shape [2, 2], from 1 to 1\n")
        self.assertIn("nan among them", out("eval", "x", "--var", "x=[1,nan]", "--elements", "1"))
        self.assertEqual(out("eval", "x", "--var", "x=2", "--elements", "0"), "value  2\nd/dx   1\n")
        self.refused(2, "--elements must not be negative", "eval", "1", "--elements", "-1")

    def test_jacobian(self):
        arguments = ("W @ x", "--param", "W=[[1,2],[3,4]]", "--var", "x=[5,6]", "--jacobian")
        answer = eval_json(*arguments)
        self.assertEqual(answer["jacobian"]["x"], {"shape": [2, 2], "data": [1.0, 2.0, 3.0, 4.0]})
        self.assertEqual(answer["jacobian"]["W"]["shape"], [2, 2, 2])
        self.assertNotIn("gradients", answer)
        self.assertEqual(out("eval", *arguments, "--wrt", "x"), "value  [17, 39]\nd/dx   [[1, 2], [3, 4]]\n")
        self.refused(1, "--jacobian needs one result, and there are 2", "eval", "x; 2*x", "--var", "x=1", "--jacobian")
        self.refused(2, "--jacobian and --order 2 do not go together", "eval", "x", "--var", "x=1", "--jacobian", "--order", "2")


class Derivatives(Test):
    def test_of_a_number(self):
        answer = eval_json("grad(x^3, x)", "--var", "x=2", "--order", "2")
        self.assertEqual(answer["value"]["data"], [12.0])
        self.assertEqual(answer["gradients"]["x"]["data"], [12.0])
        self.assertEqual(answer["hessian"]["x"]["x"]["data"], [6.0])
        self.assertEqual(eval_json("grad(grad(x^4, x), x)", "--var", "x=2")["value"]["data"], [48.0])
        self.assertEqual(eval_json("grad(x*y^2, y)", "--var", "x=2", "--var", "y=3")["gradients"]["x"]["data"], [6.0])
        self.assertEqual(eval_json("grad(7, x)", "--var", "x=[1,2]")["value"], {"shape": [2], "data": [0.0, 0.0]})

    def test_of_named_values(self):
        answer = eval_json("z = w*x; L = z^2; grad(L, z)", "--var", "x=2", "--param", "w=3")
        self.assertEqual(answer["value"]["data"], [12.0])
        self.assertEqual(answer["gradients"]["w"]["data"], [4.0])
        self.assertEqual(eval_json("z = w*x; grad(w*z, z)", "--var", "x=2", "--param", "w=3")["value"]["data"], [3.0])

    def test_of_arrays(self):
        x = ("--var", "x=[1,2,3]")
        self.assertEqual(eval_json("jacobian(x*x, x)", *x)["value"], {"shape": [3, 3], "data": [2.0, 0, 0, 0, 4, 0, 0, 0, 6]})
        tall = eval_json("jacobian([x[0], x[1], x[0]*x[1], 1], x)", "--var", "x=[2,3]")["value"]
        self.assertEqual(tall, {"shape": [4, 2], "data": [1.0, 0, 0, 1, 3, 2, 0, 0]})
        self.assertEqual(eval_json("jacobian(W @ [1,2], W)", "--var", "W=[[1,2],[3,4]]")["value"]["shape"], [2, 2, 2])
        self.assertEqual(eval_json("hessian(sum(x^3), x)", *x)["value"]["data"], [6.0, 0, 0, 0, 12, 0, 0, 0, 18])
        self.assertEqual(eval_json("hessian(x^4, x)", "--var", "x=2")["value"], {"shape": [], "data": [48.0]})
        third = eval_json("sum(hessian(sum(x^3), x))", *x)
        self.assertEqual(third["gradients"]["x"]["data"], [6.0, 6.0, 6.0])
        many = "[" + ",".join(["1"] * 70) + "]"
        self.assertEqual(sum(eval_json("jacobian(x*x, x)", "--var", f"x={many}")["value"]["data"]), 140.0)

    def test_what_is_refused(self):
        self.refused(1, "[grad] 'x' is a constant here", "eval", "grad(x^2, x)", "--const", "x=1")
        self.refused(1, "[grad] 'y' is a constant here", "eval", "grad(y*x, y)", "--var", "x=1", "--var", "y=1", "--wrt", "x")
        self.refused(1, "[hessian] the gradient is that of one number, not of shape [2]", "eval", "hessian(x, x)", "--var", "x=[1,2]")
        self.refused(2, "grad(f, x): x is the name of a variable", "eval", "grad(x, 2*x)", "--var", "x=1")


class Conventions(Test):
    def test_squares_have_their_second_derivatives(self):
        for text in ("0.5*norm(x)^2", "0.5*square(norm(x))", "n = norm(x); n*n/2", "n = norm(x); 0.5*n*n", "0.5*sum(abs(x)²)"):
            answer = eval_json(text, "--var", "x=[0,0]", "--order", "2")
            self.assertEqual(answer["hessian"]["x"]["x"]["data"], [1.0, 0.0, 0.0, 1.0], text)
            self.assertNotIn("conventions", answer)
        self.assertEqual(eval_json("0.5*hypot(x,y)^2", "--var", "x=0", "--var", "y=0", "--order", "2")["hessian"]["x"],
                         {"x": {"shape": [], "data": [1.0]}, "y": {"shape": [], "data": [0.0]}})

    def test_others_are_marked(self):
        note = "the norm has no derivative where it is 0: 0 is taken"
        answer = eval_json("norm(x)", "--var", "x=[0,0]", "--order", "2")
        self.assertEqual(answer["conventions"], [note])
        self.assertTrue(out("eval", "norm(x)", "--var", "x=[0,0]", "--order", "2").endswith(f"a convention decided: {note}\n"))
        self.assertNotIn("convention", out("eval", "norm(x)", "--var", "x=[0,1]", "--order", "2"))
        self.assertEqual(eval_json("elu(x) + relu(y)", "--var", "x=0", "--var", "y=0", "--order", "2")["conventions"],
                         ["elu has no second derivative at 0: alpha, that on the left, is taken",
                          "relu has no derivative at 0: 0 is taken"])

    def test_a_derivation_says_so(self):
        self.assertIn("there is no derivative, and 0 is taken by convention", out("derive", "abs(x)", "--var", "x=0"))
        self.assertNotIn("convention", out("derive", "abs(x)", "--var", "x=1"))


class Compare(Test):
    def test_the_same(self):
        text = out("compare", "log(x*y)", "log(x) + log(y)", "--var", "x=2", "--var", "y=3", "--random", "50", "--range", "0.1,5")
        self.assertTrue(text.startswith("same: 1 value and 2 gradients at 51 points\n"), text)
        self.assertIn("  value: up to ", text)
        self.assertEqual(text, out("compare", "log(x*y)", "log(x) + log(y)", "--var", "x=2", "--var", "y=3", "--random", "50", "--range", "0.1,5"))

    def differs(self, *arguments):
        result = run("compare", *arguments)
        self.assertEqual((result.returncode, result.stderr), (1, b""))
        return result.stdout.decode()

    def test_another_value_and_another_gradient(self):
        self.assertEqual(self.differs("x^2", "x^3", "--var", "x=2").splitlines()[0],
                         "differs: first at the given values: value is 4 in A and 8 in B")
        text = self.differs("x^2", "4 + 0*x", "--var", "x=2")
        self.assertEqual(text.splitlines()[0], "differs: first at the given values: d/dx is 4 in A and 0 in B")
        self.assertIn("  value: up to 0 ulps\n", text)
        text = self.differs("abs(x)", "x", "--var", "x=[1,2]", "--random", "20", "--key", "3")
        self.assertRegex(text, r"differs: first at random point \d+ \(x = \[.*\]\): value\[\d\] is \S+ in A and -\S+ in B\n")
        self.assertNotEqual(text, self.differs("abs(x)", "x", "--var", "x=[1,2]", "--random", "20", "--key", "4"))

    def test_a_name_that_one_does_not_use(self):
        self.assertIn("d/dy is 1 in A and 0 in B", self.differs("x + y", "x", "--var", "x=2", "--var", "y=0"))
        self.assertEqual(run("compare", "x + 0*y", "x", "--var", "x=2", "--var", "y=3").returncode, 0)

    def test_other_shapes(self):
        self.assertEqual(self.differs("x", "sum(x)", "--var", "x=[1,2]"), "differs: the result of A is [2], that of B []\n")
        self.assertEqual(self.differs("x; x", "x", "--var", "x=1"), "differs: A has 2 results and B 1\n")

    def test_rounding_and_nan(self):
        self.assertEqual(run("compare", "(x+0.1)+0.2", "x+(0.1+0.2)", "--var", "x=0.6", "--ulps", "0").returncode, 1)
        self.assertEqual(run("compare", "(x+0.1)+0.2", "x+(0.1+0.2)", "--var", "x=0.6").returncode, 0)
        self.assertIn("at 1 of 1 point a number was nan on both sides", out("compare", "log(x)", "log(x)", "--var", "x=-1"))

    def test_graphs_in_files(self):
        with tempfile.TemporaryDirectory() as folder:
            out("draw", "tanh(w*x)", "--var", "x=2", "--param", "w=0.5", "-o", "a.json", folder=folder)
            self.assertIn("same: ", out("compare", "a.json", "1 - 2/(exp(2*w*x) + 1)", "--random", "5", folder=folder))
            self.assertIn("same: ", out("compare", "a.json", "a.json", folder=folder))
            self.refused(2, "belong to an expression", "compare", "a.json", "a.json", "--var", "x=1", folder=folder)

    def test_usage(self):
        self.refused(2, "other is required", "compare", "x", "--var", "x=1")
        self.refused(2, "--random must not be negative", "compare", "1", "1", "--random", "-1")
        self.refused(2, "--range is two numbers", "compare", "1", "1", "--range", "2,1")
        self.refused(2, "--ulps must not be negative", "compare", "1", "1", "--ulps", "-1")
        self.refused(2, "unbound variable 'y'", "compare", "x", "y", "--var", "x=1")
        self.assertEqual(run("compare", "-x^2", "-(x^2)", "--var", "x=3").returncode, 0)


class Derivations(Test):
    def test_one_of_several_results(self):
        text = ("z = w*x; z^2; sin(z)", "--var", "x=2", "--param", "w=3")
        self.refused(2, "one result is told at a time: choose it with --result: 1 or 2", "derive", *text)
        self.assertIn("sin", out("derive", *text, "--result", "2"))
        self.assertNotIn("sin", out("derive", *text, "--result", "1"))
        self.assertIn("p = ", out("derive", "x^2; p = x^3", "--var", "x=2", "--result", "p"))
        self.refused(2, "--result: there is no 'q'; there is 1 or p", "derive", "x^2; p = x^3", "--var", "x=2", "--result", "q")

    def test_second_derivatives(self):
        text = out("derive", "x^3", "--var", "x=2", "--order", "2")
        self.assertIn("= 12", text)
        self.assertNotIn("pow(1", text)
        self.assertRegex(text, r"x +12 +12 ")  # the gradient of 3x² and its check
        text = out("derive", "tanh(w*x)", "--var", "x=0.5", "--param", "w=2", "--order", "2", "--first", "w")
        y = math.tanh(1.0)
        self.assertIn(f"{-2 * y * (1 - y * y) * 0.25:.6f}"[1:], text)
        self.refused(2, "choose it with --first: x or w", "derive", "w*x^2", "--var", "x=1", "--param", "w=2", "--order", "2")
        self.refused(2, "--first: 'q' is no variable", "derive", "x^2", "--var", "x=1", "--order", "2", "--first", "q")
        self.refused(2, "--first needs --order 2", "derive", "x^2", "--var", "x=1", "--first", "x")
        self.refused(2, "--order must be 1 or 2", "derive", "x^2", "--var", "x=1", "--order", "3")
        self.refused(1, "--order 2 is told of one number by one number", "derive", "sum(x^2)", "--var", "x=[1,2]", "--order", "2")
        self.refused(1, "is the constant 3: its own is 0", "derive", "3*x", "--var", "x=1", "--order", "2")

    def test_what_constants_enter_keeps_its_letters(self):
        text = out("derive", "(1-y)*log(1-p)", "--var", "p=0.5", "--const", "y=1")
        self.assertIn("1 − y = 1 − 1 = 0", text)
        self.assertNotIn("∂y", text.replace("∂y/∂y", ""))
        self.assertIn(">y<", out("draw", "(1-y)*log(1-p)", "--var", "p=0.5", "--const", "y=1"))


class Functions(Test):
    def test_the_largest_of_several(self):
        answer = eval_json("max(x, y, 2, z)", "--var", "x=1", "--var", "y=3", "--var", "z=0")
        self.assertEqual(answer["value"]["data"], [3.0])
        self.assertEqual([answer["gradients"][n]["data"][0] for n in "xyz"], [0.0, 1.0, 0.0])
        self.assertEqual(eval_json("min(4, 2, 3)")["value"]["data"], [2.0])
        self.refused(1, "several arguments take no axis", "eval", "max(x, 1, axis=0)", "--var", "x=1")

    def test_sizes_that_no_memory_has(self):
        for text, message in (("one_hot([0], 1e14)", "[one_hot] the result does not fit into memory; classes=100000000000000 is too large"),
                              ("repeat([1], 1e14)", "[repeat] the result does not fit into memory; times=100000000000000 is too large"),
                              ("pad([1], (1e14, 0))", "[pad] the result does not fit into memory; widths=(100000000000000, 0) is too large"),
                              ("uniform((1e7, 1e7))", "[uniform] the result does not fit into memory; shape=(10000000, 10000000) is too large")):
            with self.subTest(text):
                self.refused(1, message, "eval", text)

    def test_seeds(self):
        self.refused(1, "[uniform] the seed must not be negative: -1", "eval", "uniform(2, seed=-1)")

    def test_hints_are_expressions(self):
        source = (ROOT / "tools/gradus/language/foreign_words.cpp").read_text(encoding="utf-8")
        table = source[source.index("functions_elsewhere"):source.index("constexpr std::string_view modules")]
        hints = dict(re.findall(r'\{"([^"]+)", "([^"]+)"\}', table))
        self.assertGreater(len(hints), 70)
        names = "x y a b A B f low high p prediction target labels log_probabilities condition".split()
        bindings = [part for name in names for part in ("--var", f"{name}=[0.5]")]
        for foreign, here in hints.items():
            with self.subTest(foreign):
                self.assertIn(f"unknown function '{foreign}'; write {here}", run("eval", f"{foreign}(0.5)").stderr.decode())
                self.assertNotEqual(run("eval", here, *bindings).returncode, 2, run("eval", here, *bindings).stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
