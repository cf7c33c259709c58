"""What printed formulas say: one parser makes trees of their tokens (printed_tokens.py), and trees come to numbers.  It
shares nothing with what prints them."""
import math
import operator
import re
import statistics

from printed_tokens import Unreadable


class Unknown(Exception):
    """A symbol or a function whose value nobody has said."""


# --------------------------------------------------------------------------------------------------------------- the parser

RELATIONS = {"=", "<", ">", "≤", "≥", "≠", "←"}
FENCES = {"(": ")", "|": "|", "⌊": "⌋", "⌈": "⌉"}


class Parser:
    """A tree of tuples: ("num", digits), ("name", word), (operator, a, b), ("call", function, arguments), …"""

    def __init__(self, tokens, names):
        self.tokens, self.names, self.at, self.bars = tokens, names, 0, 0

    def parse(self):
        tree = self.relation()
        if self.at != len(self.tokens):
            raise Unreadable(f"{self.tokens[self.at:]}")
        return tree

    def sign(self):
        if self.at < len(self.tokens) and self.tokens[self.at][0] == "op":
            return self.tokens[self.at][1]
        return None

    def take(self, wanted):
        if self.sign() != wanted:
            raise Unreadable(f"no {wanted} in {self.tokens}")
        self.at += 1

    def relation(self):
        left = self.sum()
        if (self.sign() or "").startswith(("spread over ", "reshaped to ")):
            words, shape = self.sign().rsplit(" ", 1)
            self.at += 1
            left = ("shaped", words, tuple(int(n) for n in re.findall(r"\d+", shape)), left)
        while self.sign() in RELATIONS:
            sign = self.sign()
            self.at += 1
            left = (sign, left, self.sum())
        return left

    def sum(self):
        left = self.product()
        while self.sign() in ("+", "−"):
            sign = self.sign()
            self.at += 1
            left = (sign, left, self.product())
        return left

    def product(self):
        left = self.signed()
        while True:
            sign = self.sign()
            if sign in ("·", "/", "⊙", "@"):
                self.at += 1
                left = (sign, left, self.signed())
            elif self.begins_a_factor():
                left = ("·", left, self.power())
            else:
                return left

    def begins_a_factor(self):
        if self.at == len(self.tokens):
            return False
        kind, word = self.tokens[self.at]
        return kind in ("word", "num") or word in ("√", "∛", "∂", "(") or (word == "|" and not self.bars)

    def signed(self):
        if self.sign() == "−":
            self.at += 1
            return ("neg", self.signed())
        return self.power()

    def power(self):
        base = self.atom()
        while self.sign() in ("^", "ᵀ"):
            sign = self.sign()
            self.at += 1
            base = ("ᵀ", base) if sign == "ᵀ" else ("^", base, self.signed_atom())
        return base

    def signed_atom(self):
        if self.sign() == "−":
            self.at += 1
            return ("neg", self.signed_atom())
        return self.atom()

    def atom(self):
        if self.at == len(self.tokens):
            raise Unreadable("nothing where a value should be")
        kind, word = self.tokens[self.at]
        self.at += 1
        if kind == "num":
            return ("num", word)
        if kind == "word":
            return self.word(word)
        if word in FENCES:
            self.bars += word == "|"
            inside = self.relation()
            self.bars -= word == "|"
            self.take(FENCES[word])
            return inside if word == "(" else (word, inside)
        if word in ("√", "∛"):
            return (word, self.atom())
        if word == "[":
            return ("array", self.list("]"))
        if word == "∂":
            return self.partial()
        if word in ("Σ", "∏"):
            if self.sign() == "(":
                self.at += 1
                return ("call", word, self.list(")"))
        raise Unreadable(f"{word} in {self.tokens}")

    def list(self, end):
        items = []
        if self.sign() == end:
            self.at += 1
            return items
        while True:
            items.append(self.relation())
            if self.sign() == end:
                self.at += 1
                return items
            self.take(",")

    def word(self, word):
        if self.sign() == "(" and word not in self.names:
            self.at += 1
            return ("call", word, self.list(")"))
        if word in self.names or word in CONSTANTS:
            return ("name", word)
        split = re.findall(r"[^\W\d_]\d*", word)
        if len(split) > 1 and "".join(split) == word and all(part in self.names for part in split):
            self.tokens[self.at:self.at] = [("word", part) for part in split[1:]]  # yx² is y·x²
            return ("name", split[0])
        return ("name", word)

    def partial(self):
        start = self.at
        self.atom()
        above = self.tokens[start:self.at]
        self.take("/")
        self.take("∂")
        start = self.at
        self.atom()
        return ("partial", _spelled(above), _spelled(self.tokens[start:self.at]))


