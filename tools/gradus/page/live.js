// Inputs that can be moved: every number of the page follows.

const mathematics = (name, content) => {
  const made = document.createElementNS('http://www.w3.org/1998/Math/MathML', name);
  made.append(...[content].flat());
  return made;
};

// The number in its place of a formula: 2, −2, 1.5·10⁻⁷, in parentheses where a sign would be taken for something else.
function write_number(place, x, digits) {
  const text = brief(x, digits), is_signed = text.startsWith('−');
  const [mantissa, exponent] = text.replace(/^−/, '').split('e');
  let parts = [/\d/.test(mantissa) ? mathematics('mn', mantissa) : mathematics('mi', mantissa === 'inf' ? '∞' : mantissa)];
  if (exponent !== undefined) {
    const raised = mathematics('mrow', [...exponent.startsWith('−') ? [mathematics('mo', '−')] : [],
      mathematics('mn', exponent.replace('−', ''))]);
    parts.push(mathematics('mo', '·'), mathematics('msup', [mathematics('mn', '10'), raised]));
  }
  if (is_signed) parts.unshift(mathematics('mo', '−'));
  const holder = place.parentNode, is_base = holder.parentNode.localName === 'msup' && holder.parentNode.firstChild === holder;
  const needs_fence = (is_signed && place.hasAttribute('data-fence')) || (is_base && parts.length > 1);
  const fence = sign => {
    const made = mathematics('mo', sign);
    made.setAttribute('stretchy', 'false');
    return made;
  };
  if (needs_fence) parts = [fence('('), mathematics('mrow', parts), fence(')')];
  place.replaceChildren(...parts);
}

// Whether what is written is the number itself, but for the rounding of a computation.
const is_exact = (x, digits) => Math.abs(Number(x.toPrecision(digits)) - x) <= 4e-16 * Math.abs(x);

// What a side comes to with its numbers as they are written; nothing where it is more than arithmetic.
function as_written(side, digits, numbers) {
  const words = side.dataset.reckoning?.split(' '), stack = [], rounded = numbers.map(x => Number(x.toPrecision(digits)));
  if (!words) return undefined;
  for (const word of words) {
    const f = leaf_functions[word];
    if (word === 'n') stack.push(rounded.shift());
    else if (!f) stack.push(Number(word));
    else stack.push(f.length === 1 ? f(stack.pop()) : (b => f(stack.pop(), b))(stack.pop()));
  }
  return stack.pop();
}

// How far two sides are apart as they are written, in units of what the digits of the right one leave open.
function apart(left, right, digits) {
  if (left === right || (Number.isNaN(left) && Number.isNaN(right))) return 0;
  if (!Number.isFinite(left) || !Number.isFinite(right) || right === 0) return Infinity;
  return Math.abs(left - right) / (0.5 * 10 ** (Math.floor(Math.log10(Math.abs(right))) - digits + 1) * (1 + 1e-9));
}

// The numbers of an equation.  A side that says what the next one says is left out, and so is one that does not come to what
// follows: there a convention decides, or its digits cancel.  Where a number was rounded the sign before it says so.
function write_equation(equation, numbers, digits, is_given) {
  const sides = [...equation.children].map(side => {
    const put_in = [...side.querySelectorAll('[data-n]')].map(place => {
      const number = numbers[Number(place.dataset.n)], x = place.hasAttribute('data-opposite') ? -number : number;
      write_number(place, x, digits);
      return x;
    });
    const sign = side.querySelector('.sign'), exact = put_in.every(x => !Number.isFinite(x) || Number(x.toPrecision(digits)) === x);
    return {side, sign, exact, content: side.textContent.slice(sign ? sign.textContent.length : 0),
      is_numbers: side.classList.contains('numbers'), value: as_written(side, digits, put_in)};
  });
  for (let k = sides.length - 1, next; k >= 0; --k) {
    const side = sides[k];
    if (next && side.is_numbers) {
      const both = side.value !== undefined && next.value !== undefined, distance = both && apart(side.value, next.value, digits);
      const is_same = side.content === next.content, is_wrong = both && distance > 3 && !side.side.dataset.reckoning.includes('add');
      if (is_same || is_wrong) {
        side.side.toggleAttribute('hidden', true);
        continue;
      }
      next.sign.textContent = (both ? distance <= 1 : side.exact && next.exact) ? '=' : '≈';
    } else if (next?.sign) {
      next.sign.textContent = is_given && !next.exact ? '≈' : '=';
    }
    side.side.toggleAttribute('hidden', false);
    next = side;
  }
}

