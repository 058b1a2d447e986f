// The pages that the command writes of what it measures, opened as the files that people get. What is measured is short:
// no figure is judged, but that the page and --json have the same ones.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { Browser, needBrowser } from './browser.mjs';
import { beyond, worstContrast } from './looks.mjs';

needBrowser();
let browser, folder;

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'inferqueue-command-'));
  browser = await Browser.start();
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

function command(...args) {
  const program = process.env.INFERQUEUE_COMMAND;
  assert.ok(program, 'INFERQUEUE_COMMAND must name the command; ctest sets it');
  const ended = spawnSync(program, args, { encoding: 'utf8', cwd: folder });
  assert.equal(ended.status, 0, `${args.join(' ')}: ${ended.error ?? ended.stderr}`);
  assert.equal(ended.stderr, '');
}

// Measures, and gives { file, report }: the page, and what --json has of the same run.
function measured(name, ...args) {
  const [page, json] = [`${name}.html`, `${name}.json`];
  command('bench', ...args, '--html', page, '--json', json);
  return { file: path.join(folder, page), report: JSON.parse(readFileSync(path.join(folder, json), 'utf8')) };
}

// The rows of a table, each as { title of the column: text }.
const rowsOf = (page, caption) =>
  page.value(`(() => {
    const table = [...document.querySelectorAll('table')]
      .find((made) => made.caption.textContent.startsWith(${JSON.stringify(caption)}));
    const titles = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
    return [...table.tBodies[0].rows].map((row) =>
      Object.fromEntries([...row.cells].map((cell, at) => [titles[at], cell.textContent])));
  })()`);

const scale = { µs: 1, ms: 1e3, s: 1e6 };
const number = (text) => Number(text.replaceAll(',', ''));
const microseconds = (text) => number(text.split(' ')[0]) * scale[text.split(' ')[1]];

// Of three digits the last may be half wrong.
function same(shown, value, what) {
  assert.ok(Math.abs(shown - value) <= 0.0051 * Math.abs(value) + 1e-6, `${what}: ${shown}, and ${value} in --json`);
}

async function expectFigures(page, report) {
  const inPage = JSON.parse(await page.value(`document.getElementById('report').textContent`));
  assert.deepEqual(inPage, report);
  const [figures, times] = [await rowsOf(page, 'All runs'), await rowsOf(page, 'Time of a request: latency')];
  assert.equal(figures.length, report.runs.length);
  assert.equal(times.length, report.runs.length);
  const unit = Object.keys(figures[0]).find((title) => /\/s$/.test(title));
  report.runs.forEach((run, at) => {
    same(number(figures[at][unit]), run.throughput_per_s, `throughput of run ${at}`);
    assert.equal(figures[at].requests, String(run.nireq));
    for (const [title, key] of [
      ['mean', 'mean'],
      ['p50', 'p50'],
      ['p99', 'p99'],
      ['p99.9', 'p99_9'],
      ['max', 'max'],
    ])
      same(microseconds(times[at][title]), run.latency_us[key], `${title} of run ${at}`);
  });
  if (report.verdict) assert.ok((await page.value('document.body.innerText')).includes(report.verdict.text));
}

const ofRuns = ['latency-chart', 'over-time-chart', 'parts-chart', 'percentile-chart', 'timeline-chart'];

async function expectCharts(page, ids) {
  const drawn = await page.value(`[...document.querySelectorAll('.chart')].map((box) =>
    [box.id, box.querySelectorAll('svg path').length])`);
  assert.deepEqual(drawn.map(([id]) => id).sort(), [...ids, ...ofRuns].sort());
  for (const [id, paths] of drawn) assert.ok(paths > 2, `${id} has ${paths} paths`);
}

// Light, dark, and on the screen of a telephone.
async function expectLooks(page) {
  for (const [width, scheme] of [
    [1200, 'light'],
    [1200, 'dark'],
    [360, 'dark'],
    [360, 'light'],
  ]) {
    await page.look({ width, scheme });
    const look = `${width} px, ${scheme}`;
    assert.equal(await page.value('document.documentElement.scrollWidth'), width, look);
    assert.deepEqual(await beyond(page), [], look);
    const { worst } = await worstContrast(page);
    assert.ok(worst[0] >= 4.5, `${look}: ${worst[1]}: ${worst[0].toFixed(2)}`);
  }
}

