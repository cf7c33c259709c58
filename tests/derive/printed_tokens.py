"""Reads printed mathematics back: formulas as text, LaTeX and MathML become the same tokens, (kind, text) with the kinds
num, word and op, for the parser of printed_mathematics.py."""
import re
import xml.etree.ElementTree as ElementTree


class Unreadable(Exception):
    """What there is no grammar for."""


SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
TEXT_TOKEN = re.compile(
    r"(?P<shaped> *(?:spread over|reshaped to) \((?:\d+[×)])+)|(?P<slice>\[[0-9:, ]*:[0-9:, ]*\])|(?P<space> +)|(?P<num>\d+(?:\.\d+)?(?:e−?\d+)?)|(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹]+)|"
    r"(?P<word>log₂e|log₁₀e|π|[^\W\d_ᵀ⁰¹²³⁴⁵⁶⁷⁸⁹][^\W\d_ᵀπ⁰¹²³⁴⁵⁶⁷⁸⁹]*(?:[₀-₉]+(?:,[₀-₉]+)*|[A-Za-z0-9_]*))|"
    r"(?P<op>[−+·⊙/^()\[\],=<>≤≥≠≈←|⌊⌋⌈⌉√∛∂ᵀ…–∏Σ])")


def text_tokens(text):
    """[(kind, text)] of a formula in Unicode; kind is num, word, op or space (a product of matrices)."""
    tokens, i = [], 0
    while i < len(text):
        found = TEXT_TOKEN.match(text, i)
        if not found:
            raise Unreadable(f"{text[i]!r} in {text!r}")
        kind, word = found.lastgroup, found.group()
        i = found.end()
        if kind == "raised":
            tokens += [("op", "^"), ("num", "".join(str(SUPERSCRIPTS.index(c)) for c in word))]
        elif kind == "shaped":
            tokens.append(("op", word.strip()))
        elif kind == "slice":
            tokens.append(("word", word))
        elif kind != "space":
            tokens.append((kind, word.translate(SUBSCRIPTS) if kind == "word" else word))
        elif word == " " and tokens and _ends(tokens[-1]) and i < len(text) and _begins(text[i]):
            tokens.append(("op", "@"))
    return tokens


def _ends(token):
    return token[0] in ("num", "word") or token[1] in ")]|ᵀ"


def _begins(character):
    return character.isalnum() or character in "([∂Σ√"


LATEX_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|[A-Za-z]|\s+|.", re.S)
LATEX_WORDS = {"cdot": "·", "odot": "⊙", "le": "≤", "ge": "≥", "ne": "≠", "approx": "≈", "leftarrow": "←", "partial": "∂",
               "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉"}