// The texts of the drawing that are numbers, each with what writes it again.  How cards write numbers is found by what they say
// now; a text that says something else would be wrong where an input has moved, and is then left out.
function numbers_of_drawing(program, given) {
  const texts = [];
  for (const card of program.cards) {
    for (const kind of ['value', 'gradient']) {
      const which = card[kind], found = find('a_' + kind + '_' + card.id)?.querySelectorAll('text') ?? [];
      if (which.length === 0) continue;
      if (found.length === which.length) found.forEach((text, k) => texts.push({text, which: [which[k]], shape: []}));
      else if (found.length > 0) texts.push({text: found[0], which, shape: card.shape});
    }
  }
  const significant = x => brief(x, program.card_digits), decimals = x => fixed(x, program.card_digits);
  const write = ({which, shape}, way, numbers) => nested(which.map(k => way(numbers[k])), which.length === 1 ? [] : shape);
  const agreeing = way => texts.filter(each => each.which.length === 1 && write(each, way, given) === each.text.textContent.trim()).length;
  const of_cards = agreeing(decimals) > agreeing(significant) ? decimals : significant;

  const writers = [];
  const add = (each, way) => {
    const {text} = each, as_drawn = text.textContent, said = as_drawn.trim(), is_known = write(each, way, given) === said;
    if (!is_known && !/\d/.test(said.replace(/^\d+(×\d+)*$/, ''))) return;  // a shape, or nothing that is known
    const right = Number(text.getAttribute('x')) + text.getComputedTextLength();
    const is_centred = text.getAttribute('text-anchor') === 'middle';
    writers.push(numbers => {
      if (numbers && !is_centred) {
        text.setAttribute('text-anchor', 'end');
        text.setAttribute('x', right);
      }
      text.textContent = !numbers ? as_drawn : is_known ? as_drawn.replace(said, write(each, way, numbers)) : '…';
    });
  };
  for (const each of texts) add(each, each.which.length === 1 ? of_cards : significant);
  for (const [arrow, k] of program.arrows) {
    const text = find(arrow)?.querySelector('text');
    if (text) add({text, which: [k], shape: []}, significant);
  }
  return writers;
}

// A round number at least as large.
function rounded_up(x) {
  const unit = 10 ** Math.floor(Math.log10(x));
  return [1, 2, 5, 10].map(k => k * unit).find(k => k >= x * (1 - 1e-9));
}

// `items` hold the steps; moved() is called after every change.
function make_live({program, items, moved}) {
  const given = program.inputs.map(Number), inputs = [...given], digits = program.digits;
  const original = items.map(item => [...item.childNodes]);
  const elsewhere = [...find('moved').content.children].map(step => [...step.childNodes]);
  const equations = [...find('moved').content.querySelectorAll('.equation')];
  const given_lines = new Set(find('moved').content.firstElementChild.querySelectorAll('.equation'));
  const drawing = numbers_of_drawing(program, evaluate(program.code, given));
  const is_moved = () => inputs.some((x, k) => !Object.is(x, given[k]));
  let was_moved = false;

  const controls = given.map((x, k) => {
    const slider = find('input' + k), number = find('number' + k), reach = rounded_up(2 * Math.max(1, Math.abs(x)));
    Object.assign(slider, {min: -reach, max: reach, step: rounded_up(reach / 100)});
    slider.oninput = () => { inputs[k] = Number(slider.value); update(); moved(); };
    number.oninput = () => {
      if (number.value === '' || !Number.isFinite(Number(number.value))) return;
      inputs[k] = Number(number.value);
      update(number);
      moved();
    };
    return {slider, number};
  });

  function update(typed) {
    controls.forEach(({slider, number}, k) => {
      slider.value = inputs[k];
      slider.setAttribute('aria-valuetext', brief(inputs[k], digits));
      if (number !== typed) number.value = Number(inputs[k].toPrecision(12));
    });
    const now = is_moved(), numbers = now ? evaluate(program.code, inputs) : undefined;
    if (now) for (const equation of equations) write_equation(equation, numbers, digits, given_lines.has(equation));
    if (now !== was_moved) items.forEach((item, k) => item.replaceChildren(...(now ? elsewhere : original)[k]));
    for (const write of drawing) write(numbers);
    find('reset').setAttribute('aria-disabled', String(!now));
    document.documentElement.classList.toggle('moved', now);
    was_moved = now;
  }

  function set(numbers) {
    numbers.forEach((x, k) => { inputs[k] = x; });
    update();
  }
  find('reset').onclick = () => { set(given); moved(); };
  update();
  return {
    // What a link says of the inputs: #step=3&at=1.5,−2; and what it asks for.
    rest: () => is_moved() ? '&at=' + inputs.join(',') : '',
    follow() {
      const asked = /^#[^&]*&at=([^&]*)$/.exec(location.hash), numbers = asked ? asked[1].split(',').map(Number) : given;
      const fits = numbers.length === given.length && numbers.every(Number.isFinite) && !(asked && asked[1].split(',').includes(''));
      if (fits && numbers.some((x, k) => !Object.is(x, inputs[k]))) set(numbers);
    },
  };
}
