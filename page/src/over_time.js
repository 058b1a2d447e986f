// Throughput over the time of the measurement: whether the machine drifted or stalled.
import { axis, chart, legend, tip, tooltip } from './chart.js';
import { section } from './dom.js';
import { figure, isNumber } from './format.js';
import { bestRuns, runsOf, runTitle, unitOf } from './report.js';
import { merged } from './stretches.js';
import { modeColour } from './theme.js';

const pointsOf = (run) =>
  (Array.isArray(run.over_time) ? run.over_time : []).filter((pair) => isNumber(pair?.[0]) && isNumber(pair?.[1]));

function option(runs, titles, unit, small) {
  const points = runs.map((run) => merged(pointsOf(run)));
  return {
    legend: legend(),
    grid: { left: 62, right: 16, top: small ? 30 + 18 * runs.length : 44, bottom: 48 },
    xAxis: axis('value', 'seconds of measurement', { splitLine: { show: false } }),
    yAxis: axis('value', unit, { min: 0, nameGap: 44 }),
    series: runs.map((run, at) => ({
      type: 'line',
      name: titles[at],
      color: modeColour(run.mode),
      showSymbol: points[at].length === 1,
      lineStyle: { width: 2 },
      data: points[at],
    })),
    tooltip: tooltip({
      trigger: 'axis',
      formatter: (items) =>
        tip(
          `${figure(items[0].value[0])} s`,
          items.map((item) => [item.seriesName, `${figure(item.value[1])} ${unit}`]),
        ),
    }),
  };
}

export function overTime(report) {
  const runs = bestRuns(report).filter((run) => pointsOf(run).length > 0);
  if (runs.length === 0) return null;
  const titles = runs.map((run) => runTitle(run, runsOf(report)));
  const { box } = chart('Throughput over time', 300, (small) => option(runs, titles, unitOf(report), small));
  box.id = 'over-time-chart';
  return section(
    'Throughput over time',
    'Level lines mean that nothing drifted, was throttled or stalled while it was measured.',
    box,
  );
}
