// Lessons with blanks.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { axe_findings, gradus, launch, overflow, phone, visit } from './browser.mjs';

const neuron = ['tanh(w*x + b)', '--var', 'x=2', '--param', 'w=-3', '--param', 'b=6.5'];
let browser;
before(async () => {
  for (const level of ['number', 'derivative', 'step']) gradus('lesson', ...neuron, '--quiz=' + level, '-o', `quiz-${level}.html`);
  gradus('lesson', 'sum(W @ x)', '--var', 'x=[1,2]', '--param', 'W=[[1,2],[3,4]]', '--quiz', '-o', 'quiz-array.html');
  browser = await launch();
});
after(() => browser?.close());

const on = (name, options, what) => visit(browser, name, options, what);
const line = page => page.$eval('li.now .equation', equation => [...equation.querySelectorAll(':scope > math')].map(math => math.textContent).join(' '));

test('a number is filled in, checked, and shown when it is right', () => on('quiz-number.html#step=2', {}, async page => {
  const field = page.getByRole('textbox', { name: 'Blank 1' }), check = page.getByRole('button', { name: 'Check blank 1' });
  assert.ok(!(await page.textContent('li.now')).includes('−6'), 'the answer is not there yet');
  assert.equal(await page.locator('#a_value_mul_1.known').count(), 0, 'nor in the drawing');
  for (const [typed, said] of [['5', /off by more than 1 %/], ['6', /sign/], ['six', /no number/], ['', /One number/], ['1, 2', /no number/]]) {
    await field.fill(typed);
    await check.click();
    assert.match(await page.textContent('li.now output'), said, typed);
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
  }
  assert.deepEqual(await axe_findings(page), []);
  await field.fill('−6');
  await page.keyboard.press('Enter');
  assert.match(await page.textContent('li.now'), /✓ Right/);
  assert.match(await line(page), /=−6$/);
  assert.equal(await page.locator('#a_value_mul_1.known').count(), 1, 'then the drawing has it too');
}));

test('levels leave less and less', async () => {
  // Back through tanh: ∂y/∂v₂ = ∂y/∂y·∂y/∂v₂ = ∂y/∂y·(1 − y²) = …
  const left = {};
  for (const level of ['number', 'derivative', 'step']) {
    await on(`quiz-${level}.html#step=6`, {}, async page => {
      assert.match(await page.textContent('li.now h2'), /Back through tanh/);
      left[level] = await page.$$eval('li.now .equation', all => all.flatMap(equation => [...equation.querySelectorAll(':scope > math')]).length);
      assert.equal(await page.locator('#graph.asking').count(), 1);
    });
  }
  assert.ok(left.number > left.derivative || left.number > left.step, JSON.stringify(left));
  assert.ok(left.step < left.number && left.step <= left.derivative, JSON.stringify(left));
  assert.equal(left.step, 1);
});

test('whoever gives up is shown the whole line', () => on('quiz-step.html#step=6', {}, async page => {
  await page.getByRole('button', { name: /^Show blank/ }).first().click();
  assert.match(await line(page), /1−y2/);
  assert.equal(await page.locator('#graph.asking').count(), 0);
}));

test('arrays are asked for number by number', () => on('quiz-array.html#step=3', {}, async page => {
  const field = page.getByRole('textbox').first();
  await field.fill('5');
  await page.keyboard.press('Enter');
  assert.match(await page.textContent('li.now output'), /2 numbers/);
  await field.fill('[5, 11]');
  await page.keyboard.press('Enter');
  assert.match(await page.textContent('li.now'), /✓ Right/);
}));

test('keys of a field do not step; on a phone nothing is cut off; without scripts there are lines to write on', async () => {
  await on('quiz-number.html#step=2', { size: phone }, async page => {
    await page.getByRole('textbox', { name: 'Blank 1' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('End');
    assert.equal(await page.textContent('#where'), '2 of 8');
    assert.ok(await overflow(page) <= 0);
    assert.equal(await page.locator('#inputs').count(), 0);
  });
  await on('quiz-number.html', { js: false }, async page => {
    assert.match(await page.textContent('ol'), /____ \[1\]/);
    assert.equal(await page.locator('input:visible').count(), 0);
  });
});
