// Drawings in Chromium where DejaVu is the only family of fonts, and where Liberation is: no text leaves its card, and no
// two texts overlap.  tests/tools/output/fitting_text_test.py measures librsvg.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { file, gradus } from './browser.mjs';

const neuron = ['tanh(w*x + b)', '--var', 'x=2', '--param', 'w=-3', '--param', 'b=6.5'];
const uses = ['x*x + sin(x*w)*x + exp(w) - x/w + relu(x*w)', '--var', 'x=1.5', '--param', 'w=0.25'];
const matrix = ['mean((x @ W + b - y)^2)', '--var', 'x=[[1,2,3],[4,5,6]]', '--param', 'W=[[0.1,-0.2],[0.3,0.4],[-0.5,0.6]]',
  '--param', 'b=[0.01,-0.02]', '--const', 'y=[[1,0],[0,1]]'];
const drawn = {
  neuron: [...neuron, '--title', 'A neuron with a title that is rather long'],
  down: [...uses, '--direction', 'TB'], left: [...uses, '--direction', 'RL'], uses, copies: [...uses, '--copies'],
  matrix, gradients: [...matrix, '--color', 'gradient'], shapes: [...matrix, '--detail', 'shape', '--title', 'Matrices'],
  digits: ['z = wwwwwwwwww*mmmmmmmmmm + WWWWWWWWWW; tanh(z)*0.123456789', '--param', 'wwwwwwwwww=0.12345678', '--var',
    'mmmmmmmmmm=-1234567.8', '--param', 'WWWWWWWWWW=1e-7', '--digits', '15'],
};
const pictures = path.join(process.env.GRADUS_TEST_DATA, '../../examples/pictures');

/// A configuration of fontconfig in which a family is the only one; null if it is not installed.
function fonts_of(family) {
  const found = execFileSync('fc-list', [`:family=${family} Sans`, 'file'], { encoding: 'utf8' });
  const folders = new Set(found.split('\n').filter(Boolean).map(line => path.dirname(line.replace(/: *$/, ''))));
  if (folders.size === 0) return null;
  const usual = { 'sans-serif': 'Sans', monospace: family === 'DejaVu' ? 'Sans Mono' : 'Mono' };
  const prefer = Object.entries(usual).map(([name, real]) =>
    `<alias><family>${name}</family><prefer><family>${family} ${real}</family></prefer></alias>`);
  fs.writeFileSync(file(family + '.conf'), '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>' +
    [...folders].map(folder => `<dir>${folder}</dir>`).join('') + prefer.join('') +
    `<cachedir>${file('cache-' + family)}</cachedir></fontconfig>`);
  return file(family + '.conf');
}

/// What is wrong in the drawing that a page shows.
function faults() {
  const tolerance = 1;
  const box = element => element.getBoundingClientRect();
  const texts = [...document.querySelectorAll('text')].filter(text => text.textContent.trim() !== '');
  const out = [];
  for (const text of texts) {
    const card = text.closest('.node, .cluster');
    if (!card) continue;
    const inner = box(text), outer = box(card.querySelector('path, polygon'));
    // The room above and below the letters may reach out of small cards.
    if (inner.left < outer.left - tolerance || inner.right > outer.right + tolerance) {
      out.push(`${text.textContent} leaves its card: ${inner.left}…${inner.right} in ${outer.left}…${outer.right}`);
    }
  }
  // Letters fill the middle of the line's height.
  const letters = text => {
    const { left, right, top, bottom } = box(text);
    return { left, right, top: top + 0.2 * (bottom - top), bottom: bottom - 0.2 * (bottom - top), said: text.textContent };
  };
  const boxes = texts.map(letters).sort((a, b) => a.left - b.left);
  boxes.forEach((a, k) => {
    for (const b of boxes.slice(k + 1)) {
      const across = Math.min(a.right, b.right) - b.left, down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > tolerance && down > tolerance) out.push(`${a.said} overlaps ${b.said}`);
    }
  });
  return { count: texts.length, out };
}

for (const family of ['DejaVu', 'Liberation']) {
  const fonts = fonts_of(family);
  test(`drawings with no fonts but ${family}`, { skip: fonts === null && `there are no ${family} fonts` }, async () => {
    for (const [name, args] of Object.entries(drawn)) gradus('draw', ...args, '-o', `drawn-${name}.svg`);
    const files = [...Object.keys(drawn).map(name => file(`drawn-${name}.svg`)),
      ...fs.readdirSync(pictures).filter(name => name.endsWith('.svg')).map(name => path.join(pictures, name))];
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-gpu'],
      env: { ...process.env, FONTCONFIG_FILE: fonts } });
    const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
    let count = 0;
    const wrong = [];
    for (const svg of files) {
      await page.goto(pathToFileURL(svg).href);
      const found = await page.evaluate(faults);
      count += found.count;
      wrong.push(...found.out.map(fault => `${path.basename(svg)}: ${fault}`));
    }
    await page.goto(pathToFileURL(file('drawn-neuron.svg')).href);
    await page.screenshot({ path: file(`drawn-neuron-${family}.png`) });
    // The measurement sees a text that is too long.
    await page.evaluate(() => document.querySelectorAll('text').forEach(text => text.setAttribute('font-size', '24')));
    assert.notEqual((await page.evaluate(faults)).out.length, 0);
    await browser.close();
    assert.ok(count > 400, `${count} texts`);
    assert.deepEqual(wrong, []);
  });
}
