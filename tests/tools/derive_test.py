#!/usr/bin/env python3
"""Runs gradus derive as a user does: derive_test.py GRADUS [unittest arguments]."""
import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from html.parser import HTMLParser
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "derive"))
from printed_mathematics import Evaluation, Parser
from printed_tokens import text_tokens

GRADUS = str(Path(sys.argv[1]).resolve())
NEURON = ("tanh(x*w + b)", "--var", "x=2", "--param", "w=-3", "--param", "b=6.5")
DIAMOND = ("x*y + sin(y)", "--var", "x=2", "--var", "y=5")


def run(*arguments, stdin=None, folder=None):
    command = [GRADUS, "derive", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, cwd=folder, timeout=60, check=False)


def out(*arguments, **options):
    result = run(*arguments, **options)
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout.decode()


class Page(HTMLParser):
    """Elements of a page, which must be closed in order, and its text."""
    VOID = {"meta", "mspace"}

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.open, self.elements, self.text = [], [], ""
        self.feed(html)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (self.open, tag)
        self.open.pop()

    def handle_data(self, data):
        self.text += data

    def tags(self):
        return {tag for tag, _ in self.elements}


FORMATS = ("text", "md", "tex", "html", "json")


class TaskAndAnswer(unittest.TestCase):
    NIELSEN = ("z = w*x + b; a = sigmoid(z); C = (a - y)^2/2", "--var", "x=1", "--param", "w=2", "--param", "b=2",
               "--var", "y=0.25")

    def test_it_begins_with_what_is_wanted_and_ends_with_the_answer(self):
        text = out(*self.NIELSEN)
        self.assertTrue(text.startswith("Task\n"))
        self.assertIn("Wanted: ∂C/∂x, ∂C/∂y, ∂C/∂w and ∂C/∂b at x = 1, y = 0.25, w = 2 and b = 2.\n", text)
        self.assertIn("a = sigmoid(z)\n", text[:text.index("Forward")])
        self.assertTrue(text[text.index("Answer\n"):].endswith("∂C/∂b = (a − y)·a·(1 − a) ≈ 0.0129293\n"), text)
        for form in FORMATS:
            with self.subTest(form):
                page = out(*self.NIELSEN, "-T", form)
                first, last = ("\"task\"", "\"answer\"") if form == "json" else ("Task", "Answer")
                phase = "\"phase\": \"{}\"" if form == "json" else "{}"
                forward, backward = (phase.format(w if form == "json" else w.title()) for w in ("forward", "backward"))
                self.assertLess(page.index(first), page.index(forward))
                self.assertGreater(page.index(last), page.rindex(backward))
                self.assertIn("0.732014", page[page.index(last):])

    def test_letters_only(self):
        text = out(*self.NIELSEN, "--symbolic")
        self.assertIn("∂C/∂w = (a − y)·a·(1 − a)·x\n", text)
        self.assertNotIn("0.25", text)
        for form in FORMATS:
            with self.subTest(form):
                page = out(*self.NIELSEN, "--symbolic", "-T", form)
                self.assertNotIn("Forward", page)
                self.assertNotIn("0.98", re.sub(r'"symbols".*"task"', "", page, flags=re.S))
        for other in (("--quiz", "--answers", "a.txt"), ("--why-order",), ("--update", "0.1")):
            self.assertEqual(run(*self.NIELSEN, "--symbolic", *other).returncode, 2)

    def test_a_quiz_does_not_tell_the_answer(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertNotIn("0.732", out(*self.NIELSEN, "--quiz", "--answers", "answers.txt", folder=folder))
            self.assertIn("Answer\n", (Path(folder) / "answers.txt").read_text())

    # Expressions of textbooks: what is said in letters is computed by another program.
    EXPRESSIONS = [
        "sigmoid(w*x + b)", "(sigmoid(w*x + b) - y)^2/2", "bce(sigmoid(w*x + b), y)", "bce_with_logits(w*x + b, y)",
        "-(y*log(sigmoid(x)) + (1 - y)*log(1 - sigmoid(x)))", "(x + sigmoid(y))/(sigmoid(x) + (x + y)^2)", "x*y + sin(x)",
        "1/(1 + exp(-(w*x + b)))", "exp(-x^2/2)/sqrt(1 + y^2)", "x^y", "log(x + y)*cos(x*y)", "tanh(w*tanh(w*x + b) + b)",
        "h = tanh(w*x + b); o = sigmoid(w*h + y); (o - y)^2", "gelu(w*x)", "softplus(x*y)", "abs(x - y)*relu(w - x)",
        "max(x, y)*min(w, b)", "x/(x + y)", "sqrt(x^2 + y^2)", "(x*y + w)*(x + 1)^3", "2^x + log2(y) + x/3", "silu(x)*y"]

    def test_letters_are_right(self):
        values = {"x": 0.7, "y": 0.4, "w": 1.3, "b": -0.2}
        for expression in self.EXPRESSIONS:
            with self.subTest(expression):
                used = [name for name in values if re.search(rf"\b{name}\b", expression)]
                options = [part for name in used for part in ("--var", f"{name}={values[name]}")]
                told = json.loads(out(expression, *options, "-T", "json"))
                known = {name: (values[name], 0.0) for name in used}
                checked = 0
                for line in told["answer"]["equations"]:
                    sides = [side["text"] for side in line["sides"]]
                    if line["symbolic"] < 2:
                        continue
                    tree = Parser(list(text_tokens(sides[1])), frozenset(known)).parse()
                    computed = Evaluation(known).of(tree)
                    if sides[0].startswith("∂"):
                        leaf = sides[0].split("/∂")[1]
                        gradient = next(s["gradient"]["data"][0] for s in told["symbols"] if s["name"] == leaf)
                        self.assertAlmostEqual(computed, gradient, delta=1e-9*max(1, abs(gradient)), msg=sides[1])
                        checked += 1
                    else:
                        known[text_tokens(sides[0])[0][1]] = (computed, 0.0)
                self.assertGreater(checked, 0, told["answer"])


class Formats(unittest.TestCase):
    def test_text_has_both_passes_and_the_differences(self):
        text = out(*DIAMOND)
        self.assertIn("v₁ = xy = 2·5 = 10", text)
        self.assertIn(" + ", text[text.index("Backward"):])  # y is used twice: its parts are added
        self.assertIn("central difference", text)
        self.assertNotIn("\x1b", text)

    def test_latex_is_a_document_or_a_fragment(self):
        self.assertTrue(out(*NEURON, "-T", "tex").startswith("\\documentclass"))
        fragment = out(*NEURON, "-T", "tex", "--fragment")
        self.assertNotIn("documentclass", fragment)
        self.assertIn("\\tanh\\left(", fragment)

    def test_json_tells_the_same_numbers(self):
        answer = json.loads(out(*DIAMOND, "-T", "json", "--title", 'a "title"'))
        self.assertEqual((answer["format"], answer["version"], answer["title"]),
                         ("gradus-derivation", 1, 'a "title"'))
        text = out(*DIAMOND)
        for step in answer["steps"]:
            self.assertIn(f"{step['number']}. {step['title']}\n", text)
            for equation in step["equations"]:
                signs = [""] + [f" {sign} " for sign in equation["signs"]]
                self.assertIn("".join(s + side["text"] for s, side in zip(signs, equation["sides"], strict=True)), text)
        self.assertEqual([check["gradient"]["data"] for check in answer["checks"]], [[5.0], [2.2836621854632262]])

    def test_a_page_needs_nothing_and_runs_nothing(self):
        html = out(*DIAMOND, "-T", "html", "--title", "A title")
        page = Page(html)
        self.assertLessEqual(page.tags() - {"html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p",
                                            "section", "ol", "li", "div", "span", "table", "thead", "tbody", "tr", "th",
                                            "td", "math", "mrow", "mi", "mn", "mo", "mfrac", "msub", "msup"}, set())
        attributes = {name for _, attrs in page.elements for name in attrs}
        self.assertLessEqual(attributes, {"lang", "charset", "http-equiv", "content", "name", "class", "start", "id",
                                          "displaystyle", "form", "tabindex", "role", "aria-label", "scope", "stretchy", "lspace", "rspace"})
        policy = next(a["content"] for t, a in page.elements if a.get("http-equiv") == "Content-Security-Policy")
        style = re.search(r"<style>(.*?)</style>", html, re.S).group(1)
        self.assertNotIn("url(", style)
        self.assertNotIn("@import", style)
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        self.assertEqual(policy, f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'")
        for words in ["prefers-color-scheme: dark", "@media print"]:
            self.assertIn(words, style)

    def test_a_page_tells_every_step_and_the_table(self):
        page = Page(out(*DIAMOND, "-T", "html", "--title", "A title"))
        answer = json.loads(out(*DIAMOND, "-T", "json"))
        self.assertEqual([a["id"] for t, a in page.elements if t == "li"],
                         [f"step-{step['number']}" for step in answer["steps"]])
        for step in answer["steps"]:
            self.assertIn(step["title"], page.text)
        self.assertEqual([a["start"] for t, a in page.elements if t == "ol"], ["1", "5"])
        self.assertEqual(sum(t == "math" for t, _ in page.elements),
                         sum(len(e["sides"]) for step in [answer["task"], *answer["steps"], answer["answer"]]
                             for e in step["equations"]) + 2)
        for number in ["10", "−0.958924", "2.28366", "central difference"]:
            self.assertIn(number, page.text)

    def test_a_page_is_headed_by_what_it_derives(self):
        html = out("x^2*y + tanh(x)", "--var", "x=2", "--var", "y=1", "-T", "html")
        self.assertIn("<h1>Derivation of x²·y + tanh(x)</h1>", html)
        hostile = out("x*2", "--var", "x=2", "-T", "html", "--title", "<b>")
        self.assertIn("<h1>&lt;b&gt;</h1>", hostile)

    def test_a_title_stays_text(self):
        title = "</title></h1><script>alert(1)</script><img src=x onerror=alert(1)>&amp;\x1b\u202e"
        page = Page(out(*NEURON, "-T", "html", "--title", title))
        self.assertFalse({"script", "img"} & page.tags())
        self.assertEqual(page.text.count("<script>alert(1)</script>"), 2)
        self.assertNotIn("\x1b", page.text)

    def test_the_ending_of_the_file_chooses_the_format(self):
        with tempfile.TemporaryDirectory() as folder:
            for ending, form in [("txt", "text"), ("md", "md"), ("tex", "tex"), ("html", "html"),
                                 ("json", "json")]:
                out(*NEURON, "-o", f"n.{ending}", folder=folder)
                self.assertEqual((Path(folder) / f"n.{ending}").read_text(encoding="utf-8"), out(*NEURON, "-T", form))
            self.assertEqual(len(os.listdir(folder)), 5)

    def test_an_unknown_format_is_a_usage_error(self):
        result = run(*NEURON, "-T", "docx")
        self.assertEqual((result.returncode, result.stdout), (2, b""))
        self.assertIn("use text, md, tex, html or json", result.stderr.decode())

    def test_a_fragment_of_anything_but_latex_is_a_usage_error(self):
        for arguments in [("-o", "z.md"), ("-T", "html"), ("-T", "json", "-o", "z.tex"), ()]:
            with tempfile.TemporaryDirectory() as folder:
                result = run(*NEURON, "--fragment", *arguments, folder=folder)
                self.assertEqual((result.returncode, result.stdout, os.listdir(folder)), (2, b"", []), arguments)
                self.assertIn("--fragment is for LaTeX", result.stderr.decode())

    def test_matrices_are_drawn_as_such(self):
        matrix = ("sum(a @ a)", "--var", "a=[[1,-2.5e-7],[3,4]]")
        self.assertIn("\\begin{pmatrix} 1 & -2.5 \\cdot 10^{-7} \\cr 3 & 4 \\end{pmatrix}", out(*matrix, "-T", "tex"))
        self.assertIn("<mtable><mtr><mtd><mn>1</mn></mtd><mtd>", out(*matrix, "-T", "html"))
        self.assertIn("[[1, −2.5e−7], [3, 4]]", out(*matrix))

    def test_the_same_bytes_on_every_run(self):
        for form in ["text", "md", "tex", "html", "json"]:
            self.assertEqual(out(*DIAMOND, "-T", form), out(*DIAMOND, "-T", form))
            everything = (*DIAMOND, "--update", "lr=0.1", "--why-order", "--title", "t", "-T", form)
            self.assertEqual(out(*everything), out(*everything))


class Update(unittest.TestCase):
    LINE = ("(x*w + b - 1)^2", "--var", "x=2", "--param", "w=-3", "--param", "b=0.5")

    def test_a_step_that_goes_too_far(self):
        for form in ("text", "md", "tex", "html", "json"):
            with self.subTest(form=form):
                text = out("x^2", "--param", "x=3", "--update", "lr=1.1", "-T", form).replace("\\", "")
                self.assertIn("against the gradient", text)
                self.assertIn("It grew from 9 to 12.96: ", text)
                self.assertNotIn("It grew", out("x^2", "--param", "x=3", "--update", "lr=0.9", "-T", form))

    def test_parameters_move_and_the_result_is_computed_again(self):
        # e = 2·(−3) + 0.5 − 1 = −6.5; ∂y/∂w = 2e·x = −26, ∂y/∂b = −13; w = −3 + 2.6 = −0.4, b = 0.5 + 1.3 = 1.8
        # and with them e = 2·(−0.4) + 1.8 − 1 = 0
        for form in ["text", "md", "tex", "html", "json"]:
            for rate in ["lr=0.1", "0.1"]:
                text = out(*self.LINE, "--update", rate, "-T", form)
                plain = (Page(text).text if form == "html" else text).replace("-", "−").replace("\\", "")
                for number in ["42.25", "−26", "−0.4", "1.8"]:
                    self.assertIn(number, plain, form)
        text = out(*self.LINE, "--update", "lr=0.1")
        self.assertIn("w ← w − η·∂y/∂w = −3 − 0.1·(−26) = −0.4\n", text)
        self.assertIn("b ← b − η·∂y/∂b = 0.5 − 0.1·(−13) = 1.8\n", text)
        self.assertNotIn("x ← ", text)
        update = json.loads(out(*self.LINE, "--update", "lr=0.1", "-T", "json"))["update"]
        self.assertEqual((update["learning_rate"], update["of"], update["before"]), (0.1, "parameters", 42.25))
        self.assertLess(abs(update["after"]), 1e-29)
        self.assertEqual([leaf["slot"] for leaf in update["leaves"]], ["parameter_1", "parameter_2"])

    def test_names_that_are_the_ids_of_others(self):
        told = out("input_2*y", "--var", "input_2=2", "--var", "y=3", "--update", "lr=0.5")
        self.assertEqual(told.count("< 1e−5"), 2)
        self.assertIn("f = 1\n", told)  # (2 − 0.5·3)·(3 − 0.5·2)

    def test_without_parameters_every_leaf_moves_and_it_says_so(self):
        text = out("p*q", "--var", "p=2", "--var", "q=3", "--update", "lr=0.5")
        self.assertIn("There are no parameters: each leaf with a gradient moves against its gradient", text)
        self.assertIn("p ← p − η·∂y/∂p = 2 − 0.5·3 = 0.5\n", text)
        self.assertIn("q ← q − η·∂y/∂q = 3 − 0.5·2 = 2\n", text)

    def test_a_variable_called_lr_keeps_its_name(self):
        self.assertIn("lr ← lr − η·∂y/∂lr = 3 − 0.5·2 = 2\n", out("lr*2", "--var", "lr=3", "--update", "lr=0.5"))

    def test_what_is_no_learning_rate(self):
        for text in ["lr=-1", "0", "fast", "lr=", "inf", "nan", "0.1x", "mr=0.1"]:
            result = run(*self.LINE, f"--update={text}")
            self.assertEqual((result.returncode, result.stdout), (2, b""), text)
            self.assertIn("is no learning rate", result.stderr.decode())


class WhyOrder(unittest.TestCase):
    DIAMOND = ("(a*2)^2 + a", "--var", "a=3", "--why-order")

    def test_both_orders_stand_side_by_side_in_every_format(self):
        for form in ["text", "md", "tex", "html"]:
            text = out(*self.DIAMOND, "-T", form)
            plain = re.sub(r"[\\${}]", "", Page(text).text if form == "html" else text)
            for words in ["Paths meet at a", "assigning", "topological order", "is lost", "What comes out", "wrong: "]:
                self.assertIn(words, plain, form)

    def test_json_has_the_walks(self):
        order = json.loads(out(*self.DIAMOND, "-T", "json"))["order"]
        self.assertEqual(order["meeting"], "input_1")
        walks = {walk["walk"]: walk for walk in order["walks"]}
        self.assertEqual(list(walks), ["topological", "overwriting", "naive-recursion", "visited-once"])
        a = order["slots"].index("input_1")
        self.assertEqual(walks["topological"]["gradients"][a], 25.0)  # 8a + 1
        self.assertNotEqual(walks["overwriting"]["gradients"][a], 25.0)
        for walk in walks.values():
            self.assertEqual(walk["wrong"][a], walk["gradients"][a] != 25.0)
            for hop in walk["hops"]:
                part = hop["gradient"] * hop["derivative"]
                self.assertEqual(hop["after"], part if walk["walk"] == "overwriting" else hop["before"] + part)

    def test_before_and_after_stands_right_after_the_update(self):
        text = out(*self.DIAMOND, "--update", "0.1")
        titles = ["\nUpdate\n", "\nBefore and after\n", "\nWhy the order matters\n", "\nCheck\n"]
        self.assertEqual([text.index(title) for title in titles], sorted(text.index(title) for title in titles))

    def test_a_graph_without_a_diamond_is_refused(self):
        result = run("x*y", "--var", "x=2", "--var", "y=3", "--why-order")
        self.assertEqual((result.returncode, result.stdout), (1, b""))
        self.assertIn("nothing in this graph is used twice", result.stderr.decode())


class Rules(unittest.TestCase):
    """No op that only serves others is named in a derivation: every function of the language is derived."""
    LISTED = {f["name"]: f for f in json.loads(subprocess.run([GRADUS, "functions", "--json"], capture_output=True, timeout=60, check=True).stdout)}
    X = "[[0.5,0.25],[0.75,0.125]]"
    SPECIAL = {
        "add": "x + x", "sub": "sub(x, x^2)", "mul": "mul(x, 3)", "div": "div(1, x)", "pow": "pow(x, 3) + x^x",
        "cumsum": "cumsum(x, 0)", "cumprod": "cumprod(x, 1)", "clamp": "clamp(x, 0.2, 0.6)", "where": "where(x > 0.3, x, x^2)", "norm": "norm(x) + norm(x, 1) + norm(x, inf) + norm(x, 3, axis=1)",
        "argmax": "argmax(x) + x", "argmin": "argmin(x) + x", "dot": "dot(x[0], x[1])", "outer": "outer(x[0], x[1])",
        "linear": "linear(x, x)", "einsum": "einsum('ij,kj->ik', x, x) + einsum('ii', x)", "diag": "diag(x) + diag(x[0])", "conv1d": "conv1d(x, reshape(x, (2,2,1)), x[0])",
        "conv2d": "conv2d(unsqueeze(x, 0), reshape(x, (4,1,1,1)))", "conv_transpose1d": "conv_transpose1d(x, reshape(x, (2,1,2)))",
        "conv_transpose2d": "conv_transpose2d(unsqueeze(x, 0), reshape(x, (1,4,1,1)))", "max_pool": "max_pool(unsqueeze(x, 0), 2)",
        "max_pool1d": "max_pool1d(x, 2)", "max_pool2d": "max_pool2d(unsqueeze(x, 0), 1)", "avg_pool": "avg_pool(unsqueeze(x, 0), 2)", "avg_pool1d": "avg_pool1d(x, 2)",
        "avg_pool2d": "avg_pool2d(unsqueeze(x, 0), 1)", "reshape": "reshape(x, (4, 1))^2", "squeeze": "squeeze(x)", "unsqueeze": "unsqueeze(x, 0)",
        "permute": "permute(unsqueeze(x, 0), (2,0,1))", "transpose": "transpose(x)", "broadcast_to": "broadcast_to(x, (2,2,2))", "take": "take(x, [0,0,1])",
        "gather": "gather(x, [[1,0],[1,1]], axis=1)", "scatter_add": "scatter_add(x, [[0,0],[1,1]], x, 0)", "embedding": "embedding(x, [1,0])", "flip": "flip(x, 1)",
        "roll": "roll(x, 1, 0)", "concat": "concat(x, x)", "stack": "stack(x, x)", "split": "split(x, 2, 1)", "pad": "pad(x, (1,2)) + pad(x, (1,1), mode=reflect)[0,0]",
        "repeat": "repeat(x, (1,2))", "repeat_interleave": "repeat_interleave(x, 2, 0)", "one_hot": "one_hot([1,0], 2)*x", "mse": "mse(x, 2*x)",
        "mae": "mae(x, 2*x)", "huber": "huber(x, 2*x) + huber(x[0,0], 2)", "smooth_l1": "smooth_l1(x, 2*x, beta=0.5)", "hinge": "hinge(x, x^2)",
        "bce": "bce(x, x^2) + bce(x[0,0], x[0,1])", "bce_with_logits": "bce_with_logits(x, x^2) + bce_with_logits(x, [[1,0],[0,1]], 2)",
        "cross_entropy": "cross_entropy(x, [1,0]) + cross_entropy(x, x)", "nll": "nll(x, [1,0])", "kl_div": "kl_div(log(x), x^2) + kl_div(x[0,0], x[0,1])",
        "cosine_similarity": "cosine_similarity(x, x^2)", "vecdot": "vecdot(x, x)", "matmul": "x @ x", "acosh": "acosh(x + 1)", "flatten": "flatten(x)",
        "triu": "triu(x)", "tril": "tril(x)", "cholesky": "cholesky(x @ transpose(x))", "solve": "solve(x, x^2)",
        "solve_triangular": "solve_triangular(x, x^2) + solve_triangular(x, x^2, lower=true, unit_diagonal=true)",
        "inv": "inv(x)", "det": "det(x)", "logabsdet": "logabsdet(x)", "det_sign": "det_sign(x)*x",
        "eigh": "eigh(x)", "eigvalsh": "eigvalsh(x)^2", "svd": "svd(x, 0) + svd(x)[2]", "qr": "qr(x, 0) + qr(x, 1)", "pinv": "pinv(x) + pinv(x, 0.001)",
        "lstsq": "lstsq(x, x[0])", "matrix_power": "matrix_power(x, -3)", "kron": "kron(x, x)", "tensordot": "tensordot(x, x, 1)",
        "cross": "cross(concat(x[0], [1]), concat([1], x[1]))", "leaky_relu": "leaky_relu(x)",
        "grad": "grad(sum(exp(x) + x^3), x)", "jacobian": "jacobian(x^2, x)", "hessian": "hessian(sum(x^3), x)",
        "sort": "sort(x) + sort(x, 0, descending=true)", "argsort": "argsort(x) + x", "topk": "topk(x, 1)", "quantile": "quantile(x, 0.3) + quantile(x, [0, 0.75], axis=1)",
        "searchsorted": "searchsorted([0.2, 0.6], x)*x", "unique": "sum(unique([1, 1, 2]))*x", "masked_fill": "masked_fill(x, x > 0.5, 2)",
        "masked_select": "masked_select(x, x > 0.3)", "nan_to_num": "nan_to_num(x)", "isnan": "isnan(x) + x", "isinf": "isinf(x) + x", "isfinite": "isfinite(x)*x",
        "any": "any(x)*x", "all": "all(x)*x", "cummax": "cummax(x, 1)", "logcumsumexp": "logcumsumexp(x, 1)", "nonzero": "sum(nonzero(x))*x",
        "scatter": "scatter(x, [[0,0],[1,1]], x^2, 0)", "meshgrid": "meshgrid(x[0], x[1], part=1)", "cummin": "cummin(x, 0)", "diff": "diff(x)",
        "shuffle": "shuffle(x)", "categorical": "categorical(x) + x[0]", "multinomial": None, "randint": None, "exponential": None, "gamma": None, "beta": None,
        "poisson": None, "truncated_normal": None, "polygamma": "polygamma(x) + polygamma(x, 2)",
        "uniform": None, "normal": None, "bernoulli": None,
    }

    def expressions(self):
        for name in sorted(self.LISTED):
            if len(self.LISTED[name].get("derivatives", "")) == 2 and name not in self.SPECIAL:  # elementwise ops of two
                yield name, f"{name}(x, x^2) + {name}(x, x)[0,0] + x"
            elif self.SPECIAL.get(name, name) is not None:
                yield name, self.SPECIAL.get(name, f"{name}(x)")
        for name in ["softmax", "log_softmax", "logsumexp", "sum", "mean", "prod", "max", "min", "var", "std", "cumsum", "cumprod"]:
            yield name, f"{name}(x, axis=0)"

    def test_what_is_called_can_be_called(self):
        """A derivation writes no function but those of the language, and a teacher's words."""
        words = set(self.LISTED) | {"Σ", "slice", "conv", "conv_transpose", "correlation", "onehot", "σ", "Φ", "symmetric", "mirrored", "skew", "dexpm", "share"}
        count = 0
        for name, expression in self.expressions():
            for x in [self.X] if "x[" in expression or name in self.SPECIAL else [self.X, "0.5"]:
                result = run(expression, "--var", f"x={x}")
                if x == "0.5" and result.returncode != 0:
                    continue  # it takes arrays
                self.assertEqual(result.returncode, 0, (expression, result.stderr.decode()))
                text = result.stdout.decode()
                count += 1
                named = set(re.findall(r"\w+(?=\()|(?<=Apply )\w+|(?<=Back through )(?!the )\w+", text))
                self.assertEqual(sorted(named - words), [], f"{expression}\n{text}")
                self.assertNotRegex(text, r"∂\w+/∂\w+ ⊙ ∂v|G ⊙ ∂", expression)
        self.assertGreater(count, 150)


class Quiz(unittest.TestCase):
    def test_blanks_hide_numbers_only(self):
        with tempfile.TemporaryDirectory() as folder:
            for expression, *bindings in [("sum(a @ b)", "--var", "a=[[1,2],[3,4]]", "--var", "b=[[1],[2]]"),
                                          ("cross_entropy(a, [1,0])", "--var", "a=[[1,2],[3,4]]"), ("a*a + tanh(a)", "--var", "a=2")]:
                quiz = out(expression, *bindings, "--quiz", "--answers", "s.txt", folder=folder)
                answers = (Path(folder) / "s.txt").read_text(encoding="utf-8").splitlines()[2:]
                for line, answer in zip(quiz.splitlines(), answers):
                    if "____" not in line:
                        continue
                    self.assertTrue(answer.startswith(line[:line.index("____") - 3]), (line, answer))
                    hidden = answer[line.index("____") - 3:]
                    self.assertNotRegex(hidden, "∂|G|⊙", (line, answer))
                if "@" in expression:
                    self.assertIn("G = ∂y/∂v₁   (2×1)\n", quiz)

    def test_the_answers_go_to_a_file_beside_the_quiz(self):
        for ending in ["txt", "md", "tex", "html"]:
            with tempfile.TemporaryDirectory() as folder:
                out(*NEURON, "--quiz", "-o", f"page.{ending}", folder=folder)
                self.assertEqual(sorted(os.listdir(folder)), [f"page-answers.{ending}", f"page.{ending}"])
                quiz, answers = ((Path(folder) / name).read_text(encoding="utf-8")
                                 for name in (f"page.{ending}", f"page-answers.{ending}"))
            self.assertIn("underline" if ending == "tex" else "____", quiz)
            self.assertNotIn("____", answers)
            self.assertNotIn("0.462117", quiz)  # tanh(0.5)
            self.assertIn("0.462117", answers)

    def test_or_where_it_is_said(self):
        with tempfile.TemporaryDirectory() as folder:
            quiz = out(*NEURON, "--quiz", "--answers", "solution.txt", folder=folder)
            self.assertEqual(os.listdir(folder), ["solution.txt"])
            answers = (Path(folder) / "solution.txt").read_text(encoding="utf-8")
        self.assertIn("v₁ = xw = ____[1]\n", quiz)
        self.assertIn("v₁ = xw = 2·(−3) = −6   [1]\n", answers)
        self.assertTrue(answers.startswith("Answers\n"))

    def test_levels_leave_less_and_less(self):
        with tempfile.TemporaryDirectory() as folder:
            lines = {}
            for level in ("number", "derivative", "step"):
                text = out(*NEURON, f"--quiz={level}", "--answers", "s.txt", folder=folder)
                lines[level] = text.splitlines()
            self.assertEqual(lines["number"], out(*NEURON, "--quiz", "--answers", "s.txt", folder=folder).splitlines())
        self.assertEqual(len({len(each) for each in lines.values()}), 1)
        shorter = {level: [len(a) > len(b) for a, b in zip(lines["number"], lines[level]) if "____" in a] for level in lines}
        self.assertFalse(any(shorter["number"]))
        self.assertTrue(any(shorter["derivative"]) and not all(shorter["derivative"]))
        self.assertTrue(all(shorter["step"]))
        self.assertIn("∂y/∂v₁ = ____", "\n".join(lines["step"]).replace("v₂", "v₁"))

    def test_a_quiz_with_an_update_and_orders(self):
        with tempfile.TemporaryDirectory() as folder:
            quiz = out("(a*2)^2 + a", "--var", "a=3", "--why-order", "--update", "0.5", "--quiz", "--answers", "s.txt",
                       folder=folder)
            answers = (Path(folder) / "s.txt").read_text(encoding="utf-8")
        self.assertIn("a ← a − η·∂y/∂a = ____", quiz)
        for words in ["Why the order matters", "Before and after", "Check"]:
            self.assertNotIn(words, quiz)
            self.assertIn(words, answers)

    def test_without_a_place_for_the_answers(self):
        for arguments, message in [(["--quiz"], "--quiz needs a place for the answers"),
                                   (["--quiz", "-o", "-"], "--quiz needs a place for the answers"),
                                   (["--quiz", "--answers", "-"], "--quiz needs a place for the answers"),
                                   (["--quiz", "-o", "a.md", "--answers", "a.md"], "the quiz itself"),
                                   (["--quiz", "-o", "a.json"], "text, md, tex or html"),
                                   (["--answers", "a.md"], "--answers needs --quiz")]:
            with tempfile.TemporaryDirectory() as folder:
                result = run(*NEURON, *arguments, folder=folder)
                self.assertEqual((result.returncode, result.stdout, os.listdir(folder)), (2, b"", []), arguments)
                self.assertIn(message, result.stderr.decode())

    def test_what_cannot_be_written_leaves_nothing_behind(self):
        with tempfile.TemporaryDirectory() as folder:
            result = run(*NEURON, "--quiz", "-o", "a.md", "--answers", "no/such/folder/a.md", folder=folder)
            self.assertEqual((result.returncode, os.listdir(folder)), (1, []))
            self.assertIn("no/such/folder", result.stderr.decode())


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
