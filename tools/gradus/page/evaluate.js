// The numbers of a page again, from other inputs.  A program is a list of [function, number, …], each with the numbers of
// earlier ones; the command writes it from the formulas of the ops themselves (autograd/save/graph_program.h).

// What formulas are made of: arithmetic, comparisons, the functions of C's <math.h>, and a few that have no formula.
const leaf_functions = {
  add: (a, b) => a + b, sub: (a, b) => a - b, mul: (a, b) => a * b, div: (a, b) => a / b, neg: a => -a,
  lt: (a, b) => Number(a < b), le: (a, b) => Number(a <= b), eq: (a, b) => Number(a === b), where: (c, a, b) => c ? a : b,
  abs: Math.abs, sqrt: Math.sqrt, cbrt: Math.cbrt, pow: power, hypot: (a, b) => Math.hypot(a, b), fmod: (a, b) => a % b, fround: Math.fround,
  exp: Math.exp, exp2: x => 2 ** x, expm1: Math.expm1, log: Math.log, log2: Math.log2, log10: Math.log10, log1p: Math.log1p,
  sin: Math.sin, cos: Math.cos, tan: Math.tan, asin: Math.asin, acos: Math.acos, atan: Math.atan, atan2: Math.atan2,
  sinh: Math.sinh, cosh: Math.cosh, tanh: Math.tanh, asinh: Math.asinh, acosh: Math.acosh, atanh: Math.atanh,
  floor: Math.floor, ceil: Math.ceil, rint: nearest, copysign: (a, s) => is_negative(s) === is_negative(a) ? a : -a,
  erf, erfc, lgamma, tgamma, polygamma, bessel_ratio, cancelling,
};

// Parts of a gradient, added: where nothing but a rounding is left of them, 0.
function cancelling(a, b) {
  const both = a + b, lost = 4.5e-16 * Math.max(Math.abs(a), Math.abs(b));
  return Math.abs(both) <= lost && lost < Infinity ? 0 : both;
}

function is_negative(x) { return x < 0 || Object.is(x, -0); }

// As in C, where 1 to the power of anything is 1.
function power(x, y) { return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y; }

// The nearest whole number, half to even.
function nearest(x) {
  const below = Math.floor(x), rest = x - below;
  if (rest === 0 || !Number.isFinite(x)) return x;
  const even = below % 2 === 0 ? below : below + 1;
  const whole = rest < 0.5 ? below : rest > 0.5 ? below + 1 : even;
  return whole === 0 && is_negative(x) ? -0 : whole;
}

// 2/√π e^(−x²) (x + 2x³/3 + 4x⁵/15 + …): all terms have one sign, and no digits are lost.
function erf_near(x) {
  let term = x, sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); ++n) sum += term *= 2 * x * x / (2 * n + 1);
  return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
}
// e^(−x²)/√π · 1/(x + ½/(x + 1/(x + 1½/(x + …)))), from the far end.
function erfc_far(x) {
  let below = x;
  for (let n = 120; n > 0; --n) below = x + n / 2 / below;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / below;
}
function erf(x) {
  if (x < 0) return -erf(-x);
  return x < 2 || Number.isNaN(x) ? x === 0 || Number.isNaN(x) ? x : erf_near(x) : 1 - erfc_far(x);
}
function erfc(x) { return x > 2 ? erfc_far(x) : 1 - erf(x); }

