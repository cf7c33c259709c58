// The numbers of a page again, from other inputs.  A program is a list of [function, number, …], each with the numbers of
// earlier ones; the command writes it from the formulas of the ops themselves (autograd/save/graph_program.h).

// What formulas are made of: arithmetic, comparisons and the functions of C's <math.h>.
const leaf_functions = {
  add: (a, b) => a + b, sub: (a, b) => a - b, mul: (a, b) => a * b, div: (a, b) => a / b, neg: a => -a,
  lt: (a, b) => Number(a < b), le: (a, b) => Number(a <= b), eq: (a, b) => Number(a === b), where: (c, a, b) => c ? a : b,
  abs: Math.abs, sqrt: Math.sqrt, cbrt: Math.cbrt, pow: power, hypot: (a, b) => Math.hypot(a, b), fround: Math.fround,
  exp: Math.exp, exp2: x => 2 ** x, expm1: Math.expm1, log: Math.log, log2: Math.log2, log10: Math.log10, log1p: Math.log1p,
  sin: Math.sin, cos: Math.cos, tan: Math.tan, asin: Math.asin, acos: Math.acos, atan: Math.atan, atan2: Math.atan2,
  sinh: Math.sinh, cosh: Math.cosh, tanh: Math.tanh, asinh: Math.asinh, acosh: Math.acosh, atanh: Math.atanh,
  floor: Math.floor, ceil: Math.ceil, rint: nearest, copysign: (a, s) => is_negative(s) === is_negative(a) ? a : -a,
  erf, erfc, cancelling,
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