def _spelled(tokens):
    words = [word for _, word in tokens]
    while words[:1] == ["("] and words[-1:] == [")"]:
        words = words[1:-1]
    return "".join(words)


# -------------------------------------------------------------------------------------------------------------- the numbers

CONSTANTS = {"π": math.pi, "inf": math.inf, "nan": math.nan, "log₂e": 1 / math.log(2), "log₁₀e": 1 / math.log(10),
             "log2e": 1 / math.log(2), "log10e": 1 / math.log(10)}


def _guarded(function):
    def guarded(*x):
        if any(a != a for a in x):
            return math.nan  # also of what selects
        try:
            return function(*x)
        except OverflowError:
            return math.inf
        except (ValueError, ZeroDivisionError):
            return math.nan
    return guarded


def _log(x):
    return math.log(x) if x > 0 else -math.inf if x == 0 else math.nan


def _divided(a, b):
    if b != 0:
        return a / b
    return math.nan if a == 0 or a != a else math.copysign(math.inf, a) * math.copysign(1.0, b)


def _raised(a, b):
    try:
        result = a ** b
    except ZeroDivisionError:
        odd = b == int(b) and int(b) % 2 != 0
        return math.copysign(math.inf, a) if odd else math.inf
    except OverflowError:
        return -math.inf if a < 0 and b % 2 == 1 else math.inf
    return math.nan if isinstance(result, complex) else result


def _sigmoid(x):
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def _softplus(x):
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def _polygamma(x, n=1):
    """ψ and its derivatives: steps of one up to 20, and Stirling's series from there."""
    n = int(n)
    if math.isinf(x):
        return math.inf if n == 0 else 0.0
    if x <= 0 and x == math.floor(x):
        return math.nan if n % 2 == 0 and x != 0 else math.copysign(math.inf, -x) if n % 2 == 0 else math.inf
    if x < -30:
        t = x - round(x)
        sign = 1 if n % 2 else -1
        return _polygamma(t, n) + sign * (_polygamma(1 - t, n) - _polygamma(1 - x, n))
    sign, total = 1 if n % 2 else -1, 0.0
    while x < 20:
        total += math.factorial(n) / x ** (n + 1)
        x += 1
    total += 0.5 / x - math.log(x) if n == 0 else math.factorial(n - 1) / x ** n + math.factorial(n) / (2 * x ** (n + 1))
    for j, b in enumerate([1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730], 1):
        ratio = 1 / (2 * j) if n == 0 else math.factorial(2 * j + n - 1) / math.factorial(2 * j)
        total += b * ratio / x ** (2 * j + n)
    return sign * total


def _lgamma(x):
    return math.inf if x <= 0 and x == math.floor(x) else math.lgamma(x)


def _tgamma(x):
    if x == 0:
        return math.copysign(math.inf, x)
    return math.nan if x < 0 and x == math.floor(x) else math.inf if x > 171.7 else math.gamma(x)


