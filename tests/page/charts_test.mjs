// What the report holds is drawn: marks are counted in the charts, and nothing is complained of or asked for.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { rebinned } from '../../page/src/bins.js';
import { Browser, needBrowser } from './browser.mjs';
import { fullReport } from './reports.mjs';

needBrowser();
let browser, page;
const report = fullReport();

before(async () => {
  browser = await Browser.start();
  page = await browser.open(report);
});
after(() => browser?.close());

// The filled shapes of a colour in a chart; the colours are those that the style sheet has for the modes.
const marks = (id) =>
  page.value(`[...document.querySelectorAll('#${id} svg path')]
    .map((path) => ({ fill: path.getAttribute('fill'), stroke: path.getAttribute('stroke'), box: path.getBBox() }))
    .map(({ fill, stroke, box }) => ({ fill, stroke, width: box.width, height: box.height }))`);
const colours = () =>
  page.value(`(() => { const style = getComputedStyle(document.documentElement);
    return [1, 2, 3, 4].map((at) => style.getPropertyValue('--mode-' + at).trim()); })()`);

test('every chart is drawn, and nothing complains or asks the network', async () => {
  assert.equal(await page.value(`document.getElementById('page').dataset.drawn`), 'true');
  const drawn = await page.value(
    `[...document.querySelectorAll('.chart')].map((box) => [box.id, box.querySelectorAll('svg path').length])`,
  );
  assert.deepEqual(drawn.map(([id]) => id).sort(), [
    'comparison-chart',
    'curve-chart',
    'latency-chart',
    'layers-chart',
    'open-loop-chart',
    'over-time-chart',
    'parts-chart',
    'percentile-chart',
    'timeline-chart',
  ]);
  for (const [id, paths] of drawn) assert.ok(paths > 5, `${id} has ${paths} paths`);
  assert.deepEqual(page.complaints, []);
  assert.deepEqual(page.requests, []);
});

test('the comparison has a bar for each run, as long as its throughput', async () => {
  // Bars are the filled paths of the height of a bar, those of utilization to the right of the others.
  const bars = (await marks('comparison-chart')).filter(
    ({ fill, width, height }) => fill && fill !== 'none' && width > 5 && height > 15 && height < 26,
  );
  assert.equal(bars.length, 2 * report.runs.length);
  const lengths = bars.slice(0, report.runs.length).map(({ width }) => width);
  report.runs.forEach((run, at) => {
    const expected = (run.throughput_per_s / report.runs[0].throughput_per_s) * lengths[0];
    assert.ok(Math.abs(lengths[at] - expected) < 1.5, `${run.mode} ${run.hint}: ${lengths[at]} instead of ${expected}`);
  });
});

test('a mode has its colour in every chart of modes', async () => {
  const modes = (await colours()).slice(0, 3);
  for (const id of [
    'comparison-chart',
    'latency-chart',
    'percentile-chart',
    'parts-chart',
    'over-time-chart',
    'timeline-chart',
  ]) {
    const used = new Set((await marks(id)).flatMap(({ fill, stroke }) => [fill, stroke]));
    for (const colour of modes) assert.ok(used.has(colour), `${id} lacks ${colour}`);
  }
});

