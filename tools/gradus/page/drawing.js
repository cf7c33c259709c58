// The drawing in its frame: as a whole where that can be read, else in a size that can, with an overview beside it.
function make_view(figure) {
  const svg = figure.querySelector('svg'), {width, height} = svg.viewBox.baseVal;
  const overview = find('overview'), shapes = 'http://www.w3.org/2000/svg';
  let wanted = 'auto', scale = 1, middle;

  // What goes on around the drawing, in pixels.
  const style = () => getComputedStyle(figure);
  const root = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
  // Pixels for a point at which the smallest letters, of 10 points, can be read from afar on a wall and nearby on a phone.
  const readable = () => 1.1 * root() / 16;
  function room() {
    const {paddingLeft, paddingRight, paddingTop, paddingBottom, maxHeight} = style();
    const high = parseFloat(maxHeight);
    return [figure.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight),
      (Number.isNaN(high) ? Infinity : high - 2) - parseFloat(paddingTop) - parseFloat(paddingBottom)];
  }
  function whole() {
    const [across, down] = room();
    return Math.min(across / width, down / height, readable());
  }

  function layout() {
    const fits = whole();
    scale = wanted === 'fit' ? fits : wanted === 'auto' ? (fits >= 0.78 * readable() ? fits : readable()) : wanted;
    svg.style.width = scale * width + 'px';
    svg.style.height = scale * height + 'px';
    find('fit').setAttribute('aria-pressed', String(scale <= fits * 1.001));
    overview.toggleAttribute('hidden', scale <= fits * 1.001);
    frame();
  }

  // The part of the drawing that is seen, in the overview.
  function frame() {
    if (overview.hasAttribute('hidden')) return;
    const inner = svg.getBoundingClientRect(), outer = figure.getBoundingClientRect();
    const seen = {x: (outer.left - inner.left) / scale, y: (outer.top - inner.top) / scale, width: figure.clientWidth / scale,
      height: figure.clientHeight / scale};
    for (const [name, size] of Object.entries(seen)) overview.lastChild.setAttribute(name, size);
  }

  // The overview: every card as a bar.
  overview.setAttribute('viewBox', '0 0 ' + width + ' ' + height);
  const bars = new Map();
  function add(name, box) {
    const made = overview.appendChild(document.createElementNS(shapes, 'rect'));
    made.setAttribute('class', name);
    for (const [key, size] of Object.entries(box)) made.setAttribute(key, size);
    return made;
  }
  const outer = svg.getBoundingClientRect(), drawn = outer.width / width;
  for (const node of figure.querySelectorAll('.node')) {
    const box = node.getBoundingClientRect();
    bars.set(node, add('bar', {x: (box.left - outer.left) / drawn, y: (box.top - outer.top) / drawn, width: box.width / drawn,
      height: box.height / drawn}));
  }
  add('frame', {});

  // A place of the drawing, in points, in the middle of the frame.
  function look_at(x, y) {
    const inner = svg.getBoundingClientRect(), frame_box = figure.getBoundingClientRect();
    figure.scrollLeft += inner.left + scale * x - frame_box.left - figure.clientWidth / 2;
    figure.scrollTop += inner.top + scale * y - frame_box.top - figure.clientHeight / 2;
  }
  function zoom(to) {
    const fits = whole();
    wanted = to === 'fit' ? 'fit' : Math.min(4 * readable(), Math.max(Math.min(fits, readable() / 4), to));
    layout();
    if (middle) middle();
  }

  figure.addEventListener('scroll', frame);
  overview.addEventListener('pointerdown', event => overview.setPointerCapture(event.pointerId));
  for (const kind of ['pointerdown', 'pointermove']) {
    overview.addEventListener(kind, event => {
      if (event.buttons === 0) return;
      const box = overview.getBoundingClientRect(), bar = Math.min(box.width / width, box.height / height);
      look_at((event.clientX - box.left - (box.width - bar * width) / 2) / bar,
        (event.clientY - box.top - (box.height - bar * height) / 2) / bar);
    });
  }
  find('smaller').onclick = () => zoom(scale / 1.25);
  find('larger').onclick = () => zoom(scale * 1.25);
  find('fit').onclick = () => zoom('fit');
  addEventListener('keydown', event => {
    if (event.target.closest('input') || event.altKey || event.ctrlKey || event.metaKey) return;
    const to = {'+': scale * 1.25, '-': scale / 1.25, 0: 'fit'}[event.key];
    if (to === undefined) return;
    event.preventDefault();
    zoom(to);
  });
  addEventListener('resize', layout);
  return {
    layout,
    // What is called when the size has changed: it brings the step into view again.
    after_zoom(f) { middle = f; },
    light(node, is_hot) { bars.get(node)?.classList.toggle('lit', is_hot); },
  };
}