LATEX_NAMES = {"infty": "inf", "sigma": "σ", "surd": "√", "prod": "∏", "Sigma": "Σ", "pi": "π"}
LATEX_FUNCTIONS = {"exp", "log", "ln", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min"}


class Latex:
    """LaTeX's math mode, as far as formulas use it, as the tokens of text."""

    def __init__(self, source):
        self.parts = [p for p in LATEX_TOKEN.findall(source)]
        self.at = 0

    def tokens(self, end=None):
        out = []
        while self.at < len(self.parts):
            part = self.parts[self.at]
            if part == end:
                self.at += 1
                return out
            out += self.token(out)
        if end is not None:
            raise Unreadable(f"no {end}")
        return out

    def group(self):
        while self.parts[self.at].isspace():
            self.at += 1
        if self.parts[self.at] == "{":
            self.at += 1
            return self.tokens("}")
        return self.token([])

    def raw_group(self):
        if self.parts[self.at] != "{":
            raise Unreadable("a word without braces")
        depth, start = 0, self.at + 1
        while True:
            part = self.parts[self.at]
            depth += (part == "{") - (part == "}")
            self.at += 1
            if depth == 0:
                return "".join(self.parts[start:self.at - 1])

    def token(self, before):
        part = self.parts[self.at]
        self.at += 1
        if part.isspace() or part in ("\\ ", "\\!", "&"):
            return []
        if part == "\\,":
            return [("op", "@")]
        if part == "{":
            return self.tokens("}")
        if part == "^":
            raised = self.group()
            return [("op", "ᵀ")] if raised == [("word", "T")] else [("op", "^"), ("op", "(")] + raised + [("op", ")")]
        if part == "_":
            below = "".join(word for _, word in self.group())
            if not before or before[-1][0] != "word":
                raise Unreadable("a subscript of nothing")
            before[-1] = ("word", before[-1][1] + below)
            return []
        if part.startswith("\\"):
            return self.command(part[1:])
        if part[0].isdigit():
            return [("num", part)]
        if part.isalpha():
            return [("word", part)]
        return [("op", "−" if part == "-" else part)]

    def command(self, name):
        if name == "frac":
            above, below = self.group(), self.group()
            if above[:1] == [("op", "∂")] and below[:1] == [("op", "∂")]:
                return above + [("op", "/")] + below
            return [("op", "(")] * 2 + above + [("op", ")"), ("op", "/"), ("op", "(")] + below + [("op", ")")] * 2
        if name == "sqrt":
            sign = "√"
            if self.parts[self.at] == "[":
                self.at += 3
                sign = "∛"
            return [("op", sign), ("op", "(")] + self.group() + [("op", ")")]
        if name == "left":
            left = self.parts[self.at]
            self.at += 1
            inside = self.tokens("\\right")
            right = self.parts[self.at]
            self.at += 1
            named = [("op", LATEX_WORDS.get(side.strip("\\"), side)) for side in (left, right)]
            return [named[0]] + inside + [named[1]]
        if name == "text" and self.parts[self.at + 1:self.at + 2] == [" "]:
            words = self.raw_group().strip()
            while self.parts[self.at].isspace():
                self.at += 1
            self.at += 1
            return text_tokens(words + " " + self.raw_group().replace("{\\times}", "×"))
        if name == "mathbf" and self.parts[self.at:self.at + 3] == ["{", "1", "}"]:  # 1 where the relation holds, else 0
            self.at += 3
            return [("op", "(")] + self.token([])[1:-1] + [("op", ")")]
        if name in ("mathrm", "operatorname", "text", "mathsf", "mathbf", "mathit"):
            word = self.raw_group()
            word = re.sub(r"\\text\{([^}]*)\}|[{}]|\\(?=[_ ])", lambda m: m.group(1) or "", word).strip()
            for command, sign in (("\\surd", "√"), ("\\Sigma", "Σ"), ("\\prod", "∏"), ("\\pi", "π"), ("\\cdot", "·"),
                                  ("\\sigma", "σ")):
                word = word.replace(command, sign)
            return text_tokens(word) if re.search(r"[ √(/·]", word) else [("word", word)]
        if name == "begin":
            if self.raw_group() != "pmatrix":
                raise Unreadable("an environment")
            rows, row = [], []
            while not (self.parts[self.at] == "\\end"):
                part = self.parts[self.at]
                if part in ("&", "\\cr"):
                    row.append(("op", ","))
                    self.at += 1
                    if part == "\\cr":
                        rows.append(row[:-1])
                        row = []
                else:
                    row += self.token(row)
            rows.append(row)
            self.at += 1
            self.raw_group()
            out = [("op", "[")]
            for k, cells in enumerate(rows):
                out += ([("op", ",")] if k else []) + [("op", "[")] + cells + [("op", "]")]
            return out + [("op", "]")]
        if name in LATEX_WORDS:
            return [("op", LATEX_WORDS[name])]
        return [("word", LATEX_NAMES.get(name, name))]


def latex_tokens(source):
    try:
        return Latex(source).tokens()
    except IndexError as error:
        raise Unreadable("it ends too early") from error


def mathml_tokens(element):
    tag = element.tag
    inside = lambda k: mathml_tokens(element[k])
    if tag in ("math", "mrow", "mtd", "mstyle"):
        out, children = [], list(element)
        if children and children[0].tag == "mn" and children[0].text == "𝟏":  # 1 where the relation holds, else 0
            return [("op", "(")] + [t for child in children[2:-1] for t in mathml_tokens(child)] + [("op", ")")]
        while children:
            child = children.pop(0)
            if child.tag == "mo" and " " in (child.text or "").strip():  # words, and the shape that they end in
                out += text_tokens(f"{child.text} {children.pop(0).text}")
            else:
                out += mathml_tokens(child)
        return out
    word = (element.text or "").strip()
    if tag == "mn":
        return text_tokens(word)
    if tag in ("mi", "mtext"):
        return [("word", {"∞": "inf"}.get(word, word))] if re.fullmatch(r"[\w∞…]+|[^\W]", word) else text_tokens(word)
    if tag == "mo":
        return [] if word == "\u2061" else [("op", {"\u2062": "·"}.get(word, word))]
    if tag == "mspace":
        return [("op", "@")]
    if tag == "msub":
        base = inside(0)
        return [("word", base[0][1] + "".join(t for _, t in inside(1)))]
    if tag == "msup":
        raised = inside(1)
        if raised == [("word", "T")]:
            return inside(0) + [("op", "ᵀ")]
        return [("op", "(")] + inside(0) + [("op", ")"), ("op", "^"), ("op", "(")] + raised + [("op", ")")]
    if tag == "mfrac":
        above, below = inside(0), inside(1)
        if above[:1] == [("op", "∂")] and below[:1] == [("op", "∂")]:
            return above + [("op", "/")] + below
        return [("op", "(")] * 2 + above + [("op", ")"), ("op", "/"), ("op", "(")] + below + [("op", ")")] * 2
    if tag == "msqrt":
        return [("op", "√"), ("op", "(")] + [t for child in element for t in mathml_tokens(child)] + [("op", ")")]
    if tag == "mroot":
        return [("op", "∛"), ("op", "(")] + inside(0) + [("op", ")")]
    if tag == "mtable":
        out = [("op", "[")]
        for k, row in enumerate(element):
            cells = []
            for c, cell in enumerate(row):
                cells += ([("op", ",")] if c else []) + mathml_tokens(cell)
            out += ([("op", ",")] if k else []) + [("op", "[")] + cells + [("op", "]")]
        return out + [("op", "]")]
    raise Unreadable(f"<{tag}>")


def mathml_of(source):
    return mathml_tokens(ElementTree.fromstring(source))
