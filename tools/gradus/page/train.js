const data = JSON.parse(find('data').textContent), steps = data.steps;
const items = [...document.querySelectorAll('ol > li')], numbers = [...document.querySelectorAll('#parameters td')];
const cells = find('cells') ? [...find('cells').children] : [];
function draw(step) {
  find('loss').setAttribute('cx', step.loss[0]);
  find('loss').setAttribute('cy', step.loss[1]);
  find('cursor').setAttribute('transform', 'translate(' + step.cursor + ')');
  if (step.fit !== undefined) find('fit').setAttribute('d', step.fit);
  if (find('boundary')) find('boundary').setAttribute('d', step.boundary);
  cells.forEach((cell, k) => cell.setAttribute('fill', data.palette[step.cells[k]]));
  numbers.forEach((cell, k) => { cell.textContent = step.numbers[k]; });
}

function show(k) {
  items.forEach((item, j) => item.classList.toggle('now', j === k));
  draw(steps[k]);
  find('where').textContent = 'epoch ' + steps[k].epoch + ' of ' + data.epochs;
  return items[k].querySelector('bdi').textContent;
}

const pause = matchMedia('(prefers-reduced-motion:reduce)').matches ? 600 : 180;
stepper({word: 'epoch', numbers: steps.map(step => step.epoch), show, pause, said: find('said')});