def _erfinv(x):
    if abs(x) >= 1:
        return x * math.inf if abs(x) == 1 else math.nan
    low, high = 0.0, 6.0
    for _ in range(80):
        middle = (low + high) / 2
        below = math.erfc(middle) > 1 - abs(x) if abs(x) > 0.5 else math.erf(middle) < abs(x)
        low, high = (middle, high) if below else (low, middle)
    for _ in range(2 if abs(x) < 1e-3 else 0):
        low -= (math.erf(low) - abs(x)) * math.sqrt(math.pi) / 2
    return math.copysign(low, x)


def _bessel(n):
    def function(x):
        if abs(x) > 800:
            return math.copysign(math.inf, x) if n % 2 else math.inf
        term = total = (x / 2) ** n / math.factorial(n)
        for k in range(1, 1200):
            term *= (x / 2) ** 2 / (k * (k + n))
            total += term
        return total
    return function


def _logit(x):
    if not 0 <= x <= 1:
        return math.nan
    return x * math.inf if x == 1 else -math.inf if x == 0 else math.log(x) - math.log1p(-x)


FUNCTIONS = {
    "trunc": lambda x: float(math.trunc(x)), "fmod": lambda a, b: math.fmod(a, b) if b else math.nan,
    "mod": lambda a, b: a % b if b else math.nan, "norm_cdf": lambda x: math.erfc(-x / math.sqrt(2)) / 2, "logit": _logit,
    "erfinv": _erfinv, "lgamma": _lgamma, "tgamma": _tgamma, "digamma": lambda x: _polygamma(x, 0), "polygamma": _polygamma,
    "sinc": lambda x: 1.0 if x == 0 else math.sin(math.pi * (x - round(x))) * (-1) ** round(x) / (math.pi * x),
    "i0": _bessel(0), "i1": _bessel(1),
    "exp": math.exp, "log": _log, "ln": _log, "sin": math.sin, "cos": math.cos, "tan": math.tan, "sinh": math.sinh,
    "cosh": math.cosh, "tanh": math.tanh, "erf": math.erf, "erfc": math.erfc, "sigmoid": _sigmoid, "σ": _sigmoid,
    "max": max, "min": min, "sign": lambda x: float((x > 0) - (x < 0)), "step": lambda x: float(x > 0),
    "where": lambda c, a, b: a if c else b, "pow": _raised, "asin": math.asin, "acos": math.acos, "atan": math.atan,
    "asinh": math.asinh, "acosh": math.acosh, "exp2": lambda x: 2.0 ** x, "expm1": math.expm1,
    "atanh": lambda x: x * math.inf if abs(x) == 1 else math.atanh(x), "softplus": _softplus, "atan2": math.atan2,
    "log1p": lambda x: -math.inf if x == -1 else math.log1p(x), "log2": lambda x: _log(x) if x == 0 else math.log2(x),
    "log10": lambda x: _log(x) if x == 0 else math.log10(x), "relu": lambda x: max(x, 0.0), "hypot": math.hypot,
    "logaddexp": lambda a, b: a if a == b == -math.inf else max(a, b) + math.log1p(math.exp(-abs(a - b))),
    "xlogy": lambda a, b: 0.0 if a == 0 else a * _log(b), "identity": lambda x: x,
    "clamp": lambda x, low, high: min(max(x, low), high), "log_sigmoid": lambda x: -_softplus(-x),
    "silu": lambda x: x * _sigmoid(x), "mish": lambda x: x * math.tanh(_softplus(x)),
    "gelu": lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2 if x > -5 else x * math.erfc(-x / math.sqrt(2)) / 2,
    "gelu_tanh": lambda x: x * _sigmoid(2 * math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)),
    "relu6": lambda x: min(max(x, 0.0), 6.0), "softsign": lambda x: x / (1 + abs(x)), "round": round,
    "hard_sigmoid": lambda x: min(max(x / 6 + 0.5, 0.0), 1.0), "hard_swish": lambda x: x * min(max(x / 6 + 0.5, 0.0), 1.0),
    "hard_tanh": lambda x: min(max(x, -1.0), 1.0), "leaky_relu": lambda x: x if x > 0 else 0.01 * x,
    "elu": lambda x: x if x > 0 else math.expm1(x), "celu": lambda x: x if x > 0 else math.expm1(x),
    "selu": lambda x: 1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * math.expm1(x)),
    "logsumexp": lambda x: x, "huber": lambda x: 0.5 * x * x if abs(x) <= 1 else abs(x) - 0.5,
}
FUNCTIONS = {name: _guarded(function) for name, function in FUNCTIONS.items()}


