// Requests sent at a given rate: latency over the rate, from the intended time of sending.
import { axis, chart, legend, tip, tooltip } from './chart.js';
import { section, table } from './dom.js';
import { duration, figure, isNumber, percent } from './format.js';
import { openLoopOf } from './report.js';
import { faded, modeColour } from './theme.js';

const latencyOf = (point, key) => point.latency_us?.[key] ?? point[`${key}_us`];

const lines = [
  ['p50', 0.45],
  ['p99', 0.72],
  ['p99_9', 1],
];

function option(points) {
  const shown = lines.filter(([key]) => points.some((point) => isNumber(latencyOf(point, key))));
  return {
    legend: legend(),
    grid: { left: 62, right: 16, top: 56, bottom: 48 },
    xAxis: axis('value', 'requests sent per second', { scale: true, splitLine: { show: false } }),
    yAxis: axis('value', 'latency, ms', { min: 0, nameGap: 44 }),
    series: shown.map(([key, shade]) => ({
      type: 'line',
      name: key.replace('_', '.'),
      color: faded(modeColour('queue'), shade),
      symbol: 'circle',
      symbolSize: 6,
      data: points.map((point) => [
        point.rate_per_s,
        isNumber(latencyOf(point, key)) ? latencyOf(point, key) / 1000 : null,
      ]),
    })),
    tooltip: tooltip({
      trigger: 'axis',
      formatter: ([{ dataIndex: at }]) =>
        tip(
          `${figure(points[at].rate_per_s)} sent per second`,
          shown.map(([key]) => [key.replace('_', '.'), duration(latencyOf(points[at], key))]),
        ),
    }),
  };
}

export function openLoop(report) {
  const points = [...openLoopOf(report)].sort((a, b) => a.rate_per_s - b.rate_per_s);
  if (points.length === 0) return null;
  const { box } = chart('Latency over the rate of sending', 300, () => option(points));
  box.id = 'open-loop-chart';
  const columns = [
    { title: 'sent per second', value: (point) => figure(point.rate_per_s) },
    { title: 'done per second', value: (point) => figure(point.throughput_per_s) },
    ...['p50', 'p99', 'p99_9', 'max'].map((key) => ({
      title: key.replace('_', '.'),
      value: (point) => duration(latencyOf(point, key)),
    })),
    { title: 'CPU', value: (point) => percent(point.cpu_utilization) },
  ];
  const filled = columns.filter((column) => points.some((point) => column.value(point) != null));
  const numbers = table('Open loop', filled, points);
  return section(
    'At a given rate',
    'Measured from the intended time of sending, so that a stall hides nothing.',
    points.length > 1 ? box : null,
    numbers,
  );
}
