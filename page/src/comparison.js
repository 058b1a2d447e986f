// Throughput of every run as bars with their intervals, and what of the hardware they used.
import { axis, chart, family, runLabels, tip, tooltip } from './chart.js';
import { section, table } from './dom.js';
import { duration, figure, isInterval, isNumber, percent, range, ratio } from './format.js';
import { bestRuns, hasTimes, hintTitle, isSweep, modeTitle, runsOf, runTitle, unitOf } from './report.js';
import { colour, faded, modeColour } from './theme.js';
import { whiskers } from './whiskers.js';

function throughputBars(runs, titles, best, unit) {
  return {
    type: 'bar',
    name: 'throughput',
    barMaxWidth: 22,
    data: runs.map((run) => ({
      value: run.throughput_per_s,
      itemStyle: {
        color: best.includes(run) ? modeColour(run.mode) : faded(modeColour(run.mode), 0.45),
        borderRadius: [0, 3, 3, 0],
      },
    })),
    tooltip: {
      formatter: ({ dataIndex: at }) =>
        tip(titles[at], [
          [unit, figure(runs[at].throughput_per_s)],
          ['interval', range(runs[at].throughput_interval)],
          ['requests', runs[at].nireq],
          ['streams', runs[at].nstreams],
          ['CPU', percent(runs[at].cpu_utilization)],
          ['failures', runs[at].failures > 0 ? runs[at].failures : null],
        ]),
    },
  };
}

const intervalOf = (run) =>
  isInterval(run.throughput_interval) ? run.throughput_interval : [run.throughput_per_s, run.throughput_per_s];

// The whiskers, and the figure to the right of them.
function intervals(runs) {
  return {
    type: 'custom',
    silent: true,
    z: 5,
    data: runs.map((run, at) => [...intervalOf(run), at]),
    encode: { x: [0, 1], y: 2 },
    renderItem: (_, api) => {
      const [left, y] = api.coord([api.value(0), api.value(2)]);
      const [right] = api.coord([api.value(1), api.value(2)]);
      const end = Math.max(right, api.coord([runs[api.value(2)].throughput_per_s, api.value(2)])[0]);
      const text = {
        type: 'text',
        style: {
          text: figure(runs[api.value(2)].throughput_per_s),
          x: end + 6,
          y,
          fill: colour('text'),
          font: `12px ${family()}`,
          verticalAlign: 'middle',
        },
      };
      return { type: 'group', children: [...whiskers([left, y], [right, y]), text] };
    },
  };
}

function utilizationBars(runs, titles, key, name, shade) {
  return {
    type: 'bar',
    name,
    xAxisIndex: 1,
    yAxisIndex: 1,
    barMaxWidth: 22,
    data: runs.map((run) => ({
      value: isNumber(run[key]) ? run[key] * 100 : null,
      itemStyle: { color: faded(modeColour(run.mode), shade), borderRadius: [0, 3, 3, 0] },
    })),
    tooltip: { formatter: ({ dataIndex: at }) => tip(titles[at], [[name, percent(runs[at][key])]]) },
    label: {
      show: true,
      position: 'right',
      color: colour('text'),
      fontSize: 12,
      formatter: ({ value }) => (isNumber(value) ? `${value.toFixed(0)} %` : ''),
    },
  };
}

// Side by side, or one below the other where the page is narrow.
function grids(small, rows, utilization) {
  const height = rows * 34;
  if (!utilization) return [{ left: 176, right: 56, top: 10, height }];
  if (!small)
    return [
      { left: 176, right: '44%', top: 10, height },
      { left: '64%', right: 44, top: 10, height },
    ];
  return [
    { left: 118, right: 56, top: 10, height },
    { left: 118, right: 44, top: height + 66, height },
  ];
}

function option(report, runs, small) {
  const titles = runs.map((run) => runTitle(run, runs));
  const unit = unitOf(report);
  const cpu = runs.some((run) => isNumber(run.cpu_utilization));
  const device = runs.some((run) => isNumber(run.device_utilization));
  const names = { data: titles, inverse: true, axisLabel: runLabels(small) };
  const x = [axis('value', unit, { nameGap: 26, splitNumber: small ? 3 : 5 })];
  const y = [axis('category', '', names)];
  const series = [throughputBars(runs, titles, bestRuns(report), unit), intervals(runs)];
  if (cpu || device) {
    const used = cpu && device ? '% used: CPU, below it the device' : `${cpu ? 'CPU' : 'device'}, % used`;
    x.push(axis('value', used, { gridIndex: 1, min: 0, max: 100, interval: 25, nameGap: 26 }));
    y.push(axis('category', '', { ...names, gridIndex: 1, ...(small ? {} : { axisLabel: { show: false } }) }));
    if (cpu) series.push(utilizationBars(runs, titles, 'cpu_utilization', 'CPU utilization', 0.7));
    if (device) series.push(utilizationBars(runs, titles, 'device_utilization', 'device utilization', 0.4));
  }
  return { grid: grids(small, runs.length, cpu || device), xAxis: x, yAxis: y, series, tooltip: tooltip() };
}

function ratios(report) {
  const entries = (report.comparison?.same_hint ?? []).filter((entry) => entry?.ratio_to_sync > 0);
  if (entries.length === 0) return null;
  return table(
    'Under the same hint',
    [
      { title: 'mode', text: true, value: (entry) => modeTitle(entry.mode) },
      { title: 'hint', text: true, value: (entry) => hintTitle(entry.hint) },
      { title: 'times one request', value: (entry) => ratio(entry.ratio_to_sync, entry.ratio_interval) },
      { title: 'beyond the noise', text: true, value: (entry) => ({ true: 'yes', false: 'no' })[entry.beyond_noise] },
    ],
    entries,
  );
}

// How the bars came about; one round has no interval.
function noteOf(method, runs) {
  const length = isNumber(method.seconds) ? ` of ${duration(method.seconds * 1e6)}` : '';
  if (method.rounds === 1) return `One round${length}: no interval, and no telling of the noise.`;
  const how = isNumber(method.rounds) ? `Medians of ${method.rounds} rounds${length}` : 'Medians of the rounds';
  const covered = Math.min(...runs.map((run) => run.interval_coverage).filter((share) => share > 0));
  const coverage = isNumber(covered)
    ? `the median's ${Math.round(covered * 100)} % confidence intervals`
    : 'the intervals of the medians';
  return `${how}${runs.length > 1 ? ', measured in turn' : ''}; the whiskers are ${coverage}.`;
}

export function comparison(report) {
  const runs = runsOf(report);
  // A curve and rates have charts of their own, and where every inference failed there is nothing to compare.
  if (!runs.some(hasTimes) || isSweep(runs)) return null;
  const cpu = runs.some((run) => isNumber(run.cpu_utilization) || isNumber(run.device_utilization));
  const { box } = chart(
    'Throughput and utilization of every run',
    (small) => (small && cpu ? runs.length * 68 + 124 : runs.length * 34 + 60),
    (small) => option(report, runs, small),
  );
  box.id = 'comparison-chart';
  const shades = bestRuns(report).length < runs.length ? " Full colour: each mode's best hint." : '';
  return section('Comparison', noteOf(report.method ?? {}, runs) + shades, box, ratios(report));
}