class Array:
    def __init__(self, shape, flat):
        self.shape, self.flat = shape, flat


def _shaped(value):
    return value if isinstance(value, Array) else Array((), [value])


def _broadcast(a, b, f):
    if not isinstance(a, Array) and not isinstance(b, Array):
        return f(a, b)
    a, b = _shaped(a), _shaped(b)
    if a.shape == b.shape:
        return Array(a.shape, [f(x, y) for x, y in zip(a.flat, b.flat)])
    rank = max(len(a.shape), len(b.shape))
    one, two = ((1,) * (rank - len(x.shape)) + x.shape for x in (a, b))
    if any(m != n and 1 not in (m, n) for m, n in zip(one, two)):
        raise Unknown("shapes")
    shape = tuple(max(m, n) for m, n in zip(one, two))
    flat = []
    for k in range(math.prod(shape)):
        place, rest = [], k
        for size in reversed(shape):
            place.append(rest % size)
            rest //= size
        place.reverse()
        at = []
        for sizes in (one, two):
            index = 0
            for position, size in zip(place, sizes):
                index = index * size + (position if size > 1 else 0)
            at.append(index)
        flat.append(f(a.flat[at[0]], b.flat[at[1]]))
    return Array(shape, flat)


def _whole(rounding):
    """floor or ceil, which leave nan and the infinities as they are."""
    return lambda x: rounding(x) if math.isfinite(x) else x


def _each(a, f):
    return Array(a.shape, [f(x) for x in a.flat]) if isinstance(a, Array) else f(a)


def _matmul(a, b):
    if not (isinstance(a, Array) and isinstance(b, Array)) or not 1 <= len(a.shape) <= 2 or not 1 <= len(b.shape) <= 2:
        raise Unknown("a product of matrices")
    rows, inner = (1, a.shape[0]) if len(a.shape) == 1 else a.shape
    other, columns = (b.shape[0], 1) if len(b.shape) == 1 else b.shape
    if inner != other:
        raise Unknown("shapes")
    flat = [sum(a.flat[i * inner + k] * b.flat[k * columns + j] for k in range(inner))
            for i in range(rows) for j in range(columns)]
    shape = a.shape[:-1] + b.shape[1:]
    return Array(shape, flat) if shape else flat[0]


def _reduced(a, f, options):
    if not isinstance(a, Array):
        return f([a])
    rank = len(a.shape)
    axis = options.get("axis")
    axes = set(range(rank))
    if axis is not None:
        if axis[0] != "num":
            raise Unknown("several axes")
        axes = {int(axis[1])}
    groups = {}
    for k, x in enumerate(a.flat):
        place, rest = [], k
        for size in reversed(a.shape):
            place.append(rest % size)
            rest //= size
        place.reverse()
        groups.setdefault(tuple(p for d, p in enumerate(place) if d not in axes), []).append(x)
    flat = [f(groups[key]) for key in sorted(groups)]
    if "keepdims" in options:
        return Array(tuple(1 if d in axes else n for d, n in enumerate(a.shape)), flat)
    shape = tuple(n for d, n in enumerate(a.shape) if d not in axes)
    return Array(shape, flat) if shape else flat[0]


REDUCTIONS = {"sum": sum, "Σ": sum, "mean": lambda x: sum(x) / len(x), "prod": math.prod, "max": max, "min": min,
              "norm": lambda x: math.hypot(*x), "median": statistics.median}

