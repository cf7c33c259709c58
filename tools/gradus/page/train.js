const data = JSON.parse(find('data').textContent), steps = data.steps;
const items = [...document.querySelectorAll('ol > li')], numbers = [...document.querySelectorAll('#parameters td')];
const cells = find('cells') ? [...find('cells').children] : [];
const play = find('play'), said = find('said');
const pause_between = matchMedia('(prefers-reduced-motion:reduce)').matches ? 600 : 180;
let timer = 0, playing = false, now = 0;

// While it plays a screen reader would be told more than can be said.
function set_playing(on) {
  if (on === playing) return;
  playing = on;
  clearInterval(timer);
  if (on) timer = setInterval(tick, pause_between);
  play.textContent = on ? 'Pause' : 'Play';
  said.setAttribute('aria-live', on ? 'off' : 'polite');
}

function draw(step) {
  find('loss').setAttribute('cx', step.loss[0]);
  find('loss').setAttribute('cy', step.loss[1]);
  find('cursor').setAttribute('transform', 'translate(' + step.cursor + ')');
  if (step.fit !== undefined) find('fit').setAttribute('d', step.fit);
  if (find('boundary')) find('boundary').setAttribute('d', step.boundary);
  cells.forEach((cell, k) => cell.setAttribute('fill', data.palette[step.cells[k]]));
  numbers.forEach((cell, k) => { cell.textContent = step.numbers[k]; });
}

function show(k, by_itself) {
  if (!by_itself) set_playing(false);
  now = k;
  items.forEach((item, j) => item.classList.toggle('now', j === k));
  draw(steps[k]);
  find('where').textContent = 'epoch ' + steps[k].epoch + ' of ' + data.epochs;
  return items[k].querySelector('bdi').textContent;
}

let ticking = false;
function tick() {
  ticking = true;
  go(now + 1);
  ticking = false;
  if (now === steps.length - 1) set_playing(false);
}

const go = stepper({word: 'epoch', numbers: steps.map(step => step.epoch), show: k => show(k, ticking)});
play.onclick = () => {
  if (!playing && now === steps.length - 1) go(0);
  set_playing(!playing);
};
