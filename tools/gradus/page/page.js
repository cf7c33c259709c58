'use strict';
(() => {
  const steps = JSON.parse(document.getElementById('data').textContent).steps;
  const find = id => document.getElementById(id);
  const figure = find('graph'), position = find('position'), items = [...document.querySelectorAll('ol > li')];
  const nodes = [...figure.querySelectorAll('.node')], edges = [...figure.querySelectorAll('.edge')];
  const count = steps.length;
  if (count === 0) return;

  // From which step on each number is known.
  const known = {value: new Map(), gradient: new Map()};
  steps.forEach((step, k) => {
    for (const [kind, ids] of [['value', step.values], ['gradient', step.gradients]]) {
      for (const id of ids) if (!known[kind].has(id)) known[kind].set(id, k + 1);
    }
  });
  const numbers = [];
  for (const [kind, since] of Object.entries(known)) {
    for (const [id, from] of since) {
      const element = find('a_' + kind + '_' + id);
      if (element) numbers.push([element, from]);
    }
  }

  const asked = () => Number((/^#step=(\d+)$/.exec(location.hash) || [])[1] || now);
  let now = 1;

  // The middle of all that is lit; when that is more than fits, its right end, where the step happens.
  function bring_into_view() {
    const lit = [...figure.querySelectorAll('.hot')].map(element => element.getBoundingClientRect());
    if (lit.length === 0) return;
    const outer = figure.getBoundingClientRect();
    const left = Math.min(...lit.map(box => box.left)), right = Math.max(...lit.map(box => box.right));
    const top = Math.min(...lit.map(box => box.top)), bottom = Math.max(...lit.map(box => box.bottom));
    const reach = outer.width - 32;
    figure.scrollLeft += (Math.max(left, right - reach) + right) / 2 - outer.left - outer.width / 2;
    figure.scrollTop += (top + bottom) / 2 - outer.top - outer.height / 2;
  }

  // What is too wide scrolls by itself, also from the keyboard.
  function let_wide_scroll() {
    for (const element of document.querySelectorAll('.equation, .wide')) {
      const too_wide = element.scrollWidth > element.clientWidth + 1;
      element.classList.toggle('scrolls', too_wide);
      for (const [name, value] of [['tabindex', '0'], ['role', 'group'], ['aria-label', 'Scrollable sideways']]) {
        if (too_wide) element.setAttribute(name, value); else element.removeAttribute(name);
      }
    }
  }

  function show(wanted) {
    now = Math.min(count, Math.max(1, wanted));
    const step = steps[now - 1], cards = new Set(step.cards), arrows = new Set(step.edges);
    items.forEach((item, k) => item.classList.toggle('now', k === now - 1));
    figure.classList.toggle('backward', step.phase === 'backward');
    for (const node of nodes) {
      const id = node.id.slice(2).replace(/_result$/, '');  // an op and the card of its result are one value
      node.classList.toggle('hot', cards.has(id));
      node.classList.toggle('seen', (known.value.get(id) || Infinity) <= now || cards.has(id));
    }
    for (const edge of edges) {
      const inside = edge.id.endsWith('_result') && cards.has(edge.id.slice(2).replace(/_result$/, ''));
      edge.classList.toggle('hot', inside || arrows.has(edge.id));
    }
    document.documentElement.classList.toggle('done', now === count);
    for (const [element, from] of numbers) element.classList.toggle('known', from <= now);
    bring_into_view();
    let_wide_scroll();
    position.value = now;
    const title = items[now - 1].querySelector('bdi').textContent;
    position.setAttribute('aria-valuetext', 'Step ' + now + ' of ' + count + ': ' + title);
    find('where').textContent = now + ' of ' + count;
    // Not `disabled`, which would take the focus away from whoever pressed the button.
    for (const id of ['first', 'previous']) find(id).setAttribute('aria-disabled', String(now === 1));
    for (const id of ['next', 'last']) find(id).setAttribute('aria-disabled', String(now === count));
    history.replaceState(null, '', '#step=' + now);
  }

  document.documentElement.classList.add('js');
  for (const hidden of document.querySelectorAll('.controls, .lead')) hidden.hidden = false;
  position.max = count;
  find('first').onclick = () => show(1);
  find('previous').onclick = () => show(now - 1);
  find('next').onclick = () => show(now + 1);
  find('last').onclick = () => show(count);
  position.oninput = () => show(Number(position.value));
  addEventListener('hashchange', () => show(asked()));
  addEventListener('resize', let_wide_scroll);
  addEventListener('keydown', event => {
    if (event.target === position || event.target.closest('.scrolls') || event.altKey || event.ctrlKey ||
        event.metaKey || event.shiftKey) return;
    const wanted = {ArrowRight: now + 1, ArrowLeft: now - 1, Home: 1, End: count}[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    show(wanted);
  });
  show(asked());
})();