# ------------------------------------------------------------------------------------------------- functions of matrices


def _rows_of(a):
    if not isinstance(a, Array) or len(a.shape) != 2:
        raise Unknown("a matrix")
    return [a.flat[i * a.shape[1]:(i + 1) * a.shape[1]] for i in range(a.shape[0])]


def _matrix(rows):
    return Array((len(rows), len(rows[0])), [x for row in rows for x in row])


def _eliminated(a, b):
    """(x with a x = b, the determinant of a), by Gauss with row exchanges."""
    rows, determinant = [row + other for row, other in zip(_rows_of(a), _rows_of(b))], 1.0
    for k in range(len(rows)):
        pivot = max(range(k, len(rows)), key=lambda i: abs(rows[i][k]))
        if rows[pivot][k] == 0:
            return None, 0.0
        if pivot != k:
            rows[k], rows[pivot], determinant = rows[pivot], rows[k], -determinant
        determinant *= rows[k][k]
        rows[k] = [x / rows[k][k] for x in rows[k]]
        for i in range(len(rows)):
            if i != k:
                rows[i] = [x - rows[i][k] * y for x, y in zip(rows[i], rows[k])]
    return _matrix([row[len(rows):] for row in rows]), determinant


def _identity(a):
    return _matrix([[float(i == j) for j in range(a.shape[0])] for i in range(a.shape[0])])


def _solution(a, b):
    column = isinstance(b, Array) and len(b.shape) == 1
    x = _eliminated(a, Array((b.shape[0], 1), b.flat) if column else b)[0]
    if x is None:
        raise Unknown("a singular matrix")
    return Array(b.shape, x.flat)


def _kept(keep):
    """The numbers of a matrix for whose place keep(column − row) holds."""
    def function(a, offset=0.0):
        return _matrix([[x if keep(j - i - offset) else 0.0 for j, x in enumerate(row)] for i, row in enumerate(_rows_of(a))])
    return function


def _triangular(a, b, lower=False, unit_diagonal=False):
    kept = _rows_of(_kept((lambda d: d <= 0) if lower else (lambda d: d >= 0))(a))
    return _solution(_matrix([[1.0 if unit_diagonal and i == j else x for j, x in enumerate(row)] for i, row in enumerate(kept)]), b)


def _cholesky(a):
    n, a = a.shape[0], _rows_of(_symmetric(a))
    l = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            rest = a[i][j] - sum(l[i][k] * l[j][k] for k in range(j))
            l[i][j] = math.sqrt(rest) if i == j else rest / l[j][j]
    return _matrix(l)


def _symmetric(a):
    rows = _rows_of(a)
    return _matrix([[(x + rows[j][i]) / 2 for j, x in enumerate(row)] for i, row in enumerate(rows)])


def _half_lower(a):
    rows = _rows_of(a)
    return _matrix([[x if j < i else x / 2 if i == j else 0.0 for j, x in enumerate(row)] for i, row in enumerate(rows)])


def _exponential(a):
    size = max(1, math.ceil(sum(abs(x) for x in a.flat)))
    small, out = Array(a.shape, [x / 2 ** size for x in a.flat]), _identity(a)
    for k in range(20, 0, -1):
        out = _broadcast(_identity(a), _each(_matmul(small, out), lambda x: x / k), lambda p, q: p + q)
    for _ in range(size):
        out = _matmul(out, out)
    return out


def _pseudoinverse(a):
    turned = _matrix([list(column) for column in zip(*_rows_of(a))])
    if a.shape[0] >= a.shape[1]:
        return _solution(_matmul(turned, a), turned)
    return _matmul(turned, _solution(_matmul(a, turned), _identity(_matmul(a, turned))))


def _skew(a):
    rows = _rows_of(a)
    return _matrix([[x - rows[j][i] for j, x in enumerate(row)] for i, row in enumerate(rows)])


