// The pages of `gradus train --lesson`.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { axe_findings, desktop, file, gradus, launch, overflow, phone, visible_texts, visit } from './browser.mjs';

const line = path.join(process.env.GRADUS_TEST_DATA, 'perceptron.csv');
const hostile = ['</script><b>', '@data@"\'&', '<img/src=x onerror=alert(1)>'];

/// Points of a few classes around their middles, the same on every run.
function clusters(middles, count) {
  let state = 1;
  const noise = () => { state = state * 48271 % 2147483647; return state / 2147483647 - 0.5; };
  const rows = Array.from({ length: count }, (_, k) => {
    const kind = k % middles.length;
    return [...middles[kind].map(x => (x + noise()).toFixed(4)), kind].join(',');
  });
  return 'length,width,kind\n' + rows.join('\n') + '\n';
}

const data = {
  'xor.csv': 'a,b,y\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n',
  'three.csv': clusters([[0, 0], [2, 0], [1, 2]], 90),
  'plane.csv': 'u,v,height\n' + clusters([[0, 0], [2, 1], [1, 2], [-1, 2], [-2, -1]], 400).split('\n').slice(1).join('\n'),
  'many.csv': 'a,b,c,y\n1,2,3,4\n2,1,0,3\n0,1,1,2\n3,3,1,7\n',
  'hostile.csv': hostile.map(name => '"' + name.replaceAll('"', '""') + '"').join(',') + '\n1,2,3\n2,1,5\n0,1,1\n',
};
const pages = {
  line: [line, '--target', 'y', '--epochs', '300'],
  xor: ['xor.csv', '--target', 'y', '--hidden', '8', '--loss', 'cross-entropy', '--rate', '0.5', '--epochs', '1000'],
  three: ['three.csv', '--target', 'kind', '--hidden', '8', '--loss', 'cross-entropy', '--rate', '0.2', '--epochs', '150'],
  plane: ['plane.csv', '--target', 'height', '--momentum', '0.5', '--epochs', '10'],
  many: ['many.csv', '--target', 'y', '--hidden', '5', '--epochs', '100'],
  badly_named: ['hostile.csv', '--target', hostile[2], '--epochs', '20'],
};

let browser;
before(async () => {
  for (const [name, text] of Object.entries(data)) fs.writeFileSync(file(name), text);
  for (const [name, lines] of Object.entries(pages)) gradus('train', ...lines, '--lesson', `train-${name}.html`);
  browser = await launch();
});
after(() => browser?.close());

const on = (name, options, what) => visit(browser, `train-${name}`, options, what);

const where = page => page.textContent('#where');
const number = text => Number(text.replace('−', '-').replace('e−', 'e-'));
/// The table of parameters: name to [value, gradient, moved].
const parameters = page => page.$$eval('#parameters tbody tr', rows =>
  rows.map(row => [row.cells[0].textContent, [...row.cells].slice(1).map(cell => cell.textContent)])).then(rows =>
  Object.fromEntries(rows.map(([name, cells]) => [name, cells.map(number)])));
const attribute = (page, selector, name) => page.getAttribute(selector, name);
// Pages print five digits, and what is worked out here starts from such.
const close = (a, b) => assert.ok(Math.abs(a - b) <= 1e-4 * Math.max(1, Math.abs(b)), `${a} is not ${b}`);

