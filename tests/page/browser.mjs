// Chromium, opened on a page that gradus has written.  Nothing may leave the page, and nothing may complain.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const folder = path.dirname(fileURLToPath(import.meta.url));
const axe = fs.readFileSync(path.join(folder, 'node_modules/axe-core/axe.min.js'), 'utf8');
const quiet = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

export const desktop = { width: 1180, height: 840 }, phone = { width: 390, height: 800 };

/// Runs gradus, and says on failure what it said.
export function gradus(...args) {
  return execFileSync(process.env.GRADUS, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM, args: quiet });

export const file = name => path.join(folder, name);

/// Opens `name` (and what follows after #) in a window of its own.  `check()` closes it and tells of everything that
/// went wrong meanwhile.
export async function open(browser, name, { size = desktop, scale = 1, js = true, ...emulate } = {}) {
  const context = await browser.newContext({ viewport: size, deviceScaleFactor: scale, javaScriptEnabled: js, ...emulate });
  const page = await context.newPage();
  const [base, hash] = name.split('#');
  const address = pathToFileURL(path.join(folder, base)).href;
  const trouble = [];
  page.on('console', message => trouble.push('console: ' + message.text()));
  page.on('pageerror', error => trouble.push('error: ' + error));
  page.on('dialog', dialog => { trouble.push('dialog: ' + dialog.message()); return dialog.dismiss(); });
  page.on('popup', () => trouble.push('a window was opened'));
  await context.route('**', route => {
    const asked = route.request().url().split('#')[0];
    if (asked === address) return route.continue();
    trouble.push('request: ' + asked);
    return route.abort();
  });
  // Of violations of the page's policy, before anything else runs.
  if (js) {
    await page.addInitScript(() => {
      window.violations = [];
      document.addEventListener('securitypolicyviolation', event => window.violations.push(event.violatedDirective));
    });
  }
  await page.goto(address + (hash === undefined ? '' : '#' + hash));
  const check = async () => {
    if (js) trouble.push(...await page.evaluate(() => window.violations));
    await context.close();
    assert.deepEqual(trouble, []);
  };
  return { page, check };
}

/// Opens a page, does something with it, gives what comes of that, and tells of everything that went wrong.
export async function visit(browser, name, options, what) {
  const { page, check } = await open(browser, name, options);
  const result = await what(page);
  await check();
  return result;
}

/// What axe-core finds wrong.
export async function axe_findings(page) {
  await page.evaluate(axe + ';0');
  const { violations } = await page.evaluate(() => window.axe.run());
  return violations.map(v => `${v.id}: ${v.nodes.map(node => node.html.slice(0, 120)).join(' | ')}`);
}

/// Pixels by which the page is wider than the window.
export const overflow = page =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/// The texts of all elements that a reader can see.
export const visible_texts = (page, selector) => page.$$eval(selector, elements =>
  elements.filter(element => element.checkVisibility({ visibilityProperty: true }))
    .map(element => element.textContent.trim().replace(/\s+/g, ' ')));
