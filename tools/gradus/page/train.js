const data = JSON.parse(find('data').textContent), steps = data.steps;
const items = [...document.querySelectorAll('ol > li')], numbers = [...document.querySelectorAll('#parameters td')];
const cells = find('cells') ? [...find('cells').children] : [];
const network = find('network'), edges = network ? [...network.querySelectorAll('.edge')] : [];
const units = network ? [...network.querySelectorAll('.unit')] : [];
const brief = x => x === null ? '?' : String(Number(x.toPrecision(3))).replace('-', '−');

// The lines are as wide as the numbers are large, beside the largest of all epochs or, of gradients, of this one.
function draw_network(step) {
  const by = find('lines').value, shown = step[by], values = step.units[find('example').value];
  const most = by === 'weights' ? Number(network.dataset.most) : Math.max(...shown.map(Math.abs)) || 1;
  for (const edge of edges) {
    const k = edge.dataset.k, part = Math.min(1, Math.abs(shown[k]) / most);
    edge.classList.toggle('minus', shown[k] < 0);
    edge.setAttribute('stroke-width', (0.4 + 5.6 * part).toFixed(1));
    edge.setAttribute('opacity', (0.15 + 0.85 * part).toFixed(2));
    edge.firstChild.textContent = edge.dataset.name + ': weight ' + brief(step.weights[k]) + ', gradient ' + brief(step.slopes[k]);
  }
  units.forEach((unit, k) => {
    const bias = unit.dataset.bias, text = unit.querySelector('text');
    unit.classList.toggle('minus', values[k] < 0);
    unit.querySelector('circle:not(.ground)').setAttribute('fill-opacity', (0.6 * Math.min(1, Math.abs(values[k]))).toFixed(2));
    unit.firstChild.textContent = unit.dataset.name + ': ' + brief(values[k]) +
      (bias === undefined ? '' : ', bias ' + brief(step.weights[bias]) + ' with gradient ' + brief(step.slopes[bias]));
    if (text) text.textContent = brief(values[k]);
  });
}

function draw(step) {
  find('loss').setAttribute('cx', step.loss[0]);
  find('loss').setAttribute('cy', step.loss[1]);
  find('cursor').setAttribute('transform', 'translate(' + step.cursor + ')');
  if (step.fit !== undefined) find('fit').setAttribute('d', step.fit);
  if (find('boundary')) find('boundary').setAttribute('d', step.boundary);
  cells.forEach((cell, k) => cell.setAttribute('fill', data.palette[step.cells[k]]));
  if (network) draw_network(step);
  numbers.forEach((cell, k) => { cell.textContent = step.numbers[k]; });
}

let shown_now = 0;
function show(k) {
  shown_now = k;
  items.forEach((item, j) => item.classList.toggle('now', j === k));
  draw(steps[k]);
  find('where').textContent = 'epoch ' + steps[k].epoch + ' of ' + data.epochs;
  return items[k].querySelector('bdi').textContent;
}

if (network) {
  document.querySelector('.choices').hidden = false;
  for (const id of ['example', 'lines']) find(id).onchange = () => draw_network(steps[shown_now]);
}
const pause = matchMedia('(prefers-reduced-motion:reduce)').matches ? 600 : 180;
stepper({word: 'epoch', numbers: steps.map(step => step.epoch), show, pause, said: find('said')});
