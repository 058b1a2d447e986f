// The report as the charts want it: what is missing is an empty list or null.
import { given, isNumber } from './format.js';

const list = (value) => (Array.isArray(value) ? value : []);

// An inference of a batch is several items.
export function unitOf(report) {
  if (report.work === 'detection') return 'pictures/s';
  return list(report.runs).some((run) => run?.batch > 1) ? 'items/s' : 'inferences/s';
}

export const runsOf = (report) => list(report.runs).filter((run) => run && isNumber(run.throughput_per_s));
export const curveOf = (report) => list(report.curve).filter((point) => isNumber(point?.nireq));
export const openLoopOf = (report) => list(report.open_loop).filter((point) => isNumber(point?.rate_per_s));
export const layersOf = (report) => list(report.layers).filter((layer) => isNumber(layer?.real_us));
export const headlineOf = (report) =>
  list(report.comparison?.headline).filter((entry) => isNumber(entry?.throughput_per_s));

const titles = { sync: 'one request', two_requests: 'two requests', queue: 'queue', inference: 'inference' };
export const modeTitle = (mode) => titles[mode] ?? String(mode ?? 'run').replaceAll('_', ' ');
export const hintTitle = (hint) => (hint ? String(hint).toLowerCase().replaceAll('_', ' ') : '');

export const differ = (runs, key) => new Set(runs.map((run) => run[key])).size > 1;

// One mode under one hint, over the numbers of requests or the rates.
export const isSweep = (runs) =>
  runs.some((run) => isNumber(run.rate_per_s)) || (runs.length > 1 && !differ(runs, 'mode') && !differ(runs, 'hint'));

// Whether anything came of it; else its times are zeros that nobody measured.
export const hasTimes = (run) => run.requests !== 0;

export const requestsText = (count) => `${count} request${count === 1 ? '' : 's'}`;

// "queue · throughput", with the device where there are several; of a sweep "queue · 4 requests" or "queue · 200/s".
export function runTitle(run, runs) {
  const parts = [modeTitle(run.mode), differ(runs, 'device') ? run.device : null];
  if (isNumber(run.rate_per_s)) parts.push(`${given(run.rate_per_s)}/s`);
  else parts.push(isSweep(runs) ? requestsText(run.nireq) : hintTitle(run.hint));
  return parts.filter(Boolean).join(' · ');
}

// The run of a sweep that people will want: the knee, or the highest rate that holds; else the first.
function chosenOfSweep(report, runs) {
  const knee = curveOf(report).find((point) => point.is_knee);
  const highest = openLoopOf(report).find((point) => point.is_highest);
  const found = runs.find((run) => (highest ? run.rate_per_s === highest.rate_per_s : run.nireq === knee?.nireq));
  return found ?? runs[0];
}

// Each mode's run of the headline; where the report has no headline, its fastest. Of a sweep one.
export function bestRuns(report) {
  const runs = runsOf(report);
  if (isSweep(runs)) return [chosenOfSweep(report, runs)];
  const best = new Map();
  const entries = headlineOf(report);
  const named = (run) => entries.some((entry) => entry.mode === run.mode && entry.hint === run.hint);
  for (const run of runs) {
    const known = best.get(run.mode);
    const isBetter =
      !known || (named(run) === named(known) ? run.throughput_per_s > known.throughput_per_s : named(run));
    if (isBetter) best.set(run.mode, run);
  }
  return [...best.values()];
}
