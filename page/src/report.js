// The report as the charts want it: what is missing is an empty list or null.
import { isNumber } from './format.js';

export const unitOf = (report) => (report.work === 'detection' ? 'pictures/s' : 'inferences/s');

const list = (value) => (Array.isArray(value) ? value : []);

export const runsOf = (report) => list(report.runs).filter((run) => run && isNumber(run.throughput_per_s));
export const curveOf = (report) => list(report.curve).filter((point) => isNumber(point?.nireq));
export const openLoopOf = (report) => list(report.open_loop).filter((point) => isNumber(point?.rate_per_s));
export const layersOf = (report) => list(report.layers).filter((layer) => isNumber(layer?.real_us));
export const headlineOf = (report) =>
  list(report.comparison?.headline).filter((entry) => isNumber(entry?.throughput_per_s));

const titles = { sync: 'one request', two_requests: 'two requests', queue: 'queue', inference: 'inference' };
export const modeTitle = (mode) => titles[mode] ?? String(mode ?? 'run').replaceAll('_', ' ');
export const hintTitle = (hint) => (hint ? String(hint).toLowerCase().replaceAll('_', ' ') : '');

// "queue · throughput", with the device where there are several.
export function runTitle(run, runs) {
  const several = new Set(runs.map((other) => other.device)).size > 1;
  const parts = [modeTitle(run.mode), several ? run.device : null, hintTitle(run.hint)];
  if (isNumber(run.rate_per_s)) parts.push(`${run.rate_per_s}/s`);
  return parts.filter(Boolean).join(' · ');
}

// Each mode's run of the headline; where the report has no headline, its fastest.
export function bestRuns(report) {
  const best = new Map();
  const entries = headlineOf(report);
  const named = (run) => entries.some((entry) => entry.mode === run.mode && entry.hint === run.hint);
  for (const run of runsOf(report)) {
    const known = best.get(run.mode);
    const isBetter =
      !known || (named(run) === named(known) ? run.throughput_per_s > known.throughput_per_s : named(run));
    if (isBetter) best.set(run.mode, run);
  }
  return [...best.values()];
}