// Opens what was measured and expects these charts beside those that every report has. `more` looks at the page.
async function expectPage({ file, report }, ids, more = async () => {}) {
  const page = await browser.openFile(file);
  assert.equal(await page.value(`document.getElementById('page').dataset.drawn`), 'true');
  await expectCharts(page, ids);
  await expectFigures(page, report);
  await more(page);
  await expectLooks(page);
  assert.deepEqual(page.complaints, []);
  assert.deepEqual(page.requests, []);
  await page.close();
}

const cards = (page) =>
  page.value(`[...document.querySelectorAll('.card .big')].map((card) => card.firstChild.textContent)`);

test('the comparison that is measured without options', async () => {
  const made = measured('comparison', '--time', '0.2', '--rounds', '2');
  assert.equal(made.report.runs.length, 6);
  await expectPage(made, ['comparison-chart'], async (page) => {
    const shown = await cards(page);
    made.report.comparison.headline.forEach((entry, at) => same(number(shown[at]), entry.throughput_per_s, entry.mode));
    assert.equal(shown.length, 3);
  });
});

test('a curve over the number of requests', async () => {
  const made = measured('curve', '-m', 'builtin:mlp', '-nireq', '1:4', '--seconds', '0.05', '--rounds', '2');
  assert.equal(made.report.curve.length, 4);
  await expectPage(made, ['curve-chart']);
});

test('an open loop with a bound', async () => {
  const made = measured(
    'rates',
    ...['-m', 'builtin:mlp', '--rate', '100:300:100', '--max-p99', '20', '--seconds', '0.1', '--rounds', '2'],
  );
  assert.equal(made.report.open_loop.length, 3);
  await expectPage(made, ['open-loop-chart'], async (page) => {
    const rows = await rowsOf(page, 'Open loop');
    made.report.open_loop.forEach((point, at) => {
      same(number(rows[at]['sent per second']), point.rate_per_s, 'rate');
      same(number(rows[at]['done per second']), point.achieved_per_s, 'achieved');
      same(microseconds(rows[at].p99), point.p99_us, 'p99');
      same(microseconds(rows[at].p50), made.report.runs[at].latency_us.p50, 'p50');
      assert.equal(rows[at].holds, point.holds ? 'yes' : 'no');
    });
  });
});

test('the layers', async () => {
  const made = measured('layers', '-m', 'builtin:mlp', '-api', 'async', '-pc', '--seconds', '0.05', '--rounds', '1');
  await expectPage(made, ['comparison-chart', 'layers-chart'], async (page) => {
    await page.value(`document.querySelector('#layers details').open = true`);
    const shown = await rowsOf(page, 'Layers by time');
    const layers = made.report.layers;
    assert.deepEqual(
      shown.map(({ layer }) => layer),
      layers.map(({ name }) => name),
    );
    layers.forEach((layer, at) => same(microseconds(shown[at].real), layer.real_us, layer.name));
  });
});

test('a model whose name is markup, and a page whose name a URL would read', async () => {
  const name = `script><img src=x onerror=console.error(1)>&amp; "ü" %41 #1?.xml`;
  mkdirSync(path.join(folder, 'a<'));
  command('export', 'builtin:mlp', `a</${name}`);
  const made = measured('page %41 #1? ü', '-m', `a</${name}`, '--seconds', '0.05', '--rounds', '1');
  assert.equal(made.report.model.path, `a</${name}`);
  await expectPage(made, ['comparison-chart'], async (page) => {
    assert.equal(await page.value(`document.querySelector('h1').textContent`), name);
    assert.ok((await page.value('document.body.innerText')).includes(`a</${name}`));
    assert.equal(await page.value(`document.querySelectorAll('main img, main script').length`), 0);
  });
});
