// Inputs that are moved: what a page says then is what the command writes for those inputs.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { axe_findings, gradus, launch, overflow, phone, visit } from './browser.mjs';

const neuron = ['tanh(x1*w1 + x2*w2 + b)', { x1: 2, x2: 0, w1: -3, w2: 1, b: 6.875 }];
// An expression, the inputs its page is written for, and those they are moved to.
const lessons = {
  neuron: [...neuron, { x1: 1.5, x2: -0.5, w1: 0.25, w2: -2, b: 0.375 }],
  diamond: ['x^2 + sin(x)*x', { x: 1.5 }, { x: -0.25 }],
  cross: ['-(y*log(p) + (1 - y)*log(1 - p))', { y: 0.25, p: 0.5 }, { y: 0.75, p: 0.125 }],
  loss: ['(sigmoid(w*x + b) - y)^2/2', { x: 2, w: 0.5, b: -1.25, y: 1 }, { x: -1.5, w: 1.25, b: 0.5, y: 0 }],
  layer: ['sum(tanh(W @ x + b))', { x: [1, 2], W: [[0.5, -0.25], [1, 0.75]], b: [0.5, -0.5] },
    { x: [-1, 0.5], W: [[0.25, 0.5], [-1, 2]], b: [0, 1.5] }],
  softmax: ['sum(softmax(z)*c)', { z: [1, 2, 0.5], c: [1, 0.25, -0.5] }, { z: [0.25, -1, 2], c: [0.5, 1, 2] }],
  relu: ['relu(w*x + b)', { x: 2, w: 1.5, b: 0.25 }, { x: 2, w: -1.5, b: 0.25 }],
};

let browser;
const written = (name, values) => {
  gradus('lesson', lessons[name][0], ...Object.entries(values).flatMap(([key, value]) => ['--var', `${key}=${JSON.stringify(value)}`]),
    '--title', name, '-o', name + '.html');
  return name + '.html';
};
before(async () => { browser = await launch(); });
after(() => browser?.close());

const on = (name, options, what) => visit(browser, name, options, what);

/// What the steps and the drawing say.  Signs apart: a page that is written may say more of a number than that it was rounded.
const told = page => page.evaluate(() => ({
  steps: [...document.querySelectorAll('ol > li')].map(item => ({
    title: item.querySelector('h2').textContent,
    equations: [...item.querySelectorAll('.equation')].map(equation => [...equation.children].filter(side => !side.hidden &&
      !side.hasAttribute('hidden')).map(side => side.textContent.replace(/^[=≈]/, '')).join(' = ')),
  })),
  drawing: Object.fromEntries([...document.querySelectorAll('#graph .node, #graph .edge')].map(element => [element.id,
    [...element.querySelectorAll('text')].map(text => text.textContent.trim()).join(' ')])),
}));
const link = values => '#step=1&at=' + Object.values(values).flat(3).join(',');

describe('a page that was moved', () => {
  for (const [name, [, given, moved]] of Object.entries(lessons)) {
    test(name + ': says what one says that is written there', async () => {
      const there = await on(written(name, moved), {}, told);
      const [live, again] = await on(written(name, given) + link(moved), {}, async page => {
        assert.equal(await page.evaluate(() => document.documentElement.classList.contains('moved')), true);
        const said = await told(page);
        await page.getByRole('button', { name: 'Reset the inputs' }).click();
        return [said, await told(page)];
      });
      assert.deepEqual(live, there);
      assert.deepEqual(again, await on(name + '.html', {}, told));
    });
  }
});

describe('sliders', () => {
  before(() => written('neuron', neuron[1]));

  test('from the keyboard, with what a screen reader hears', () => on('neuron.html#step=7', {}, async page => {
    const slider = page.getByRole('slider', { name: 'x₁' });
    await slider.focus();
    await page.keyboard.press('ArrowRight');
    const x = Number(await slider.inputValue());
    assert.ok(x > 2 && x < 2.2, String(x));
    assert.equal(await slider.getAttribute('aria-valuetext'), String(x));
    assert.equal(await page.textContent('#where'), '7 of 12', 'the step stays');
    assert.equal(await page.getByRole('spinbutton', { name: 'x₁, as a number' }).inputValue(), String(x));
    const y = Math.tanh(-3 * x + 6.875);
    const card = await page.textContent('#a_value_tanh_1');
    assert.ok(Math.abs(Number(card.trim().replace('−', '-')) - y) < 6e-5, card);
    assert.match(page.url(), new RegExp(`#step=7&at=${String(x).replace('.', '\\.')},0,-3,1,6\\.875$`));
    assert.deepEqual(await axe_findings(page), []);
  }));

  test('numbers that are typed, and half of a number', () => on('neuron.html#step=12', {}, async page => {
    const field = page.getByRole('spinbutton', { name: 'b, as a number' });
    await field.fill('0.5');
    assert.match(await page.textContent('#a_value_parameter_3, #a_value_input_5'), /0\.5/);
    await field.fill('');
    assert.match(page.url(), /,0\.5$/, 'nothing is no number');
  }));

  test('links, and the way back', () => on('neuron.html#step=3&at=1,2,3,4,5', {}, async page => {
    assert.equal(await page.textContent('#where'), '3 of 12');
    assert.match(page.url(), /#step=3&at=1,2,3,4,5$/);
    await page.keyboard.press('ArrowRight');
    assert.match(page.url(), /#step=4&at=1,2,3,4,5$/);
    for (const [hash, then] of [['#step=5&at=1,2', 'too few'], ['#step=5&at=1,2,3,4,x', 'none'], ['#step=5&at=1,,3,4,5', 'a gap']]) {
      await page.evaluate(to => { location.hash = to; }, hash);
      await page.waitForFunction(() => document.getElementById('where').textContent === '5 of 12');
      assert.match(page.url(), /#step=5&at=1,2,3,4,5$/, then);
    }
    const reset = page.getByRole('button', { name: 'Reset the inputs' });
    await reset.click();
    assert.match(page.url(), /#step=5$/);
    assert.equal(await reset.getAttribute('aria-disabled'), 'true');
  }));

  test('on a phone nothing is cut off', () => on('neuron.html#step=12&at=1.125,0.123456789,-3,1,-100000', { size: phone }, async page => {
    assert.ok(await overflow(page) <= 0);
    assert.deepEqual(await axe_findings(page), []);
  }));

  test('numbers stay inside their cards', () => on('neuron.html#step=12&at=-1234.5,0.25,-31.25,1,-1000', {}, async page => {
    const outside = await page.$$eval('#graph .node', nodes => nodes.flatMap(node => {
      const card = node.querySelector('path').getBoundingClientRect();
      return [...node.querySelectorAll('text')].filter(text => text.getBoundingClientRect().right > card.right + 1).map(text => text.textContent);
    }));
    assert.deepEqual(outside, []);
  }));

  test('what cannot be moved says why', async () => {
    gradus('lesson', 'argmax(x)*x', '--var', 'x=[1,2,0.5]', '-o', 'still.html');
    await on('still.html', {}, async page => {
      assert.match(await page.textContent('#inputs'), /cannot be moved: something is computed from them that has no derivative/);
      assert.equal(await page.locator('#inputs input').count(), 0);
    });
  });
});
