// Throughput, 99th percentile and utilization over the number of requests, one below the other.
import { axis, chart, tip, tooltip } from './chart.js';
import { section } from './dom.js';
import { duration, figure, isNumber, percent } from './format.js';
import { curveOf, unitOf } from './report.js';
import { colour, modeColour } from './theme.js';

const plot = 130;
const pitch = 172;

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

function option(points, unit) {
  const shown = panels(points, unit);
  const grid = shown.map((_, row) => ({ left: 62, right: 16, top: 26 + row * pitch, height: plot }));
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
      nameGap: 8,
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
    series,
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    tooltip: tooltip({
      trigger: 'axis',
      formatter: ([{ dataIndex: at }]) =>
        tip(
          `${points[at].nireq} request${points[at].nireq === 1 ? '' : 's'}${points[at].is_knee ? ', the knee' : ''}`,
          [
            [unit, figure(points[at].throughput_per_s)],
            ['p99', duration(points[at].p99_us)],
            ['CPU', percent(points[at].cpu_utilization)],
          ],
        ),
    }),
  };
}

export function curve(report) {
  const points = curveOf(report);
  if (points.length === 0) return null;
  const unit = unitOf(report);
  const { box } = chart(
    'Throughput, latency and CPU over the number of requests',
    panels(points, unit).length * pitch + 40,
    () => option(points, unit),
  );
  box.id = 'curve-chart';
  const best = points.find((point) => point.is_knee);
  const note = best
    ? `From ${best.nireq} request${best.nireq === 1 ? '' : 's'} on, more of them bring waiting and hardly any throughput.`
    : 'More requests than the device works on at once only wait.';
  return section('How many requests', note, box);
}
