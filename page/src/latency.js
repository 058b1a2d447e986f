// How long requests took: the distribution, the percentiles, and what each of the times means.
import { rebinned } from './bins.js';
import { axis, chart, legend, runLabels, tip, tooltip } from './chart.js';
import { choice, element, section, table } from './dom.js';
import { durationAxis, durationRange, position } from './duration_axis.js';
import { duration, isNumber, percent, tickDuration } from './format.js';
import { bestRuns, hasTimes, runsOf, runTitle } from './report.js';
import { colour, faded, modeColour } from './theme.js';

// What a request's time is made of; from and to say where each begins and ends.
export const times = [
  [
    'latency_us',
    'latency',
    'from when the request was to be sent until its result is there: the wait, the preparation and the service',
  ],
  ['wait_us', 'wait for a slot', 'from when it was to be sent until it had a slot'],
  ['prepare_us', 'preparation', 'until its inputs were written and the device was asked to start'],
  [
    'service_us',
    'service',
    'until the device reported completion; with more requests than streams, the wait in the queue of the device too',
  ],
  ['callback_us', 'callback', 'what the callback took after that, while it held the slot'],
  [
    'benchmark_app_latency_us',
    'as benchmark_app',
    'what that program calls latency: without the wait for a slot, with the queue of the device',
  ],
];
// The times that follow one another, with how strong each is drawn.
const stages = [
  ['wait_us', 0.3],
  ['prepare_us', 0.5],
  ['service_us', 1],
  ['callback_us', 0.65],
];

const marks = [
  ['p50', 'p50'],
  ['p90', 'p90'],
  ['p95', 'p95'],
  ['p99', 'p99'],
  ['p99_9', 'p99.9'],
  ['max', 'max'],
];

const binsOf = (run, key) =>
  (Array.isArray(run[key]?.histogram) ? run[key].histogram : []).filter(
    (bin) => bin?.every?.(isNumber) && bin[2] > 0 && bin[1] > bin[0],
  );

function distribution(runs, key, titles, small) {
  const shown = runs
    .map((run, at) => ({ run, title: titles[at], bins: binsOf(run, key) }))
    .filter(({ bins }) => bins.length > 0);
  if (shown.length === 0) return {};
  const { low, high, width, shares } = rebinned(shown.map(({ bins }) => bins));
  return {
    legend: legend({ data: shown.map(({ title }) => title) }),
    grid: { left: 56, right: 20, top: small ? 30 + 18 * shown.length : 44, bottom: 48 },
    xAxis: durationAxis(low - width, high + width, 'time of a request, logarithmic', { splitLine: { show: false } }),
    yAxis: axis('value', 'share of the requests', {
      nameGap: 40,
      min: 0,
      axisLabel: { formatter: (value) => `${+(value * 100).toFixed(1)} %` },
    }),
    series: shown.map(({ run, title }, at) => ({
      type: 'line',
      name: title,
      // A point is the end of its column: the line goes up or down where the column begins.
      step: 'start',
      symbol: 'none',
      color: modeColour(run.mode),
      lineStyle: { width: 2 },
      areaStyle: { color: modeColour(run.mode), opacity: 0.16 },
      data: [-1, ...shares[at].keys(), shares[at].length].map((column) => [
        low + (column + 1) * width,
        shares[at][column] ?? 0,
      ]),
    })),
    tooltip: tooltip({
      trigger: 'axis',
      formatter: (items) => {
        const end = items[0].value[0];
        return tip(
          `${duration(10 ** (end - width))} to ${duration(10 ** end)}`,
          items.map((item) => [item.seriesName, percent(item.value[1])]),
        );
      },
    }),
  };
}

function percentiles(runs, key, titles) {
  const shown = runs
    .map((run, at) => ({ run, title: titles[at] }))
    .filter(({ run }) => marks.some(([mark]) => isNumber(run[key]?.[mark])));
  const ends = durationRange(shown.flatMap(({ run }) => marks.map(([mark]) => run[key][mark])));
  if (!ends) return {};
  return {
    grid: { left: 66, right: 20, top: 20, bottom: 48 },
    xAxis: axis('category', 'percentile of the requests', {
      data: marks.map(([, title]) => title),
      axisLabel: { interval: 0, fontSize: 11, hideOverlap: false },
    }),
    yAxis: durationAxis(...ends, ''),
    series: shown.map(({ run, title }) => ({
      type: 'line',
      name: title,
      color: modeColour(run.mode),
      symbol: 'circle',
      symbolSize: 7,
      lineStyle: { width: 2 },
      data: marks.map(([mark]) => position(run[key][mark])),
    })),
    tooltip: tooltip({
      trigger: 'axis',
      formatter: (items) => {
        const [mark, title] = marks[items[0].dataIndex];
        return tip(
          title,
          shown.map(({ run, title: name }) => [name, duration(run[key][mark])]),
        );
      },
    }),
  };
}

