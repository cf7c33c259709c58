// The pages of `gradus lesson`.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { axe_findings, desktop, file, gradus, launch, overflow, phone, visible_texts, visit } from './browser.mjs';

const x = ['--var', 'x=[[1,2],[3,4]]'], W = ['--param', 'W=[[0.1,-0.2,0.3],[0.4,0.5,-0.6]]'], b = ['--param', 'b=[0.1,0,-0.1]'];
const hostile = '</title></script><script>alert(1)</script><img src=x onerror=alert(2)>"\'&amp;\u202e\u2028';
const pages = {
  neuron: ['tanh(x1*w1 + x2*w2 + b)', '--var', 'x1=2', '--var', 'x2=0', '--param', 'w1=-3', '--param', 'w2=1',
    '--param', 'b=6.8813735870195432'],
  layer: ['sum(tanh(x @ W + b)^2)', ...x, ...W, ...b],
  array: ['tanh(x @ W + b)', '--var', 'x=[[1,2],[3,4],[5,6],[7,8],[9,10],[11,12]]', ...W, ...b],
  diamond: ['x^2 + sin(x)*x', '--param', 'x=1.5'],
  tiny: ['x + 1', '--param', 'x=1'],
  wide: ['sigmoid(tanh(sin(exp(-(x*x*a + y*y*b + z*z*c)/(a^2 + b^2 + c^2)))*cos(log(x + y + z) + 1)) + a*b*c)',
    '--param', 'a=1.25', '--param', 'b=2.5', '--param', 'c=0.125', '--var', 'x=1', '--var', 'y=2', '--var', 'z=3'],
  gates: ['sigmoid(w*x + b)', '--var', 'x=2', '--param', 'w=-3', '--param', 'b=6', '--unfold'],
  weights: ['sum(tanh(w @ x))', '--var', 'x=[1,2]', '--param', 'w=[[1,2],[3,4]]', '--scalars'],
  hostile: ['x*w', '--var', 'x=2', '--param', 'w=3', '--title', hostile],
};

let browser;
before(async () => {
  for (const [name, lines] of Object.entries(pages)) gradus('lesson', ...lines, '-o', name + '.html');
  browser = await launch();
});
after(() => browser?.close());

const on = (name, options, what) => visit(browser, name, options, what);

const where = page => page.textContent('#where');
const hot = page => page.$$eval('.hot', lit => lit.map(element => element.id).sort());
/// What can be read on each card: "x₁ input value 2 gradient".
const cards = page => page.$$eval('.node', nodes => Object.fromEntries(nodes.map(node => [node.id.slice(2),
  [...node.querySelectorAll('text')].filter(text => text.checkVisibility({ visibilityProperty: true }))
    .map(text => text.textContent.trim()).join(' ').replace(/\s+/g, ' ')])));

