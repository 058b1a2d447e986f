// Reports that lack things, hold odd things or very many.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Browser, needBrowser } from './browser.mjs';
import { fullReport, smallestReport } from './reports.mjs';

needBrowser();
let browser;
before(async () => (browser = await Browser.start()));
after(() => browser?.close());

// Opens, checks that nothing complains, and gives the titles of the sections.
async function titles(report) {
  const page = await browser.open(report);
  assert.equal(await page.value(`document.getElementById('page').dataset.drawn`), 'true');
  const found = await page.value(`[...document.querySelectorAll('h2')].map((title) => title.textContent)`);
  assert.deepEqual(page.complaints, []);
  await page.close();
  return found;
}

const all = [
  'Comparison',
  'How many requests',
  'At a given rate',
  'Latency',
  'Throughput over time',
  'Timeline of the slots',
  'Layers',
  'All figures',
  'How it was measured',
];

test('a full report has all sections', async () => assert.deepEqual(await titles(fullReport()), all));

test('one run with its throughput alone is a page', async () =>
  assert.deepEqual(await titles(smallestReport()), ['Comparison', 'All figures']));

test('a report without runs is a page', async () =>
  assert.deepEqual(await titles({ schema_version: 1, kind: 'bench' }), []));

const without = [
  ['curve', ['How many requests']],
  ['open_loop', ['At a given rate']],
  ['layers', ['Layers']],
  ['comparison', []],
  ['verdict', []],
  ['machine', []],
  ['method', []],
  ['model', []],
  ['versions', []],
  ['memory', []],
  ['compile_s', []],
];
for (const [name, sections] of without)
  test(`without ${name} only that is left out`, async () => {
    const expected = all.filter((title) => !sections.includes(title));
    const report = fullReport();
    delete report[name];
    assert.deepEqual(await titles(report), expected);
    assert.deepEqual(await titles({ ...fullReport(), [name]: null }), expected);
  });

const withoutInRuns = [
  [['latency_us', 'wait_us', 'prepare_us', 'service_us', 'callback_us', 'benchmark_app_latency_us'], ['Latency']],
  [['over_time'], ['Throughput over time']],
  [['timeline'], ['Timeline of the slots']],
  [['throughput_interval', 'rounds', 'cpu_utilization', 'cpu_s_per_item', 'hint', 'device', 'nireq'], []],
];
for (const [names, sections] of withoutInRuns)
  test(`runs without ${names.join(', ')}`, async () => {
    const expected = all.filter((title) => !sections.includes(title));
    for (const empty of [undefined, null]) {
      const report = fullReport();
      for (const run of report.runs) for (const name of names) run[name] = empty;
      assert.deepEqual(await titles(report), expected);
    }
  });

test('a run may lack what others have', async () => {
  const report = fullReport();
  for (const name of ['latency_us', 'wait_us', 'service_us', 'timeline', 'over_time', 'cpu_utilization'])
    report.runs[5][name] = null;
  report.runs[1].latency_us.histogram = [];
  report.runs[0].latency_us.p99_9 = null;
  assert.deepEqual(await titles(report), all);
});

test('where every inference failed it says why, and draws no times', async () => {
  const report = fullReport();
  const none = { mean: 0, p50: 0, p90: 0, p95: 0, p99: 0, p99_9: 0, max: 0, histogram: [] };
  Object.assign(report, { curve: null, open_loop: null, layers: null, verdict: null, comparison: null });
  for (const run of report.runs)
    Object.assign(run, {
      ...{ requests: 0, throughput_per_s: 0, throughput_interval: [0, 0], failures: 1234 },
      ...{ first_failure: 'no memory', over_time: [], timeline: { t0_s: 0, slots: [] } },
      ...{ latency_us: none, wait_us: none, prepare_us: none, service_us: none, callback_us: none },
      benchmark_app_latency_us: none,
    });
  assert.deepEqual(await titles(report), ['All figures', 'How it was measured']);
  const page = await browser.open(report);
  const text = await page.value(`document.getElementById('warnings').innerText`);
  assert.ok(text.includes('queue · throughput: 1,234 inferences failed: no memory'), text);
  await page.close();
});

