// Every run with its figures.
import { section, table } from './dom.js';
import { duration, figure, given, isNumber, percent, range, seconds } from './format.js';
import { differ, hasTimes, hintTitle, modeTitle, runsOf, unitOf } from './report.js';

const all = (report) => [
  { title: 'mode', text: true, value: (run) => modeTitle(run.mode) },
  { title: 'device', text: true, value: (run) => (differ(runsOf(report), 'device') ? run.device : null) },
  { title: 'hint', text: true, value: (run) => hintTitle(run.hint) || null },
  { title: 'requests', value: (run) => run.nireq },
  { title: 'streams', value: (run) => run.nstreams },
  { title: 'batch', value: (run) => run.batch },
  { title: 'sent per s', value: (run) => given(run.rate_per_s) },
  { title: unitOf(report), value: (run) => figure(run.throughput_per_s) },
  { title: 'interval', value: (run) => range(run.throughput_interval) },
  { title: 'CPU', value: (run) => percent(run.cpu_utilization) },
  { title: 'device used', value: (run) => percent(run.device_utilization) },
  { title: 'CPU time', value: (run) => (hasTimes(run) ? seconds(run.cpu_s_per_item) : null) },
  { title: 'p50', value: (run) => (hasTimes(run) ? duration(run.latency_us?.p50) : null) },
  { title: 'p99', value: (run) => (hasTimes(run) ? duration(run.latency_us?.p99) : null) },
  { title: 'failures', value: (run) => given(run.failures) },
];

export function runsTable(report) {
  const runs = runsOf(report);
  if (runs.length === 0) return null;
  const filled = all(report).filter((column) => runs.some((run) => column.value(run) != null));
  const shown = table(
    'All runs',
    filled.map((column) => ({ ...column, value: (run) => shownValue(column.value(run)) })),
    runs,
  );
  return section('All figures', null, shown);
}

const shownValue = (value) => (isNumber(value) ? String(value) : value);
