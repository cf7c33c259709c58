const find = id => document.getElementById(id);

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

// Buttons, slider, arrow keys, links to a step, and a button that plays them.  `numbers` are those of the steps in links
// (#word=number), ascending; show(k) shows a step, from 0, and returns what the slider says of it.  `pause` is the time
// between steps that play, `said` where a screen reader is told of each, and rest() what a link says besides.  What is
// returned goes to a step.
function stepper({word, numbers, show, pause, said, rest = () => ''}) {
  const position = find('position'), play = find('play'), last = numbers.length - 1;
  let now = 0, timer = 0;

  // While it plays a screen reader would be told more than can be said.
  function set_playing(on) {
    if (on === (timer !== 0)) return;
    clearInterval(timer);
    timer = on ? setInterval(() => { go(now + 1, true); if (now === last) set_playing(false); }, pause) : 0;
    play.textContent = on ? 'Pause' : 'Play';
    said.setAttribute('aria-live', on ? 'off' : 'polite');
  }

  function go(wanted, by_itself) {
    if (!by_itself) set_playing(false);
    now = Math.min(last, Math.max(0, wanted));
    const words = show(now);
    let_wide_scroll();
    position.value = now + 1;
    position.setAttribute('aria-valuetext', words);
    // Not `disabled`, which would take the focus away from whoever pressed the button.
    for (const id of ['first', 'previous']) find(id).setAttribute('aria-disabled', String(now === 0));
    for (const id of ['next', 'last']) find(id).setAttribute('aria-disabled', String(now === last));
    history.replaceState(null, '', '#' + word + '=' + numbers[now] + rest());
  }

  // The step whose number is the nearest to the one asked for.
  function asked() {
    const number = new RegExp('^#' + word + '=(\\d+)(?:&|$)').exec(location.hash);
    if (!number) return now;
    const wanted = Math.min(Number(number[1]), numbers[last]);
    const distances = numbers.map(each => Math.abs(each - wanted));
    return distances.indexOf(Math.min(...distances));
  }

  document.documentElement.classList.add('js');
  for (const hidden of document.querySelectorAll('.controls, .lead')) hidden.hidden = false;
  position.max = numbers.length;
  find('first').onclick = () => go(0);
  find('previous').onclick = () => go(now - 1);
  find('next').onclick = () => go(now + 1);
  find('last').onclick = () => go(last);
  play.onclick = () => {
    if (timer === 0 && now === last) go(0);
    set_playing(timer === 0);
  };
  position.oninput = () => go(Number(position.value) - 1);
  addEventListener('hashchange', () => go(asked()));
  addEventListener('resize', let_wide_scroll);
  addEventListener('keydown', event => {
    const elsewhere = event.target.closest('input, select, .scrolls');
    if (elsewhere || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const wanted = {ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: last}[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    go(wanted);
  });
  go(asked());
  return go;
}