test('the timeline shows the requests at its beginning, and all of them when it is stretched', async () => {
  const count = async () => {
    const modes = await colours();
    return (await marks('timeline-chart')).filter(({ fill, width }) => modes.includes(fill) && width > 0).length;
  };
  const first = await count();
  assert.ok(first >= 12, `${first}`);
  // The end of the slider: its right handle is dragged to the right end.
  const [x, y, right] = await page.value(`(() => {
    document.getElementById('timeline-chart').scrollIntoView({ block: 'center' });
    const box = document.getElementById('timeline-chart').getBoundingClientRect();
    const colour = getComputedStyle(document.documentElement).getPropertyValue('--mode-3').trim();
    const handles = [...document.querySelectorAll('#timeline-chart svg path')]
      .filter((path) => path.getAttribute('stroke') === colour)
      .map((path) => path.getBoundingClientRect()).sort((a, b) => a.x - b.x);
    const last = handles.at(-1);
    return [last.x + last.width / 2, last.y + last.height / 2, box.right - 10];
  })()`);
  const mouse = (type, at) =>
    page.send('Input.dispatchMouseEvent', { type, x: at, y, button: 'left', buttons: 1, clickCount: 1 });
  await mouse('mouseMoved', x);
  await mouse('mousePressed', x);
  await mouse('mouseMoved', (x + right) / 2);
  await mouse('mouseMoved', right);
  await mouse('mouseReleased', right);
  await page.value('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  assert.ok((await count()) > 2 * first, `${await count()} after ${first}`);
  assert.deepEqual(page.complaints, []);
});

test('the distribution is highest where most requests are', async () => {
  // Those of the chart: the best run of each mode.
  const runs = [report.runs[0], report.runs[1], report.runs[5]];
  const { low, high, width, shares } = rebinned(runs.map((run) => run.latency_us.histogram));
  const lines = await page.value(`[...document.querySelectorAll('#latency-chart svg path')]
    .filter((path) => path.getAttribute('stroke-width') === '2' && path.getAttribute('fill') === 'none')
    .map((path) => [path.getAttribute('stroke'), path.getAttribute('d')])`);
  const modes = await colours();
  runs.forEach((run, at) => {
    const [, path] = lines.find(([stroke]) => stroke === modes[at]);
    const numbers = path.match(/-?[\d.]+/g).map(Number);
    const points = numbers.filter((_, index) => index % 2 === 0).map((x, index) => [x, numbers[2 * index + 1]]);
    const top = Math.min(...points.map(([, y]) => y));
    const [from, to] = [points.find(([, y]) => y === top)[0], points.findLast(([, y]) => y === top)[0]];
    const most = shares[at].indexOf(Math.max(...shares[at]));
    // The line goes from where the first column begins to the end of an empty one after the last.
    const [left, right] = [points[0][0], points.at(-1)[0]];
    const pixel = (column) => left + (column * (right - left) * width) / (high - low + width);
    const what = `${run.mode}: ${from} to ${to}, not ${pixel(most)} to ${pixel(most + 1)}`;
    assert.ok(Math.abs(from - pixel(most)) < 1.5 && Math.abs(to - pixel(most + 1)) < 1.5, what);
  });
});

test('another time of the requests can be chosen', async () => {
  const text = () => page.value(`document.querySelector('#latency caption').textContent`);
  const shape = () => page.value(`document.querySelector('#latency-chart svg').innerHTML`);
  assert.equal(await text(), 'Time of a request: latency');
  const before = await shape();
  await page.value(
    `[...document.querySelectorAll('#latency button')].find((button) => button.textContent === 'service').click()`,
  );
  assert.equal(await text(), 'Time of a request: service');
  assert.notEqual(await shape(), before);
  assert.equal(await page.value(`document.querySelectorAll('#latency button[aria-pressed=true]').length`), 1);
});

test('a tooltip has the figures of what is pointed at', async () => {
  const [x, y] = await page.value(`(() => {
    const chart = document.getElementById('comparison-chart');
    chart.scrollIntoView({ block: 'center' });
    const bar = [...chart.querySelectorAll('svg path')]
      .map((path) => path.getBoundingClientRect())
      .find(({ width, height }) => width > 50 && height > 15 && height < 26);
    return [bar.x + 20, bar.y + bar.height / 2];
  })()`);
  await page.send('Input.dispatchMouseEvent', { type: 'mouseMoved', x, y });
  await page.send('Input.dispatchMouseEvent', { type: 'mouseMoved', x: x + 2, y });
  const tip = await page.value(`document.querySelector('#comparison-chart .tip')?.textContent`);
  assert.match(tip ?? '', /one request.*latency.*pictures\/s71\.0/);
});

test('the verdict, the cards and the tables hold the figures', async () => {
  const text = await page.value('document.body.innerText');
  for (const part of [
    report.verdict.text,
    'yolov5n.xml',
    '104 pictures/s',
    '1.46× (1.44–1.49) one request',
    'images [1, 3, 640, 640] f32',
    '290 MiB',
  ])
    assert.ok(text.includes(part), part);
  assert.equal(await page.value(`document.querySelectorAll('.card').length`), 3);
  assert.equal(await page.value(`document.querySelectorAll('#all-figures tbody tr').length`), report.runs.length);
  assert.match(await page.value(`getComputedStyle(document.querySelector('td')).fontVariantNumeric`), /tabular-nums/);
});
