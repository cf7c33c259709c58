// Blanks: a field, a button that checks what is filled in, and one that shows what was asked for.

// "−1.5", "1/3", "[1, -2]", "1.5e-7" as numbers; NaN for what is none.
function numbers_typed(text, is_single) {
  const plain = text.replaceAll('−', '-').trim(), words = is_single ? [plain.replace(',', '.')] : plain.split(/[\s,;[\]]+/);
  return words.filter(word => word !== '').map(word => {
    const [above, below] = word.split('/');
    return (above.trim() === '' ? NaN : Number(above)) / (below === undefined ? 1 : Number(below));
  });
}

const nearly = (x, right) => right === 0 ? Math.abs(x) < 1e-9 : Math.abs(x - right) <= 0.01 * Math.abs(right);

function verdict(typed, right) {
  if (typed.length !== right.length) return right.length === 1 ? 'One number is asked for.' : right.length + ' numbers are asked for.';
  if (typed.some(Number.isNaN)) return 'That is no number: write 0.5, -2 or 1/3.';
  if (typed.every((x, k) => nearly(x, right[k]))) return '';
  if (typed.every((x, k) => nearly(Math.abs(x), Math.abs(right[k])))) return 'The size is right, the sign is not.';
  return 'Not yet: it is off by more than 1 %.';
}

// `items` hold the steps; changed() is called when a blank has been filled.
function make_quiz({items, changed}) {
  const solutions = [...find('solutions').content.children], open = items.map(() => 0);
  items.forEach((item, k) => {
    for (const blank of item.querySelectorAll('.blank')) {
      const solution = solutions[Number(blank.dataset.blank) - 1], right = numbers_typed(solution.dataset.numbers);
      const number = blank.dataset.blank, made = (name, properties) => Object.assign(document.createElement(name), properties);
      const field = made('input', {type: 'text', autocomplete: 'off', size: 10});
      field.setAttribute('aria-label', 'Blank ' + number);
      const check = made('button', {type: 'button', textContent: 'Check'}), reveal = made('button', {type: 'button', textContent: 'Show'});
      const said = made('output', {});
      for (const button of [check, reveal]) button.setAttribute('aria-label', button.textContent + ' blank ' + number);
      ++open[k];

      const solve = words => {
        --open[k];
        blank.closest('.equation').replaceChildren(...solution.querySelector('.equation').childNodes, made('span',
          {className: 'right', textContent: words}));
        changed();
      };
      check.onclick = () => {
        const wrong = verdict(numbers_typed(field.value, right.length === 1), right);
        if (wrong === '') return solve('✓ Right');
        said.textContent = wrong;
        field.setAttribute('aria-invalid', 'true');
        field.focus();
      };
      reveal.onclick = () => solve('');
      field.onkeydown = event => { if (event.key === 'Enter') check.onclick(); };
      blank.replaceChildren('= ', ...(right.length === 0 ? [] : [field, check]), reveal, said);
    }
  });
  return {is_open: k => open[k] > 0};
}