// Median wait, preparation, service and callback of each run, one after the other in a bar.
function partsOption(runs, titles, small) {
  const parts = stages
    .filter(([key]) => runs.some((run) => isNumber(run[key]?.p50)))
    .map(([key, shade]) => [key, times.find(([other]) => other === key)[1], shade]);
  return {
    legend: legend({ selectedMode: false, itemStyle: { color: 'inherit' } }),
    grid: { left: small ? 118 : 176, right: 24, top: small ? 56 : 36, height: runs.length * 34 },
    xAxis: axis('value', 'median', {
      nameGap: 26,
      splitNumber: small ? 3 : 5,
      axisLabel: { formatter: (value) => (value === 0 ? '0' : tickDuration(value)) },
    }),
    yAxis: axis('category', '', {
      inverse: true,
      data: titles,
      axisLabel: runLabels(small),
    }),
    series: parts.map(([key, name, shade]) => ({
      type: 'bar',
      stack: 'time',
      name,
      color: faded(colour('text'), shade * 0.7),
      barMaxWidth: 22,
      data: runs.map((run) => ({
        value: isNumber(run[key]?.p50) ? run[key].p50 : null,
        itemStyle: { color: faded(modeColour(run.mode), shade) },
      })),
    })),
    tooltip: tooltip({
      formatter: ({ dataIndex: at }) =>
        tip(
          `${titles[at]}, medians`,
          parts.map(([key, name]) => [name, duration(runs[at][key]?.p50)]),
        ),
    }),
  };
}

function numbers(runs, key, caption) {
  return table(
    caption,
    [
      { title: 'run', text: true, value: (run) => runTitle(run, runs) },
      ...[['mean', 'mean'], ...marks].map(([mark, title]) => ({ title, value: (run) => duration(run[key]?.[mark]) })),
    ],
    runs.filter((run) => run[key]),
  );
}

function definitions(runs, titles, present) {
  const estimates = runs
    .map((run, at) => [titles[at], run.service_estimate_us])
    .filter(([, estimate]) => isNumber(estimate) && estimate > 0);
  const listed = present.flatMap(([, name, text]) => [element('dt', {}, name), element('dd', {}, text)]);
  if (estimates.length > 0) {
    const figures = estimates.map(([title, estimate]) => `${title} ${duration(estimate)}`);
    listed.push(
      element('dt', {}, 'service, estimated'),
      element(
        'dd',
        {},
        `of the device alone, medians, if its streams take requests first come first served: ${figures.join('; ')}`,
      ),
    );
  }
  return element('dl', { class: 'definitions' }, ...listed);
}

export function latency(report) {
  const all = runsOf(report).filter(hasTimes);
  const present = times.filter(([key]) => all.some((run) => isNumber(run[key]?.p50)));
  const runs = bestRuns(report).filter((run) => hasTimes(run) && present.some(([key]) => run[key]));
  if (present.length === 0 || runs.length === 0) return null;
  const titles = runs.map((run) => runTitle(run, runsOf(report)));
  let key = present[0][0];
  const spread = chart('Distribution of the time of a request', 300, (small) => distribution(runs, key, titles, small));
  const marksChart = chart('Percentiles of the time of a request', 300, () => percentiles(runs, key, titles));
  const parts = chart(
    'Median wait, preparation, service and callback',
    (small) => runs.length * 34 + (small ? 112 : 92),
    (small) => partsOption(runs, titles, small),
  );
  spread.box.id = 'latency-chart';
  marksChart.box.id = 'percentile-chart';
  parts.box.id = 'parts-chart';
  const shown = element('div');
  const pick = choice(
    'Which time',
    present.map(([value, name]) => [value, name]),
    (value) => {
      key = value;
      const name = present.find(([other]) => other === value)[1];
      shown.replaceChildren(numbers(all, value, `Time of a request: ${name}`));
      spread.refresh();
      marksChart.refresh();
    },
  );
  const split = runs.some((run) => isNumber(run.service_us?.p50));
  return section(
    'Latency',
    null,
    pick,
    element('div', { class: 'pair' }, spread.box, marksChart.box),
    shown,
    split ? element('h3', {}, 'What it is made of') : null,
    split ? parts.box : null,
    definitions(runs, titles, present),
  );
}
