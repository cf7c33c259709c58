// How a lesson is looked at: the size of its drawing, on a wall and on a phone, played and swiped.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { axe_findings, desktop, file, gradus, launch, phone, visit } from './browser.mjs';

const wall = { width: 1920, height: 1080 };
let browser;
before(async () => {
  gradus('lesson', 'tanh(x1*w1 + x2*w2 + b)', '--var', 'x1=2', '--var', 'x2=0', '--param', 'w1=-3', '--param', 'w2=1', '--param', 'b=6.875', '-o', 'view.html');
  gradus('lesson', 'sigmoid(tanh(sin(exp(-(x*x*a + y*y*b + z*z*c)/(a^2 + b^2 + c^2)))*cos(log(x + y + z) + 1)) + a*b*c)',
    '--param', 'a=1.25', '--param', 'b=2.5', '--param', 'c=0.125', '--var', 'x=1', '--var', 'y=2', '--var', 'z=3', '-o', 'broad.html');
  browser = await launch();
});
after(() => browser?.close());

const on = (name, options, what) => visit(browser, name, options, what);
const size = page => page.$eval('figure svg', svg => svg.getBoundingClientRect().width);
const fits = page => page.$eval('figure', figure => figure.scrollWidth <= figure.clientWidth + 1 && figure.scrollHeight <= figure.clientHeight + 1);
const where = page => page.textContent('#where');

describe('the drawing', () => {
  test('fits where it can be read', () => on('view.html', {}, async page => {
    assert.ok(await fits(page));
    assert.equal(await page.getAttribute('#fit', 'aria-pressed'), 'true');
    assert.ok(await page.locator('#overview').isHidden());
  }));

  test('fit, smaller and larger, by buttons and keys', () => on('broad.html', {}, async page => {
    assert.ok(!await fits(page));
    const before = await size(page);
    await page.getByRole('button', { name: 'Fit' }).click();
    assert.ok(await fits(page));
    const whole = await size(page);
    assert.ok(whole < before);
    await page.getByRole('button', { name: 'Larger' }).click();
    assert.ok(Math.abs(await size(page) / whole - 1.25) < 0.01);
    await page.getByRole('button', { name: 'Smaller' }).click();
    assert.ok(Math.abs(await size(page) / whole - 1) < 0.01);
    await page.keyboard.press('+');
    assert.ok(await size(page) > whole * 1.2);
    await page.keyboard.press('0');
    assert.ok(await fits(page));
    for (let k = 0; k < 30; ++k) await page.keyboard.press('+');
    assert.ok(await size(page) < 20 * before, 'there is a largest size');
    assert.deepEqual(await axe_findings(page), []);
  }));

  test('the overview shows where one is, and leads elsewhere', () => on('broad.html#step=1', {}, async page => {
    const overview = page.locator('#overview');
    assert.ok(await overview.isVisible());
    assert.ok(await page.locator('#overview .bar.lit').count() > 0);
    const left = () => page.$eval('figure', figure => figure.scrollLeft);
    const box = await overview.boundingBox();
    await page.mouse.click(box.x + box.width * 0.9, box.y + box.height / 2);
    const far = await left();
    await page.mouse.click(box.x + box.width * 0.1, box.y + box.height / 2);
    assert.ok(await left() < far);
    const frame = await page.$eval('#overview .frame', rect => Number(rect.getAttribute('x')) );
    assert.ok(Number.isFinite(frame));
  }));
});

describe('on a wall of 1920 pixels', () => {
  for (const name of ['view', 'broad']) {
    test(name + ': letters can be read from the fifth row, and the words are in sight', () => on(name + '.html#step=9', { size: wall }, async page => {
      // A sixtieth of the height of the picture, as for slides.
      const letters = await page.$$eval('figure svg text', all => all.map(text => parseFloat(text.getAttribute('font-size')) *
        text.ownerSVGElement.getBoundingClientRect().width / text.ownerSVGElement.viewBox.baseVal.width));
      assert.ok(Math.min(...letters) >= 1080 / 90, String(Math.min(...letters)));
      const heading = await page.$eval('li.now h2', h2 => ({ box: h2.getBoundingClientRect().bottom, font: parseFloat(getComputedStyle(h2).fontSize) }));
      assert.ok(heading.box <= 1080 && heading.font >= 1080 / 45, JSON.stringify(heading));
      const math = await page.$eval('li.now math', math => math.getBoundingClientRect().bottom);
      assert.ok(math <= 1080, 'the first formula is in sight');
      await page.screenshot({ path: file(name + '-wall.png') });
    }));
  }
});

describe('on a phone', () => {
  test('the words and the buttons are in sight without scrolling', () => on('broad.html#step=20', { size: phone }, async page => {
    for (const selector of ['li.now h2', 'li.now math', '#next', '#where']) {
      const box = await page.locator(selector).first().boundingBox();
      assert.ok(box.y >= 0 && box.y + box.height <= phone.height, `${selector}: ${JSON.stringify(box)}`);
    }
    assert.equal(await page.evaluate(() => scrollY), 0);
  }));

  test('a swipe goes on and back, a tap and a scroll do not', () => on('view.html#step=3', { size: phone, hasTouch: true }, async page => {
    const swipe = (fromX, toX, fromY, toY) => page.$eval('#words', (words, [a, b, c, d]) => {
      const touch = (x, y) => new Touch({ identifier: 1, target: words, clientX: x, clientY: y });
      words.dispatchEvent(new TouchEvent('touchstart', { touches: [touch(a, c)], changedTouches: [touch(a, c)], bubbles: true }));
      words.dispatchEvent(new TouchEvent('touchend', { touches: [], changedTouches: [touch(b, d)], bubbles: true }));
    }, [fromX, toX, fromY, toY]);
    for (const [move, then] of [[[300, 100, 500, 510], '4 of 12'], [[100, 300, 500, 490], '3 of 12'], [[200, 205, 500, 500], '3 of 12'],
      [[200, 120, 500, 200], '3 of 12']]) {
      await swipe(...move);
      assert.equal(await where(page), then, String(move));
    }
  }));
});

test('playing goes on by itself, stops at the end, and when somebody steps', () => on('view.html#step=10', { size: desktop }, async page => {
  await page.clock.install();
  const play = page.locator('#play');
  await play.click();
  assert.equal(await play.textContent(), 'Pause');
  assert.equal(await page.getAttribute('#words', 'aria-live'), 'off');
  await page.clock.runFor(4000);
  assert.equal(await where(page), '11 of 12');
  await page.clock.runFor(20000);
  assert.equal(await where(page), '12 of 12');
  assert.equal(await play.textContent(), 'Play');
  await play.click();
  assert.equal(await where(page), '1 of 12', 'from the start again');
  await page.keyboard.press('ArrowRight');
  assert.equal(await play.textContent(), 'Play');
  await page.clock.runFor(20000);
  assert.equal(await where(page), '2 of 12');
}));