// B₂ⱼ, the Bernoulli numbers.
const bernoulli_numbers = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510];
// ln|Γ|, by Stirling's series beyond 15 and the reflection below ½.
function lgamma(x) {
  if (x === 1 || x === 2) return 0;
  if (x < 0.5) {
    const rest = x - Math.round(x);
    return rest === 0 || x === -Infinity ? Infinity : Math.log(Math.PI / Math.abs(Math.sin(Math.PI * rest))) - lgamma(1 - x);
  }
  let product = 1, y = x, series = 0;
  for (; y < 15; ++y) product *= y;
  for (let j = 8; j > 0; --j) series = series / (y * y) + bernoulli_numbers[j - 1] / (2 * j * (2 * j - 1));
  return y === Infinity ? y : (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series / y - Math.log(product);
}
function tgamma(x) {
  if (x === 0) return 1 / x;
  if (x > 0 || Number.isNaN(x)) return x <= 20 && Number.isInteger(x) ? factorial(x - 1) : Math.exp(lgamma(x));
  const rest = x - Math.round(x);
  if (rest === 0 || x === -Infinity) return NaN;
  return Math.PI / ((Math.round(x) % 2 === 0 ? 1 : -1) * Math.sin(Math.PI * rest) * tgamma(1 - x));
}
function factorial(n) { return n < 2 ? 1 : n * factorial(n - 1); }
// The n-th derivative of ψ: of x = t − m for a whole m by sums at positive arguments, by Stirling's series beyond 15.
function polygamma(n, x) {
  const sign = n % 2 === 0 ? -1 : 1;
  if (Number.isNaN(x) || x === -Infinity) return NaN;
  if (x === Infinity) return n === 0 ? x : 0;
  if (x < 0.5) {
    const m = -Math.round(x), t = x + m;
    if (t === 0) return sign > 0 ? Infinity : m !== 0 ? NaN : is_negative(x) ? Infinity : -Infinity;
    const near = polygamma(n, 1 + t) + sign * factorial(n) / t ** (n + 1);
    return m === 0 ? near : near + sign * (polygamma(n, 1 - t) - polygamma(n, 1 - t + m));
  }
  let sum = 0;
  for (; x < 15 + n; ++x) sum += factorial(n) / x ** (n + 1);
  sum += n === 0 ? 0.5 / x - Math.log(x) : factorial(n - 1) / x ** n + factorial(n) / (2 * x ** (n + 1));
  for (let j = 1; j <= 8; ++j) {
    let ratio = n === 0 ? 1 / (2 * j) : 1;
    for (let k = 2 * j + 1; k < 2 * j + n; ++k) ratio *= k;
    sum += bernoulli_numbers[j - 1] * ratio / x ** (2 * j + n);
  }
  return sign * sum;
}
// Iₙ(x)/xⁿ: 1/((2n − 1)!! π) ∫ e^(x cos θ) sin²ⁿθ dθ from 0 to π by the trapezoidal rule, and far out an asymptotic series.
function bessel_ratio(n, x) {
  const size = Math.abs(x), grown = Math.exp(Math.min(size, 700)), rest = Math.exp(Math.max(size - 700, 0));
  if (!(size <= 1400)) return Number.isNaN(x) ? x : Infinity;
  if (size > Math.max(30, n * n)) {
    let term = 1, sum = 0;
    for (let k = 1; k < 2 * size && Math.abs(term) > 1e-17; ++k) {
      sum += term;
      term *= -(4 * n * n - (2 * k - 1) ** 2) / (8 * k * size);
    }
    return rest * (grown / size ** n / Math.sqrt(2 * Math.PI * size) * sum);
  }
  const intervals = Math.max(48, 5 * n);
  let sum = 0, scale = intervals;
  for (let k = 0; k <= intervals; ++k) {
    const square = Math.sin(Math.PI / 2 * k / intervals) ** 2;
    sum += Math.exp(-2 * size * square) * (4 * square * (1 - square)) ** n * (k === 0 || k === intervals ? 0.5 : 1);
  }
  for (let k = 1; k <= n; ++k) scale *= 2 * k - 1;
  return rest * (grown * sum / scale);
}

// All numbers of the program, the inputs first.
function evaluate(code, inputs) {
  const numbers = [...inputs];
  for (const next of code) {
    numbers.push(Array.isArray(next) ? leaf_functions[next[0]](numbers[next[1]], numbers[next[2]], numbers[next[3]])
      : Number(next === 'inf' ? Infinity : next === '-inf' ? -Infinity : next));
  }
  return numbers;
}

// What toFixed and toExponential make of a number; they round up what lies in the middle, where C++ takes the even digit.
function in_digits(x, method, digits) {
  const [rounded, tail = ''] = x[method](digits).split('e'), all = x[method](100).split('e')[0];
  const point = all.indexOf('.'), end = digits === 0 ? point : point + 1 + digits;
  const is_middle = /^\.?50*$/.test(all.slice(end)), is_even = '02468'.includes(all.slice(0, end).slice(-1));
  return (is_middle && is_even ? all.slice(0, end) : rounded) + (method === 'toFixed' ? '' : 'e' + tail);
}

// A number as derivations write it: at most so many significant digits, 1.5e−7 where it is very small or large.
function brief(x, digits) {
  if (Number.isNaN(x)) return 'nan';
  if (!Number.isFinite(x)) return x > 0 ? 'inf' : '−inf';
  if (x === 0) return '0';
  const [mantissa, exponent] = in_digits(x, 'toExponential', digits - 1).split('e');
  const plain = Number(exponent) >= -4 && Number(exponent) < digits;
  const trimmed = text => text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  const text = plain ? trimmed(in_digits(x, 'toFixed', Math.max(0, digits - 1 - Number(exponent))))
    : trimmed(mantissa) + 'e' + exponent.replace('+', '');
  return text.replaceAll('-', '−');
}

// A number as cards write it, with so many decimals.
function fixed(x, decimals) {
  const size = Math.abs(x);
  if (!Number.isFinite(x)) return brief(x, decimals);
  if (size === 0 || (size >= 1e-3 && size < 1e6)) return in_digits(size === 0 ? 0 : x, 'toFixed', decimals).replace('-', '−');
  return in_digits(x, 'toExponential', decimals).replace('+', '').replaceAll('-', '−');
}

// [[1, 2], [3, 4]]: texts in brackets, as they are nested.
function nested(texts, shape) {
  if (shape.length === 0) return texts[0];
  const [rows, ...rest] = shape, size = texts.length / rows;
  return '[' + Array.from({length: rows}, (_, k) => nested(texts.slice(k * size, (k + 1) * size), rest)).join(', ') + ']';
}