describe('stepping', () => {
  test('buttons', () => on('neuron.html', {}, async page => {
    assert.equal(await where(page), '1 of 12');
    const pressable = () => page.$$eval('.controls button', buttons =>
      buttons.filter(button => button.getAttribute('aria-disabled') === 'false').map(button => button.textContent));
    assert.deepEqual(await pressable(), ['Next', 'Last']);
    for (const [button, then] of [['Next', '2 of 12'], ['Next', '3 of 12'], ['Previous', '2 of 12'], ['Last', '12 of 12'],
      ['Next', '12 of 12'], ['First', '1 of 12'], ['Previous', '1 of 12']]) {
      await page.getByRole('button', { name: button }).click({ force: true });
      assert.equal(await where(page), then, button);
    }
    await page.getByRole('button', { name: 'Next' }).click();
    assert.deepEqual(await pressable(), ['First', 'Previous', 'Next', 'Last']);
  }));

  test('keys', () => on('neuron.html', {}, async page => {
    for (const [key, then] of [['ArrowRight', '2 of 12'], ['ArrowRight', '3 of 12'], ['ArrowLeft', '2 of 12'],
      ['End', '12 of 12'], ['ArrowRight', '12 of 12'], ['Home', '1 of 12'], ['ArrowLeft', '1 of 12'],
      ['Shift+ArrowRight', '1 of 12'], ['Control+ArrowRight', '1 of 12']]) {
      await page.keyboard.press(key);
      assert.equal(await where(page), then, key);
    }
  }));

  test('every control is reached by Tab, and the button keeps the focus at the end', () => on('neuron.html', {}, async page => {
    const reached = [];
    for (let k = 0; k < 10; ++k) {
      await page.keyboard.press('Tab');
      reached.push(await page.evaluate(() => document.activeElement.id));
    }
    assert.deepEqual(reached, ['graph', 'smaller', 'fit', 'larger', 'first', 'previous', 'next', 'last', 'play', 'position']);
    await page.focus('#last');
    await page.keyboard.press('Enter');
    assert.equal(await where(page), '12 of 12');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'last');
  }));

  test('slider', () => on('neuron.html', {}, async page => {
    const slider = page.getByRole('slider', { name: 'Step' });
    await slider.fill('7');
    assert.equal(await where(page), '7 of 12');
    assert.equal(await slider.getAttribute('aria-valuetext'), 'Step 7 of 12: Seed the output');
    await slider.focus();
    for (const [key, then] of [['ArrowRight', '8 of 12'], ['ArrowLeft', '7 of 12'], ['Home', '1 of 12'], ['End', '12 of 12']]) {
      await page.keyboard.press(key);
      assert.equal(await where(page), then, key);
    }
  }));

  test('links, back and forward', () => on('neuron.html#step=8', {}, async page => {
    assert.equal(await where(page), '8 of 12');
    await page.goto(page.url().replace(/#.*/, '#step=3'));
    assert.equal(await where(page), '3 of 12');
    await page.keyboard.press('ArrowRight');
    assert.match(page.url(), /#step=4$/);
    await page.goBack();
    assert.equal(await where(page), '8 of 12');
    await page.goForward();
    assert.equal(await where(page), '4 of 12');
    for (const [hash, then] of [['#step=0', '1 of 12'], ['#step=99999999999999999999', '12 of 12'],
      ['#step=5', '5 of 12'], ['#step=-2', '5 of 12'], ['#step=x', '5 of 12']]) {
      await page.evaluate(to => { location.hash = to; }, hash);
      await page.waitForFunction(text => document.getElementById('where').textContent === text, then, { timeout: 2000 });
    }
  }));
});

describe('what a step shows', () => {
  // The neuron of Karpathy's micrograd lecture: x₁w₁ = −6, n = 0.8814, o = 0.7071; ∂o/∂n = 0.5, then −1.5 and 1, 0.5 and 0.
  test('the numbers known so far, on every card', () => on('neuron.html#step=6', {}, async page => {
    assert.deepEqual(await cards(page), {
      input_1: 'x₁ input value 2 gradient',
      input_2: 'x₂ input value 0 gradient',
      parameter_1: 'w₁ weight value −3 gradient',
      parameter_2: 'w₂ weight value 1 gradient',
      parameter_3: 'b bias value 6.881 gradient',
      mul_1: '× v₁ = x₁w₁ value −6 gradient',
      mul_2: '× v₂ = x₂w₂ value 0 gradient',
      add_1: '+ v₃ = x₁w₁ + x₂w₂ value −6 gradient',
      add_2: '+ v₄ = x₁w₁ + x₂w₂ + b value 0.8814 gradient',
      tanh_1: 'tanh y = tanh(x₁w₁ + x₂w₂ + b) value 0.7071 gradient',
    });
    await page.keyboard.press('End');
    assert.deepEqual(await cards(page), {
      input_1: 'x₁ input value 2 gradient −1.5',
      input_2: 'x₂ input value 0 gradient 0.5',
      parameter_1: 'w₁ weight value −3 gradient 1',
      parameter_2: 'w₂ weight value 1 gradient 0',
      parameter_3: 'b bias value 6.881 gradient 0.5',
      mul_1: '× v₁ = x₁w₁ value −6 gradient 0.5',
      mul_2: '× v₂ = x₂w₂ value 0 gradient 0.5',
      add_1: '+ v₃ = x₁w₁ + x₂w₂ value −6 gradient 0.5',
      add_2: '+ v₄ = x₁w₁ + x₂w₂ + b value 0.8814 gradient 0.5',
      tanh_1: 'tanh y = tanh(x₁w₁ + x₂w₂ + b) value 0.7071 gradient 1',
    });
  }));

  test('numbers come with their step, and go when one steps back', () => on('neuron.html#step=1', {}, async page => {
    assert.equal((await cards(page)).add_2, '+ v₄ = x₁w₁ + x₂w₂ + b value gradient');
    await page.keyboard.press('End');
    await page.goto(page.url().replace(/#.*/, '#step=8'));
    assert.equal((await cards(page)).add_2, '+ v₄ = x₁w₁ + x₂w₂ + b value 0.8814 gradient 0.5');
    assert.equal((await cards(page)).parameter_3, 'b bias value 6.881 gradient');
  }));

  test('the cards and arrows it touches', () => on('neuron.html', {}, async page => {
    const lit = [];
    for (let k = 0; k < 12; ++k) {
      lit.push(await hot(page));
      await page.keyboard.press('ArrowRight');
    }
    assert.deepEqual(lit, [
      ['v_input_1', 'v_input_2', 'v_parameter_1', 'v_parameter_2', 'v_parameter_3'],
      ['e_input_1_mul_1_0', 'e_parameter_1_mul_1_1', 'v_mul_1'],
      ['e_input_2_mul_2_0', 'e_parameter_2_mul_2_1', 'v_mul_2'],
      ['e_mul_1_add_1_0', 'e_mul_2_add_1_1', 'v_add_1'],
      ['e_add_1_add_2_0', 'e_parameter_3_add_2_1', 'v_add_2'],
      ['e_add_2_tanh_1_0', 'v_tanh_1'],
      ['v_tanh_1'],
      ['e_add_2_tanh_1_0', 'v_add_2'],
      ['e_add_1_add_2_0', 'e_parameter_3_add_2_1', 'v_add_1', 'v_parameter_3'],
      ['e_mul_1_add_1_0', 'e_mul_2_add_1_1', 'v_mul_1', 'v_mul_2'],
      ['e_input_2_mul_2_0', 'e_parameter_2_mul_2_1', 'v_input_2', 'v_parameter_2'],
      ['e_input_1_mul_1_0', 'e_parameter_1_mul_1_1', 'v_input_1', 'v_parameter_1'],
    ]);
  }));

  test('of an array too, the card of the result beside its op', () => on('array.html#step=4', {}, async page => {
    assert.deepEqual(await hot(page), ['e_add_1_tanh_1_0', 'e_tanh_1_result', 'v_tanh_1', 'v_tanh_1_result']);
    assert.equal(await page.$eval('#v_tanh_1_result', card => getComputedStyle(card).opacity), '1');
  }));

  test('two ways that meet', () => on('diamond.html#step=99', {}, async page => {
    // d/dx (x² + x sin x) = 2x + sin x + x cos x at 1.5.
    const expected = 2 * 1.5 + Math.sin(1.5) + 1.5 * Math.cos(1.5);
    assert.match((await cards(page)).parameter_1, new RegExp('gradient ' + expected.toPrecision(4) + '$'));
  }));

  test('local derivatives show on the way back, shapes always', async () => {
    await on('neuron.html#step=6', {}, async page => {
      assert.deepEqual(await visible_texts(page, '.edge text'), []);
      await page.keyboard.press('ArrowRight');
      assert.deepEqual((await visible_texts(page, '.edge text')).sort(), ['0', '0.5', '1', '1', '1', '1', '1', '2', '−3'].sort());
    });
    await on('array.html', {}, async page => assert.deepEqual(await visible_texts(page, '.edge text'), ['6×3', '6×3']));
  });

  test('its line alone, in MathML, and the table at the end', () => on('neuron.html#step=8', {}, async page => {
    assert.deepEqual(await visible_texts(page, 'li h2'), ['backward Back through tanh']);
    const math = await page.$$eval('li.now math', all => all.map(math => [math.textContent, math.getBoundingClientRect().height]));
    assert.equal(math[0][0], '∂y∂v4');
    assert.ok(math.some(([text]) => text.includes('0.707107')));
    assert.equal(math.at(-1)[0], '=0.5');
    assert.ok(math.every(([, height]) => height > 10));
    assert.deepEqual(await visible_texts(page, 'tr'), []);
    await page.keyboard.press('End');
    assert.deepEqual(await visible_texts(page, 'tr'), ['leafgradientcentral differencerelative distance', 'x₁−1.5−1.5< 1e−5', 'x₂0.50.5< 1e−5',
      'w₁11< 1e−5', 'w₂00< 1e−5', 'b0.50.5< 1e−5']);
  }));
});

describe('every page', () => {
  for (const name of Object.keys(pages)) {
    for (const colorScheme of ['light', 'dark']) {
      for (const [window, size] of [['desktop', desktop], ['phone', phone]]) {
        test(`${name}, ${colorScheme}, ${window}: axe-core finds nothing, nothing is cut off`, () =>
          on(name + '.html', { colorScheme, size, scale: window === 'phone' ? 2 : 1, reducedMotion: 'reduce' }, async page => {
            const count = await page.locator('ol > li').count();
            for (const step of new Set([1, Math.ceil(count / 2), count])) {
              await page.goto(page.url().replace(/#.*/, '#step=' + step));
              assert.deepEqual(await axe_findings(page), [], 'step ' + step);
              assert.ok(await overflow(page) <= 0, `step ${step}: the page is too wide`);
              const unreachable = await page.$$eval('.equation, .wide, figure', all => all.filter(element =>
                element.scrollWidth > element.clientWidth + 1 && element.tabIndex !== 0).length);
              assert.equal(unreachable, 0, `step ${step}: something scrolls that the keyboard cannot reach`);
            }
            await page.screenshot({ path: file(`${name}-${colorScheme}-${window}.png`), fullPage: true });
          }));
      }
    }
    test(`${name}: without JavaScript`, () => on(name + '.html', { js: false }, async page => {
      const count = await page.locator('ol > li').count();
      assert.ok(count > 1);
      assert.equal(await page.locator('ol > li:visible').count(), count);
      assert.equal(await page.locator('.controls:visible, .lead:visible').count(), 0);
      assert.equal(await page.locator('.checks:visible').count(), 1);
      await page.screenshot({ path: file(name + '-without-js.png'), fullPage: true });
    }));
    test(`${name}: printed`, () => on(name + '.html#step=2', { colorScheme: 'dark', size: { width: 718, height: 1000 } }, async page => {
      await page.emulateMedia({ media: 'print' });
      const count = await page.locator('ol > li').count();
      assert.equal(await page.locator('ol > li:visible').count(), count);
      assert.equal(await page.locator('.controls:visible').count(), 0);
      assert.equal(await page.locator('.checks:visible').count(), 1);
      assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(255, 255, 255)');
      const hidden = await page.$$eval('svg text', all => all.filter(text => !text.checkVisibility({ visibilityProperty: true })).length);
      assert.equal(hidden, 0);
      assert.ok(await overflow(page) <= 0, 'something is wider than the paper');
      await page.screenshot({ path: file(name + '-print.png'), fullPage: true });
    }));
  }
});

test('nothing moves when that is not wanted', async () => {
  const moves = page => page.$eval('.node', node => getComputedStyle(node).transitionDuration);
  await on('neuron.html', { reducedMotion: 'reduce' }, async page => assert.equal(await moves(page), '0s'));
  await on('neuron.html', { reducedMotion: 'no-preference' }, async page => assert.notEqual(await moves(page), '0s'));
});

test('a small drawing is not blown up, a wide one keeps its letters readable on a phone', async () => {
  const letters = page => page.$$eval('svg text', all => all.map(text => text.getBoundingClientRect().height));
  await on('tiny.html', {}, async page => assert.ok(Math.max(...await letters(page)) < 24));
  await on('wide.html', { size: phone }, async page => assert.ok(Math.min(...await letters(page)) > 10));
});

test('the step is in view on a phone', () => on('neuron.html', { size: phone }, async page => {
  for (let k = 0; k < 12; ++k) {
    const seen = await page.$eval('figure', figure => {
      const box = figure.getBoundingClientRect();
      return [...figure.querySelectorAll('.node.hot')].some(node => {
        const inner = node.getBoundingClientRect();
        return inner.left >= box.left && inner.right <= box.right && inner.top >= box.top && inner.bottom <= box.bottom;
      });
    });
    assert.ok(seen, 'step ' + (k + 1));
    await page.keyboard.press('ArrowRight');
  }
}));

test('on a narrow phone every card of a step is in view if it fits, and so is the formula', async () => {
  for (const [name, steps] of [['neuron', 12], ['wide', 40], ['weights', 20]]) {
    for (const reducedMotion of ['reduce', 'no-preference']) {
      await on(name + '.html#step=1', { size: { width: 400, height: 800 }, reducedMotion }, async page => {
        for (let k = 1; k <= steps; ++k) {
          const said = await page.$eval('figure', figure => {
            const box = figure.getBoundingClientRect();
            const cards = [...figure.querySelectorAll('.node.hot')].map(card => card.getBoundingClientRect());
            const extent = (low, high) => Math.max(...cards.map(card => card[high])) - Math.min(...cards.map(card => card[low]));
            const fit = extent('left', 'right') <= figure.clientWidth - 16 && extent('top', 'bottom') <= figure.clientHeight - 16;
            const seen = cards.filter(card => card.left >= box.left && card.right <= box.left + figure.clientWidth + 1 &&
              card.top >= box.top && card.bottom <= box.top + figure.clientHeight + 1).length;
            const heading = document.querySelector('li.now h2').getBoundingClientRect();
            return { cards: cards.length, fit, seen, heading: heading.top >= 0 && heading.bottom <= innerHeight, page: scrollY };
          });
          assert.ok(said.cards > 0 && said.seen > 0 && (!said.fit || said.seen === said.cards), `${name}, step ${k}: ${JSON.stringify(said)}`);
          assert.ok(said.heading && said.page === 0, `${name}, step ${k}: the formula is away: ${JSON.stringify(said)}`);
          await page.keyboard.press('ArrowRight');
        }
        await page.screenshot({ path: file(`${name}-narrow.png`) });
      });
    }
  }
});

test('a hostile title is text', () => on('hostile.html', {}, async page => {
  assert.equal(await page.textContent('h1'), hostile);
  assert.equal(await page.evaluate(() => document.title), hostile);
  assert.equal(await page.locator('img, iframe, object, embed, link, a, [onerror], [onload]').count(), 0);
  assert.equal(await page.locator('script').count(), 2);
}));