def _mirrored(a):
    rows = _rows_of(a)
    return _matrix([[rows[max(i, j)][min(i, j)] for j in range(len(rows))] for i in range(len(rows))])


MATRICES = {
    "expm": _exponential, "pinv": _pseudoinverse, "skew": _skew, "mirrored": _mirrored,
    "inv": lambda a: _solution(a, _identity(a)), "det": lambda a: _eliminated(a, _identity(a))[1], "solve": _solution,
    "logabsdet": lambda a: _log(abs(_eliminated(a, _identity(a))[1])), "solve_triangular": _triangular,
    "det_sign": lambda a: math.copysign(1, _eliminated(a, _identity(a))[1]), "cholesky": _cholesky,
    "symmetric": _symmetric, "Φ": _half_lower, "triu": _kept(lambda d: d >= 0), "tril": _kept(lambda d: d <= 0),
    "trace": lambda a: sum(row[i] for i, row in enumerate(_rows_of(a))),
}


def _related(holds):
    """1 where it holds, else 0; of what is no number neither."""
    return lambda a, b: math.nan if a != a or b != b else float(holds(a, b))


OPERATORS = {
    "+": lambda a, b: a + b, "−": lambda a, b: a - b, "·": lambda a, b: a * b, "⊙": lambda a, b: a * b, "/": _divided,
    "^": _raised, "<": _related(operator.lt), ">": _related(operator.gt), "≤": _related(operator.le),
    "≥": _related(operator.ge), "=": _related(operator.eq), "≠": _related(operator.ne),
}


def number(digits):
    return float(digits.replace("−", "-"))


def option_value(tree):
    if tree[0] == "num":
        return number(tree[1])
    if tree in (("name", "true"), ("name", "false")):
        return tree[1] == "true"
    raise Unknown("an option")