describe('stepping through epochs', () => {
  test('buttons, keys and slider', () => on('line.html', {}, async page => {
    assert.equal(await where(page), 'epoch 0 of 300');
    assert.equal(await page.locator('ol > li').count(), 61);
    for (const [button, then] of [['Next', 5], ['Next', 10], ['Previous', 5], ['Last', 300], ['Next', 300], ['First', 0],
      ['Previous', 0]]) {
      await page.getByRole('button', { name: button }).click({ force: true });
      assert.equal(await where(page), `epoch ${then} of 300`, button);
    }
    for (const [key, then] of [['ArrowRight', 5], ['End', 300], ['ArrowLeft', 295], ['Home', 0]]) {
      await page.keyboard.press(key);
      assert.equal(await where(page), `epoch ${then} of 300`, key);
    }
    const slider = page.getByRole('slider', { name: 'Epoch' });
    await slider.fill('61');
    assert.equal(await where(page), 'epoch 300 of 300');
    assert.match(await slider.getAttribute('aria-valuetext'), /^After 300 of 300 epochs: loss 0\.0321/);
  }));

  test('links, back and forward', () => on('line.html#epoch=100', {}, async page => {
    const first = 100;
    assert.equal(await where(page), 'epoch 100 of 300');
    await page.goto(page.url().replace(/#.*/, '#epoch=200'));
    const second = await where(page);
    await page.goBack();
    assert.equal(await where(page), `epoch ${first} of 300`);
    await page.goForward();
    assert.equal(await where(page), second);
    // The nearest of those that are recorded, here every fifth.
    for (const [asked, then] of [[0, 0], [102, 100], [103, 105], [299, 300], [99999, 300]]) {
      await page.goto(page.url().replace(/#.*/, '#epoch=' + asked));
      assert.equal(await where(page), `epoch ${then} of 300`);
    }
  }));

  test('play, pause, and again from the end', () => on('line.html', {}, async page => {
    await page.clock.install({ time: 0 });
    await page.reload();
    await page.clock.pauseAt(3600000);  // from here on time passes only when it is asked to
    const live = () => attribute(page, '#said', 'aria-live');
    assert.equal(await live(), 'polite');
    await page.getByRole('button', { name: 'Play' }).click();
    assert.equal(await live(), 'off');
    await page.clock.runFor(1000);
    const reached = number((await where(page)).split(' ')[1]);
    assert.ok(reached > 0 && reached < 300);
    await page.getByRole('button', { name: 'Pause' }).click();
    assert.equal(await live(), 'polite');
    await page.clock.runFor(5000);
    assert.equal(await where(page), `epoch ${reached} of 300`);
    await page.getByRole('button', { name: 'Play' }).click();
    await page.clock.runFor(60000);
    assert.equal(await where(page), 'epoch 300 of 300');
    assert.equal(await page.textContent('#play'), 'Play');
    await page.getByRole('button', { name: 'Play' }).click();
    await page.clock.runFor(400);
    assert.ok(number((await where(page)).split(' ')[1]) < 50);
    await page.keyboard.press('End');  // whoever steps stops the playing
    await page.clock.runFor(5000);
    assert.equal(await page.textContent('#play'), 'Play');
    assert.equal(await where(page), 'epoch 300 of 300');
  }));
});

describe('what an epoch shows', () => {
  test('the numbers of gradient descent, worked out again', () => on('line.html', {}, async page => {
    const points = fs.readFileSync(line, 'utf8').trim().split('\n').slice(1).map(row => row.split(',').map(Number));
    const start = await parameters(page);
    let w = start.w[0], b = start.b[0];
    const shown = new Map();
    for (let k = 0; k < 60; ++k) {
      shown.set(number((await where(page)).split(' ')[1]), [await parameters(page), await page.textContent('li.now bdi')]);
      await page.keyboard.press('ArrowRight');
    }
    assert.equal(shown.size, 60);
    const moved = [w, b];
    for (let epoch = 0; epoch <= 300; ++epoch) {
      let loss = 0, dw = 0, db = 0;
      for (const [x, y] of points) {
        const error = w * x + b - y;
        loss += error * error / points.length;
        dw += 2 * error * x / points.length;
        db += 2 * error / points.length;
      }
      if (shown.has(epoch)) {
        const [numbers, title] = shown.get(epoch);
        close(numbers.w[0], w);
        close(numbers.b[0], b);
        close(numbers.w[1], dw);
        close(numbers.b[1], db);
        close(numbers.w[2], w - moved[0]);
        close(number(/loss (\S+)$/.exec(title)[1]), loss);
      }
      w -= 0.05 * dw;
      b -= 0.05 * db;
    }
  }));

  test('the update with its numbers, in MathML', () => on('line.html#epoch=5', {}, async page => {
    const numbers = await parameters(page);
    const lines = await page.$$eval('li.now .equation', all => all.map(line => line.textContent.trim()));
    const update = /^w ←w−η·∂L∂w =(\S+)−0\.05·\(?(−?[\d.]+)\)? =(\S+)$/.exec(lines[1]);
    assert.ok(update, lines[1]);
    close(number(update[1]), numbers.w[0]);
    close(number(update[2]), numbers.w[1]);
    await page.keyboard.press('End');
    assert.equal(await page.locator('li.now .equation').count(), 1);  // no update follows
    const [, w, b] = /^ŷ =([\d.]+)\u2062?x\+([\d.]+)/.exec(await page.textContent('li.now .equation'));
    assert.deepEqual([Number(w).toFixed(2), Number(b).toFixed(2)], ['2.04', '0.98']);  // as the command says
  }));

  test('the dot, the line and the fitted line move', () => on('line.html', {}, async page => {
    const drawn = async () => [await attribute(page, '#loss', 'cx'), await attribute(page, '#loss', 'cy'),
      await attribute(page, '#cursor', 'transform'), await attribute(page, '#fit', 'd')];
    const before = await drawn();
    await page.keyboard.press('End');
    const end = await drawn();
    for (const k of before.keys()) assert.notEqual(before[k], end[k]);
    // At the end the line goes through the points: as many above it as below, about.
    const sides = await page.evaluate(() => {
      const fit = document.getElementById('fit'), length = fit.getTotalLength();
      const from = fit.getPointAtLength(0), to = fit.getPointAtLength(length);
      const height = x => from.y + (to.y - from.y) * (x - from.x) / (to.x - from.x);
      const points = [...document.querySelectorAll('.point')];
      return [points.length, points.filter(point => point.cy.baseVal.value < height(point.cx.baseVal.value)).length];
    });
    assert.equal(sides[0], 100);
    assert.ok(sides[1] > 35 && sides[1] < 65, sides[1]);
  }));

  test('the plane of two inputs: each mark lies on the colour of its class, once that is learned', async () => {
    for (const [name, kinds] of [['xor', 2], ['three', 3]]) {
      await on(name + '.html#epoch=1000', {}, async page => {
        const fills = await page.evaluate(() => {
          const cells = [...document.querySelectorAll('#cells rect')];
          return [...document.querySelectorAll('.mark')].map(mark => {
            const { e, f } = mark.transform.baseVal.consolidate().matrix;
            const under = cells.findLast(cell => e >= cell.x.baseVal.value && f >= cell.y.baseVal.value &&
              e <= cell.x.baseVal.value + cell.width.baseVal.value && f <= cell.y.baseVal.value + cell.height.baseVal.value);
            return [mark.getAttribute('fill'), under.getAttribute('fill')];
          });
        });
        // Which of red, green and blue is strongest and weakest: of a mark and of what lies under it.
        const hue = color => {
          const parts = [1, 3, 5].map(k => parseInt(color.slice(k, k + 2), 16));
          return parts.indexOf(Math.max(...parts)) * 3 + parts.indexOf(Math.min(...parts));
        };
        assert.equal(new Set(fills.map(([mark]) => mark)).size, kinds);
        const right = fills.filter(([mark, under]) => hue(mark) === hue(under)).length;
        assert.ok(right >= 0.95 * fills.length, `${right} of ${fills.length}`);
      });
    }
  });

  test('the boundary changes with the epochs', () => on('xor.html', {}, async page => {
    const before = await attribute(page, '#boundary', 'd');
    await page.keyboard.press('End');
    const end = await attribute(page, '#boundary', 'd');
    assert.notEqual(before, end);
    assert.match(end, /^(M[\d.]+ [\d.]+L[\d.]+ [\d.]+)+$/);
    assert.match(await page.textContent('li.now bdi'), /accuracy 100\.0 %$/);
  }));

  test('the network: its weights, gradients and what an example becomes', () => on('xor.html', {}, async page => {
    const steps = JSON.parse(await page.textContent('#data')).steps;
    const widths = () => page.$$eval('#network .edge', all => all.map(edge => Number(edge.getAttribute('stroke-width'))));
    const told = () => page.$$eval('#network .unit text', all => all.map(text => text.textContent));
    assert.equal((await widths()).length, 2 * 8 + 8 * 2);
    const check = async step => {
      const seen = await page.$$eval('#network .edge', all => all.map(edge =>
        [Number(edge.dataset.k), Number(edge.getAttribute('stroke-width')), edge.classList.contains('minus')]));
      const most = Math.max(...steps.flatMap(each => each.weights).map(Math.abs));
      for (const [k, width, minus] of seen) {
        assert.ok(Math.abs(width - (0.4 + 5.6 * Math.abs(step.weights[k]) / most)) < 0.06, `${k}: ${width}`);
        assert.equal(minus, step.weights[k] < 0);
      }
      const [a, b] = step.units[0].slice(10);  // the scores of the first example
      close(number((await told())[10]), Number(a.toPrecision(3)));
      close(number((await told())[11]), Number(b.toPrecision(3)));
    };
    await check(steps[0]);
    await page.keyboard.press('End');
    await check(steps.at(-1));
    // (0, 0) is of class 0, (0, 1) of class 1.
    const scores = async () => (await told()).slice(10).map(number);
    assert.ok((await scores())[0] > (await scores())[1]);
    await page.getByLabel('Example').selectOption('2');
    assert.deepEqual((await told()).slice(0, 2), ['0', '1']);
    assert.ok((await scores())[0] < (await scores())[1]);
    const before = await widths();
    await page.getByLabel('Lines show').selectOption('gradients');
    assert.notDeepEqual(await widths(), before);
    assert.ok(Math.max(...await widths()) > 5.9);
    await page.keyboard.press('Home');  // keys are the choice's as long as it has the focus
    assert.equal(await where(page), 'epoch 1000 of 1000');
  }));

  test('few parameters have names in the figure', () => on('xor.html', {}, async page => {
    assert.equal(await page.locator('figure text[class^=c]').count(), 6);
    assert.match((await visible_texts(page, 'figcaption')).at(-1), /^The paths of 24 of the 42 parameters/);
  }));

  test('of more than two inputs there is no picture of the data', () => on('many.html', {}, async page => {
    assert.equal(await page.locator('figure').count(), 3);  // the loss, the network, the parameters
  }));
});

describe('every page', () => {
  for (const name of Object.keys(pages)) {
    for (const colorScheme of ['light', 'dark']) {
      for (const [window, size] of [['desktop', desktop], ['phone', phone]]) {
        test(`${name}, ${colorScheme}, ${window}: axe-core finds nothing, nothing is cut off`, () =>
          on(name + '.html', { colorScheme, size, scale: window === 'phone' ? 2 : 1, reducedMotion: 'reduce' }, async page => {
            for (const key of ['Home', 'ArrowRight', 'End']) {
              await page.keyboard.press(key);
              assert.deepEqual(await axe_findings(page), [], key);
              assert.ok(await overflow(page) <= 0, `${key}: the page is too wide`);
            }
            await page.keyboard.press('ArrowLeft');
            await page.screenshot({ path: file(`train-${name}-${colorScheme}-${window}.png`), fullPage: true });
          }));
      }
    }
    test(`${name}: without JavaScript the end and the table of all recorded epochs`, () => on(name + '.html', { js: false }, async page => {
      assert.equal(await page.locator('ol > li:visible').count(), 1);
      assert.match(await page.locator('ol > li:visible').textContent(), /training ends here/);
      assert.equal(await page.locator('.recorded tbody tr:visible').count(), await page.locator('ol > li').count());
      assert.equal(await page.locator('.controls:visible, .lead:visible').count(), 0);
      await page.screenshot({ path: file(`train-${name}-without-js.png`), fullPage: true });
    }));
    test(`${name}: printed`, () => on(name + '.html', { colorScheme: 'dark', size: { width: 718, height: 1000 } }, async page => {
      await page.keyboard.press('End');
      await page.emulateMedia({ media: 'print' });
      assert.equal(await page.locator('ol > li:visible').count(), 1);
      assert.equal(await page.locator('.controls:visible').count(), 0);
      assert.ok(await page.locator('.recorded tbody tr:visible').count() > 10);
      assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(255, 255, 255)');
      assert.ok(await overflow(page) <= 0, 'something is wider than the paper');
      await page.screenshot({ path: file(`train-${name}-print.png`), fullPage: true });
    }));
  }
});

test('hostile column names are text', () => on('badly_named.html', {}, async page => {
  assert.equal(await page.textContent('h1'), `Learning ${hostile[2]} from ${hostile[0]}, ${hostile[1]}`);
  assert.ok((await page.$$eval('.axes text', all => all.map(text => text.textContent))).includes(hostile[0]));
  assert.equal(await page.locator('img, b, iframe, a, link, [onerror], [onload]').count(), 0);
  assert.equal(await page.locator('script').count(), 2);
}));
