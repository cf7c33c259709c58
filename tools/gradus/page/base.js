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

// Buttons, slider, arrow keys and links to a step.  `numbers` are those of the steps in links (#word=number), ascending;
// show(k) shows a step, from 0, and returns what the slider says of it.  What is returned goes to a step.
function stepper({word, numbers, show}) {
  const position = find('position'), last = numbers.length - 1;
  let now = 0;

  function go(wanted) {
    now = Math.min(last, Math.max(0, wanted));
    const said = show(now);
    let_wide_scroll();
    position.value = now + 1;
    position.setAttribute('aria-valuetext', said);
    // Not `disabled`, which would take the focus away from whoever pressed the button.
    for (const id of ['first', 'previous']) find(id).setAttribute('aria-disabled', String(now === 0));
    for (const id of ['next', 'last']) find(id).setAttribute('aria-disabled', String(now === last));
    history.replaceState(null, '', '#' + word + '=' + numbers[now]);
  }

  // The step whose number is the nearest to the one asked for.
  function asked() {
    const number = new RegExp('^#' + word + '=(\\d+)$').exec(location.hash);
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
  position.oninput = () => go(Number(position.value) - 1);
  addEventListener('hashchange', () => go(asked()));
  addEventListener('resize', let_wide_scroll);
  addEventListener('keydown', event => {
    const elsewhere = event.target === position || event.target.closest('.scrolls');
    if (elsewhere || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const wanted = {ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: last}[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    go(wanted);
  });
  go(asked());
  return go;
}