test('an interrupted run says so before any figure', async () => {
  const report = fullReport();
  Object.assign(report.method, { rounds: 3, rounds_asked_for: 6 });
  const page = await browser.open(report);
  const first = await page.value(`document.querySelector('main section').innerText`);
  assert.equal(first, 'Interrupted: 3 of 6 rounds were measured.');
  await page.close();
});

test('the timeline begins where no request that ran is missing', async () => {
  const report = fullReport(60);
  const queue = report.runs[5];
  queue.timeline.slots = queue.timeline.slots.sort((a, b) => a[5] - b[5]).slice(30);
  report.runs = [queue];
  report.comparison = null;
  const page = await browser.open(report);
  // All slots were busy, so that their first bars begin at one place, but for a callback's time.
  const starts = await page.value(`(() => {
    const colour = getComputedStyle(document.documentElement).getPropertyValue('--mode-3').trim();
    const bars = [...document.querySelectorAll('#timeline-chart svg path')]
      .filter((path) => path.getAttribute('fill') === colour).map((path) => path.getBBox());
    const first = new Map();
    for (const { x, y } of bars) first.set(Math.round(y), Math.min(x, first.get(Math.round(y)) ?? x));
    return [...first.values()];
  })()`);
  assert.equal(starts.length, queue.nireq);
  assert.ok(Math.max(...starts) - Math.min(...starts) < 12, `${starts}`);
  await page.close();
});

test('times of zero and a single request have a place', async () => {
  const report = fullReport(1);
  for (const run of report.runs) {
    const none = { mean: 0, p50: 0, p90: 0, p95: 0, p99: 0, p99_9: 0, max: 0, histogram: [[0, 1, 1]] };
    Object.assign(run, { latency_us: none, wait_us: none, service_us: none, callback_us: none, over_time: [[0, 5]] });
  }
  assert.deepEqual(await titles(report), all);
});

test('what other programs took of the processors is said before any figure, if it is much', async () => {
  const report = fullReport();
  for (const [others, said] of [
    [0.62, true],
    [0.04, false],
    [null, false],
  ]) {
    report.runs[1].others_cpu_utilization = others;
    const page = await browser.open(report);
    const text = await page.value(`document.getElementById('warnings')?.innerText ?? ''`);
    assert.equal(text.includes('Other programs took up to 62 %'), said, text);
    await page.close();
  }
});

test('markup in names is shown as text', async () => {
  const nasty = `</script><script>console.error('taken')</script><img src=x onerror="console.error('taken')">`;
  const report = fullReport();
  report.model.path = nasty;
  report.model.inputs[0].name = nasty;
  report.verdict.text = nasty;
  report.machine.cpu = nasty;
  for (const run of report.runs) Object.assign(run, { device: nasty });
  for (const layer of report.layers) layer.name = nasty;
  const page = await browser.open(report);
  assert.ok((await page.value('document.body.innerText')).includes(nasty));
  assert.equal(await page.value(`document.querySelectorAll('main img, main script').length`), 0);
  assert.deepEqual(page.complaints, []);
  assert.deepEqual(page.requests, []);
  await page.close();
});

test('500 requests on the timeline of each mode open fast', async () => {
  const page = await browser.open(fullReport(500));
  // Of the page's own clock, with much room for a machine that has other work: what would be wrong takes minutes.
  const ms = await page.value(`performance.getEntriesByType('navigation')[0].loadEventEnd`);
  const drawn = await page.value(`document.querySelectorAll('#timeline-chart svg path').length`);
  assert.ok(ms < 10000, `${ms} ms`);
  // What the window doesn't show is not drawn.
  assert.ok(drawn > 50 && drawn < 800, `${drawn} paths`);
  assert.deepEqual(page.complaints, []);
  await page.close();
});
