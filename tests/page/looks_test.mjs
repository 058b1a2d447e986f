// Light and dark, wide and narrow, on paper: all of it can be read.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Browser, needBrowser } from './browser.mjs';
import { beyond, worstContrast } from './looks.mjs';
import { fullReport } from './reports.mjs';

needBrowser();
let browser;
before(async () => (browser = await Browser.start()));
after(() => browser?.close());

const background = (page) => page.value('getComputedStyle(document.body).backgroundColor');
const charts = (page) =>
  page.value(`[...document.querySelectorAll('.chart svg')].map((svg) => svg.innerHTML).join('')`);

for (const scheme of ['light', 'dark'])
  test(`all texts stand out, ${scheme}`, async () => {
    const page = await browser.open(fullReport(), { scheme });
    const { texts, inCharts, worst } = await worstContrast(page);
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
  const { worst } = await worstContrast(page);
  assert.ok(worst[0] >= 4.5, `${worst[1]}: ${worst[0].toFixed(2)}`);
  await page.close();
});

for (const width of [320, 360, 768, 1920])
  test(`nothing sticks out at a width of ${width} px`, async () => {
    const page = await browser.open(fullReport(), { width });
    assert.equal(await page.value('document.documentElement.scrollWidth'), width);
    assert.deepEqual(await beyond(page), []);
    assert.deepEqual(page.complaints, []);
    await page.close();
  });

for (const width of [360, 1200])
  test(`long names of devices don't stick out at ${width} px`, async () => {
    const report = fullReport();
    report.runs.forEach((run, at) => (run.device = at % 2 ? 'MULTI:GPU.0,GPU.1,CPU' : 'CPU'));
    const page = await browser.open(report, { width });
    assert.deepEqual(await beyond(page), []);
    assert.equal(await page.value('document.documentElement.scrollWidth'), width);
    await page.close();
  });

for (const at of [0, 2, 4])
  test(`the mark of the highest rate that holds has room at rate ${at + 1} of 5`, async () => {
    const report = fullReport();
    report.method.most_p99_us = 50000;
    report.open_loop.forEach((point, index) => (point.is_highest = index === at));
    const page = await browser.open(report, { width: 360 });
    const texts = await page.value(
      `[...document.querySelectorAll('#open-loop-chart svg text')].map((text) => text.textContent)`,
    );
    for (const mark of ['highest that holds', 'p99 bound 50.0 ms']) assert.ok(texts.includes(mark), `${texts}`);
    assert.deepEqual(await beyond(page), []);
    await page.close();
  });

test('charts take the width that the window gets', async () => {
  const page = await browser.open(fullReport(), { width: 1200 });
  await page.look({ width: 360, scheme: 'light' });
  assert.equal(await page.value('document.documentElement.scrollWidth'), 360);
  await page.close();
});
