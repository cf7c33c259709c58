const {steps, program} = JSON.parse(find('data').textContent);
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
    view.light(node, cards.has(id));
    node.classList.toggle('seen', cards.has(id) || (since !== undefined && since <= now));
  }
  for (const edge of edges) {
    const inside = edge.id.endsWith('_result') && cards.has(slot_of(edge.id));
    edge.classList.toggle('hot', inside || arrows.has(edge.id));
  }
  document.documentElement.classList.toggle('done', now === count - 1);
  // What a blank asks for is not in the drawing either.
  const is_asked = quiz?.is_open(now) ?? false;
  figure.classList.toggle('asking', is_asked);
  for (const [element, from] of numbers) element.classList.toggle('known', from < now || (from === now && !is_asked));
  bring_into_view();
  shown = now;
  find('where').textContent = (now + 1) + ' of ' + count;
  return 'Step ' + (now + 1) + ' of ' + count + ': ' + items[now].querySelector('bdi').textContent;
}

// A swipe over the words goes on or back, unless it scrolls a formula.
function follow_swipes(words, go) {
  let start;
  words.addEventListener('touchstart', event => {
    const {clientX, clientY} = event.touches[0];
    start = event.touches.length === 1 && !event.target.closest('.scrolls') ? [clientX, clientY] : undefined;
  }, {passive: true});
  words.addEventListener('touchend', event => {
    if (!start) return;
    const across = event.changedTouches[0].clientX - start[0], down = event.changedTouches[0].clientY - start[1];
    start = undefined;
    if (Math.abs(across) > 48 && Math.abs(across) > 2 * Math.abs(down)) go(shown + (across < 0 ? 1 : -1));
  }, {passive: true});
}

document.documentElement.classList.add('js');
for (const hidden of document.querySelectorAll('.view, .inputs')) hidden.hidden = false;
const view = make_view(figure);
let shown = 0, go = () => {};
const quiz = find('solutions') ? make_quiz({items, changed: () => go(shown)}) : undefined;
view.layout();
view.after_zoom(bring_into_view);
addEventListener('resize', bring_into_view);
const live = program ? make_live({program, items, moved: () => go(shown)}) : undefined;
if (live) {
  live.follow();
  addEventListener('hashchange', live.follow);  // before the stepper does, which writes the link again
}
go = stepper({word: 'step', numbers: steps.map((step, k) => k + 1), show, pause: 3500, said: find('words'),
  rest: () => live ? live.rest() : ''});
follow_swipes(find('words'), k => go(k));
