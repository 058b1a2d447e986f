// Light and dark, wide and narrow, on paper: all of it can be read.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Browser, needBrowser } from './browser.mjs';
import { fullReport } from './reports.mjs';

needBrowser();
let browser;
before(async () => (browser = await Browser.start()));
after(() => browser?.close());

// Runs in the page: the contrast of every text with what lies behind it, by WCAG 2.2, "contrast ratio". In a chart that
// is the card, for no text lies on a bar.
function worstContrast() {
  const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = channels(colour)
      .slice(0, 3)
      .map((value) => {
        const share = value / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if ((channels(colour)[3] ?? 1) > 0) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const texts = [...document.querySelectorAll('body *')].filter(
    (node) =>
      node.checkVisibility() &&
      node.tagName !== 'SCRIPT' &&
      [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim()),
  );
  const found = texts.map((node) => {
    const style = getComputedStyle(node);
    const [one, other] = [luminance(node.closest('svg') ? style.fill : style.color), luminance(behind(node))];
    return [(Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05), node.textContent.trim().slice(0, 40)];
  });
  return {
    texts: found.length,
    inCharts: texts.filter((node) => node.closest('svg')).length,
    worst: found.sort((a, b) => a[0] - b[0])[0],
  };
}

const background = (page) => page.value('getComputedStyle(document.body).backgroundColor');
const charts = (page) =>
  page.value(`[...document.querySelectorAll('.chart svg')].map((svg) => svg.innerHTML).join('')`);

for (const scheme of ['light', 'dark'])
  test(`all texts stand out, ${scheme}`, async () => {
    const page = await browser.open(fullReport(), { scheme });
    const { texts, inCharts, worst } = await page.value(`(${worstContrast})()`);
    assert.ok(texts > 150 && inCharts > 60, `${texts} texts, ${inCharts} of them in charts`);
    assert.ok(worst[0] >= 4.5, `${worst[1]}: ${worst[0].toFixed(2)}`);
    assert.deepEqual(page.complaints, []);
    await page.close();
  });

test('the page follows the system from light to dark and back, its charts too', async () => {
  const page = await browser.open(fullReport(), { width: 1200, scheme: 'light' });
  const [light, lightCharts] = [await background(page), await charts(page)];
  await page.look({ width: 1200, scheme: 'dark' });
  assert.notEqual(await background(page), light);
  const colour = await page.value(`getComputedStyle(document.documentElement).getPropertyValue('--mode-3').trim()`);
  assert.ok(!lightCharts.includes(colour));
  assert.ok((await charts(page)).includes(colour));
  await page.look({ width: 1200, scheme: 'light' });
  assert.equal(await background(page), light);
  await page.close();
});

test('on paper it is light, whatever the screen is', async () => {
  const page = await browser.open(fullReport(), { width: 1200, scheme: 'dark' });
  await page.look({ width: 1200, scheme: 'dark', media: 'print' });
  assert.equal(await background(page), 'rgb(255, 255, 255)');
  const { worst } = await page.value(`(${worstContrast})()`);
  assert.ok(worst[0] >= 4.5, `${worst[1]}: ${worst[0].toFixed(2)}`);
  await page.close();
});

// The texts of charts that stick out.
const beyond = `[...document.querySelectorAll('.chart svg text')].filter((text) => {
      const [box, chart] = [text.getBoundingClientRect(), text.closest('.chart').getBoundingClientRect()];
      return box.width > 0 && (box.left < chart.left - 1 || box.right > chart.right + 1);
    }).map((text) => text.closest('.chart').id + ': ' + text.textContent)`;

for (const width of [320, 360, 768, 1920])
  test(`nothing sticks out at a width of ${width} px`, async () => {
    const page = await browser.open(fullReport(), { width });
    assert.equal(await page.value('document.documentElement.scrollWidth'), width);
    assert.deepEqual(await page.value(beyond), []);
    assert.deepEqual(page.complaints, []);
    await page.close();
  });

for (const width of [360, 1200])
  test(`long names of devices don't stick out at ${width} px`, async () => {
    const report = fullReport();
    report.runs.forEach((run, at) => (run.device = at % 2 ? 'MULTI:GPU.0,GPU.1,CPU' : 'CPU'));
    const page = await browser.open(report, { width });
    assert.deepEqual(await page.value(beyond), []);
    assert.equal(await page.value('document.documentElement.scrollWidth'), width);
    await page.close();
  });

test('charts take the width that the window gets', async () => {
  const page = await browser.open(fullReport(), { width: 1200 });
  await page.look({ width: 360, scheme: 'light' });
  assert.equal(await page.value('document.documentElement.scrollWidth'), 360);
  await page.close();
});
