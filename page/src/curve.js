// Throughput, 99th percentile and utilization over the number of requests, one below the other.
import { axis, chart, tip, tooltip } from './chart.js';
import { section } from './dom.js';
import { duration, figure, isInterval, isNumber, percent, range } from './format.js';
import { curveOf, isSweep, requestsText, runsOf, unitOf } from './report.js';
import { colour, modeColour } from './theme.js';
import { whiskers } from './whiskers.js';

const plot = 130;
const pitch = 180;
const above = 34;

function panels(points, unit) {
  const all = [
    { name: unit, value: (point) => point.throughput_per_s },
    { name: 'p99 latency, ms', value: (point) => (isNumber(point.p99_us) ? point.p99_us / 1000 : null) },
    { name: 'CPU, %', value: (point) => (isNumber(point.cpu_utilization) ? point.cpu_utilization * 100 : null) },
  ];
  return all.filter((panel) => points.some((point) => isNumber(panel.value(point))));
}

function knee(points, row) {
  const at = points.findIndex((point) => point.is_knee);
  if (at < 0) return undefined;
  return {
    silent: true,
    symbol: 'none',
    lineStyle: { color: colour('muted'), type: 'dashed' },
    label: { show: row === 0, color: colour('text'), formatter: 'knee', position: 'end', distance: 4 },
    data: [{ xAxis: at }],
  };
}

// The interval of each throughput, where the report has the run.
function intervals(points) {
  return {
    type: 'custom',
    silent: true,
    z: 1,
    data: points.flatMap(({ interval }, at) => (isInterval(interval) ? [[at, ...interval]] : [])),
    encode: { x: 0, y: [1, 2] },
    renderItem: (_, api) => ({
      type: 'group',
      children: whiskers(api.coord([api.value(0), api.value(1)]), api.coord([api.value(0), api.value(2)])),
    }),
  };
}

function option(points, unit) {
  const shown = panels(points, unit);
  const grid = shown.map((_, row) => ({ left: 62, right: 16, top: above + row * pitch, height: plot }));
  const x = shown.map((_, row) =>
    axis('category', row + 1 === shown.length ? 'requests in flight' : '', {
      gridIndex: row,
      data: points.map((point) => String(point.nireq)),
      boundaryGap: false,
      axisLabel: { show: row + 1 === shown.length },
    }),
  );
  const y = shown.map((panel, row) =>
    axis('value', panel.name, {
      gridIndex: row,
      min: 0,
      max: panel.name === 'CPU, %' ? 100 : undefined,
      nameLocation: 'end',
      nameGap: 14,
      nameTextStyle: { color: colour('muted'), align: 'left', padding: [0, 0, 0, -54] },
      splitNumber: 3,
      interval: panel.name === 'CPU, %' ? 25 : undefined,
    }),
  );
  const series = shown.map((panel, row) => ({
    type: 'line',
    name: panel.name,
    xAxisIndex: row,
    yAxisIndex: row,
    symbol: 'circle',
    symbolSize: (_, { dataIndex: at }) => (points[at].is_knee ? 11 : 6),
    color: modeColour('queue'),
    lineStyle: { width: 2 },
    data: points.map(panel.value),
    markLine: knee(points, row),
  }));
  return {
    grid,
    xAxis: x,
    yAxis: y,
    series: [...series, intervals(points)],
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    tooltip: tooltip({
      trigger: 'axis',
      formatter: ([{ dataIndex: at }]) =>
        tip(`${requestsText(points[at].nireq)}${points[at].is_knee ? ', the knee' : ''}`, [
          [unit, figure(points[at].throughput_per_s)],
          ['interval', range(points[at].interval)],
          ['p99', duration(points[at].p99_us)],
          ['CPU', percent(points[at].cpu_utilization)],
        ]),
    }),
  };
}

function note(points) {
  const knee = points.findIndex((point) => point.is_knee);
  const how = 'Whiskers: the interval of the median.';
  if (knee < 0) return `More requests than the device works on at once only wait. ${how}`;
  const count = requestsText(points[knee].nireq);
  return knee + 1 === points.length && points.length > 1
    ? `The throughput still grows with ${count}, the most that were measured. ${how}`
    : `The knee is at ${count}: more of them bring waiting and hardly any throughput. ${how}`;
}

export function curve(report) {
  const runs = runsOf(report);
  const points = curveOf(report).map((point) => ({
    ...point,
    interval: runs.find((run) => run.nireq === point.nireq && isSweep(runs))?.throughput_interval,
  }));
  if (points.length === 0) return null;
  const unit = unitOf(report);
  const { box } = chart(
    'Throughput, latency and CPU over the number of requests',
    panels(points, unit).length * pitch + 44,
    () => option(points, unit),
  );
  box.id = 'curve-chart';
  return section('How many requests', note(points), box);
}
