// Requests sent at given rates: their latency from the intended time of sending, and which rates hold the bound.
import { axis, chart, legend, tip, tooltip } from './chart.js';
import { section, table } from './dom.js';
import { durationAxis, durationRange, position } from './duration_axis.js';
import { duration, figure, given, isNumber, percent } from './format.js';
import { openLoopOf, runsOf, unitOf } from './report.js';
import { colour, faded, modeColour } from './theme.js';

const lines = [
  ['p50', 'p50', 0.45],
  ['p99', 'p99', 1],
  ['p99_9', 'p99.9', 0.68],
];

// Each rate with its run's other times and figures.
function pointsOf(report) {
  const runs = runsOf(report);
  return openLoopOf(report)
    .map((point) => ({ ...point, run: runs.find((run) => run.rate_per_s === point.rate_per_s) }))
    .sort((a, b) => a.rate_per_s - b.rate_per_s);
}

const latencyOf = (point, key) => point[`${key}_us`] ?? point.run?.latency_us?.[key];
const doneOf = (point) => point.achieved_per_s ?? point.run?.throughput_per_s;
const holdsText = (point) => ({ true: 'yes', false: 'no' })[point.holds];

const boundOf = (report) => report.method?.most_p99_us;

// The bound across, and the highest rate that holds upright.
function markLines(points, bound) {
  const label = { color: colour('text'), fontSize: 12 };
  const highest = points.find((point) => point.is_highest);
  const across = { yAxis: position(bound), label: { ...label, formatter: `p99 bound ${duration(bound)}` } };
  // Where it is near an end, its name is on the side that has room.
  const at = points.indexOf(highest) / (points.length - 1);
  const align = at < 0.3 ? 'left' : at > 0.7 ? 'right' : 'center';
  const name = { ...label, formatter: 'highest that holds', position: 'end', align };
  const upright = { xAxis: highest?.rate_per_s, label: name };
  return {
    silent: true,
    symbol: 'none',
    lineStyle: { color: colour('muted'), type: 'dashed' },
    data: [
      ...(isNumber(bound) ? [{ ...across, label: { ...across.label, position: 'insideStartTop' } }] : []),
      ...(highest ? [upright] : []),
    ],
  };
}

function option(points, bound, unit) {
  const shown = lines.filter(([key]) => points.some((point) => isNumber(latencyOf(point, key))));
  const ends = durationRange([bound, ...shown.flatMap(([key]) => points.map((point) => latencyOf(point, key)))]);
  if (!ends) return {};
  return {
    legend: legend({ selectedMode: false }),
    grid: { left: 66, right: 24, top: 58, bottom: 48 },
    xAxis: axis('value', `${unit} that are sent`, {
      scale: true,
      splitLine: { show: false },
      axisLine: { show: true, onZero: false, lineStyle: { color: colour('line') } },
    }),
    yAxis: durationAxis(...ends, ''),
    series: shown.map(([key, name, shade]) => ({
      type: 'line',
      name,
      color: faded(modeColour('queue'), shade),
      lineStyle: { width: 2 },
      symbol: 'circle',
      symbolSize: (_, { dataIndex: at }) => (points[at].is_highest ? 11 : 7),
      data: points.map((point) => [point.rate_per_s, position(latencyOf(point, key))]),
      markLine: key === 'p99' ? markLines(points, bound) : undefined,
    })),
    tooltip: tooltip({
      trigger: 'axis',
      formatter: ([{ dataIndex: at }]) =>
        tip(`${given(points[at].rate_per_s)} ${unit} sent`, [
          ['done', figure(doneOf(points[at]))],
          ...shown.map(([key, name]) => [name, duration(latencyOf(points[at], key))]),
          ['holds', holdsText(points[at])],
        ]),
    }),
  };
}

function note(points, bound) {
  const measured = 'Latencies count from the intended time of sending, so that a stall hides nothing.';
  if (!points.some((point) => typeof point.holds === 'boolean')) return measured;
  const wanted = isNumber(bound)
    ? `all is sent and 99 % of the latencies are within ${duration(bound)}`
    : 'all is sent';
  return `${measured} A rate holds where ${wanted}.`;
}

export function openLoop(report) {
  const points = pointsOf(report);
  if (points.length === 0) return null;
  const bound = boundOf(report);
  const { box } = chart('Latency over the rate of sending', 320, () => option(points, bound, unitOf(report)));
  box.id = 'open-loop-chart';
  const columns = [
    { title: 'sent per second', text: true, value: (point) => given(point.rate_per_s) },
    { title: 'done per second', value: (point) => figure(doneOf(point)) },
    ...[...lines, ['max', 'max']].map(([key, title]) => ({ title, value: (point) => duration(latencyOf(point, key)) })),
    { title: 'CPU', value: (point) => percent(point.run?.cpu_utilization) },
    { title: 'not sent', value: (point) => (isNumber(point.run?.unsent) ? String(point.run.unsent) : null) },
    { title: 'holds', text: true, value: holdsText },
  ];
  const filled = columns.filter((column) => points.some((point) => column.value(point) != null));
  return section(
    'At a given rate',
    note(points, bound),
    points.length > 1 ? box : null,
    table('Open loop', filled, points),
  );
}