class Evaluation:
    """What a tree comes to.  `known` gives the value of symbols, names and partial derivatives, and how far off they are
    as they were printed.  One leaf of the tree, a number or a symbol, may be moved."""

    def __init__(self, known):
        self.known, self.moved, self.by, self.leaf = known, -1, 0.0, 0

    def of(self, tree):
        self.leaf = 0
        return self.value(tree)

    def leaf_value(self, value):
        self.leaf += 1
        return _broadcast(value, self.by, OPERATORS["+"]) if self.leaf - 1 == self.moved else value

    def value(self, tree):
        kind = tree[0]
        if kind == "num":
            return self.leaf_value(number(tree[1]))
        if kind == "name" and tree[1] not in self.known and tree[1] in CONSTANTS:
            return CONSTANTS[tree[1]]
        if kind in ("name", "partial"):
            key = tree[1] if kind == "name" else tree
            if key not in self.known:
                raise Unknown(key)
            return self.leaf_value(self.known[key][0])
        if kind == "neg":
            return _each(self.value(tree[1]), lambda x: -x)
        if kind == "array":
            items = [self.value(item) for item in tree[1]]
            shapes = {item.shape if isinstance(item, Array) else () for item in items}
            if len(shapes) > 1:
                raise Unreadable("a ragged array")
            return Array((len(items),) + (shapes.pop() if shapes else ()),
                         [x for item in items for x in _shaped(item).flat])
        if kind == "call":
            return self.call(tree[1], tree[2])
        if kind == "shaped":
            a, size = _shaped(self.value(tree[3])), math.prod(tree[2])
            if len(a.flat) not in (1, size):
                raise Unknown("along which axis")
            return Array(tree[2], a.flat * (size // len(a.flat)))
        if kind in ("|", "⌊", "⌈"):
            return _each(self.value(tree[1]), {"|": abs, "⌊": _whole(math.floor), "⌈": _whole(math.ceil)}[kind])
        if kind == "√":
            return _each(self.value(tree[1]), lambda x: math.sqrt(x) if x >= 0 else math.nan)
        if kind == "∛":
            return _each(self.value(tree[1]), lambda x: math.copysign(abs(x) ** (1 / 3), x))
        if kind == "ᵀ":
            a = self.value(tree[1])
            if not isinstance(a, Array) or len(a.shape) != 2:
                raise Unknown("a transpose")
            n, m = a.shape
            return Array((m, n), [a.flat[i * m + j] for j in range(m) for i in range(n)])
        if kind == "@":
            return _matmul(self.value(tree[1]), self.value(tree[2]))
        if kind in OPERATORS:
            return _broadcast(self.value(tree[1]), self.value(tree[2]), OPERATORS[kind])
        raise Unknown(kind)

    def call(self, function, arguments):
        if function not in FUNCTIONS and function not in REDUCTIONS and function not in MATRICES:
            raise Unknown(function)
        options = {a[1][1]: a[2] for a in arguments if a[0] == "=" and a[1][0] == "name"}
        values = [self.value(a) for a in arguments if a[0] != "=" or a[1][0] != "name"]
        if function in REDUCTIONS and len(values) == 1 and options.keys() <= {"axis", "keepdims"}:
            return _reduced(values[0], REDUCTIONS[function], options)
        if function in MATRICES:
            if not all(isinstance(v, Array) for v in values):
                raise Unknown("a matrix of one number")
            return MATRICES[function](*values, **{name: option_value(tree) for name, tree in options.items()})
        if options:
            raise Unknown(function)
        if any(isinstance(v, Array) for v in values):
            if len(values) == 1 and function not in REDUCTIONS:
                return _each(values[0], FUNCTIONS[function])
            raise Unknown(function)
        try:
            return float(FUNCTIONS[function](*values))
        except TypeError as error:
            raise Unknown(function) from error


def half_unit(digits_written, digits):
    """Half a unit in the last place of a number that is printed with so many significant digits."""
    value = abs(number(digits_written))
    if value == 0:
        return 0.0
    mantissa = digits_written.split("e")[0].lstrip("−").replace(".", "").lstrip("0")
    return 0.5 * 10.0 ** (math.floor(math.log10(value)) - max(digits, len(mantissa)) + 1)


def leaves(tree):
    """The printed numbers and the symbols of a tree, in the order in which they are computed with."""
    if tree[0] in ("num", "name", "partial"):
        return [tree]
    parts = tree[2] if tree[0] == "call" else tree[1] if tree[0] == "array" else tree[1:]
    return [leaf for part in parts if isinstance(part, tuple) for leaf in leaves(part)]


def is_numeric(tree):
    """Whether no symbol is left in it."""
    return all(leaf[0] == "num" or (leaf[0] == "name" and leaf[1] in CONSTANTS) for leaf in leaves(tree))


def slack_of(tree, known, digits):
    """By how much half a unit in the last place of each of its printed numbers moves it, in every place."""
    if tree[0] == "array":
        return [slack for item in tree[1] for slack in slack_of(item, known, digits)]
    evaluation = Evaluation(known)
    here = _shaped(evaluation.of(tree)).flat
    slack = [0.0] * len(here)
    movable = [leaf for leaf in leaves(tree) if leaf[0] != "name" or leaf[1] in known]
    for k, leaf in enumerate(movable):
        by = half_unit(leaf[1], digits) if leaf[0] == "num" else known[leaf[1] if leaf[0] == "name" else leaf][1]
        evaluation.moved = k
        moved = [0.0] * len(here)  # up, or where it stays then, down
        for sign in (1.0, -1.0):
            evaluation.by = _each(by, lambda x: sign * x)
            for i, there in enumerate(_shaped(evaluation.of(tree)).flat):
                change = abs(there - here[i])
                moved[i] = max(moved[i], change if math.isfinite(change) else 0.0)
            if leaf[0] == "num":
                break
        slack = [a + b for a, b in zip(slack, moved)]
    return slack
