const steps = JSON.parse(find('data').textContent).steps;
const figure = find('graph'), items = [...document.querySelectorAll('ol > li')];
const nodes = [...figure.querySelectorAll('.node')], edges = [...figure.querySelectorAll('.edge')];
const count = steps.length;
if (count === 0) return;

// An op and the card of its result are one value.
const slot_of = id => id.slice(2).replace(/_result$/, '');

// From which step on each number is known.
const known = {value: new Map(), gradient: new Map()};
steps.forEach((step, k) => {
  for (const [kind, ids] of [['value', step.values], ['gradient', step.gradients]]) {
    for (const id of ids) if (!known[kind].has(id)) known[kind].set(id, k);
  }
});
const numbers = [];
for (const [kind, since] of Object.entries(known)) {
  for (const [id, from] of since) {
    const element = find('a_' + kind + '_' + id);
    if (element) numbers.push([element, from]);
  }
}

// The middle of the cards of the step, and of its arrows as far as they fit beside them.  The drawing scrolls in its frame,
// and at once: the page stays, and nothing moves that one would have to follow.
function bring_into_view() {
  const boxes = selector => [...figure.querySelectorAll(selector)].map(element => element.getBoundingClientRect());
  const outer = figure.getBoundingClientRect();
  let seen;
  for (const box of [...boxes('.node.hot'), ...boxes('.edge.hot')]) {
    const {left, right, top, bottom} = seen || box;
    const both = {left: Math.min(left, box.left), right: Math.max(right, box.right), top: Math.min(top, box.top),
      bottom: Math.max(bottom, box.bottom)};
    const fits = both.right - both.left <= figure.clientWidth - 16 && both.bottom - both.top <= figure.clientHeight - 16;
    if (!seen || fits) seen = both;
  }
  if (!seen) return;
  figure.scrollLeft += (seen.left + seen.right) / 2 - outer.left - figure.clientLeft - figure.clientWidth / 2;
  figure.scrollTop += (seen.top + seen.bottom) / 2 - outer.top - figure.clientTop - figure.clientHeight / 2;
}

function show(now) {
  const step = steps[now], cards = new Set(step.cards), arrows = new Set(step.edges);
  items.forEach((item, k) => item.classList.toggle('now', k === now));
  figure.classList.toggle('backward', step.phase === 'backward');
  for (const node of nodes) {
    const id = slot_of(node.id), since = known.value.get(id);
    node.classList.toggle('hot', cards.has(id));
    node.classList.toggle('seen', cards.has(id) || (since !== undefined && since <= now));
  }
  for (const edge of edges) {
    const inside = edge.id.endsWith('_result') && cards.has(slot_of(edge.id));
    edge.classList.toggle('hot', inside || arrows.has(edge.id));
  }
  document.documentElement.classList.toggle('done', now === count - 1);
  for (const [element, from] of numbers) element.classList.toggle('known', from <= now);
  bring_into_view();
  find('where').textContent = (now + 1) + ' of ' + count;
  return 'Step ' + (now + 1) + ' of ' + count + ': ' + items[now].querySelector('bdi').textContent;
}

addEventListener('resize', bring_into_view);
stepper({word: 'step', numbers: steps.map((step, k) => k + 1), show});
