// The figures to see first: each mode's best; of a curve its ends and its knee; of rates the highest that holds.
import { element } from './dom.js';
import { duration, figure, given, isNumber, percent, range, ratio } from './format.js';
import {
  bestRuns,
  curveOf,
  headlineOf,
  hintTitle,
  isSweep,
  modeTitle,
  openLoopOf,
  requestsText,
  runsOf,
  unitOf,
} from './report.js';

function card({ run, mode = run?.mode, title, aside, big, unit, compared }) {
  const share = isNumber(run?.cpu_utilization) ? `${percent(run.cpu_utilization)} of the CPU` : null;
  const p99 = run?.latency_us?.p99 > 0 ? `p99 ${duration(run.latency_us.p99)}` : null;
  const failed = run?.failures > 0 ? `${given(run.failures)} failed` : null;
  return element(
    'article',
    { class: 'card', 'data-mode': mode },
    element('h3', {}, title, aside ? element('span', { class: 'hint' }, aside) : null),
    element('p', { class: 'big' }, big, ' ', element('small', {}, unit)),
    compared ? element('p', { class: 'compared' }, compared) : null,
    element('p', { class: 'more' }, [share, p99, failed].filter(Boolean).join(' · ')),
  );
}

function comparedText(report, entry, base) {
  if (!isNumber(entry.ratio_to_sync) || entry.mode === 'sync') return base;
  if (!(entry.ratio_to_sync > 0)) return null;
  if (report.method?.rounds === 1) return `${ratio(entry.ratio_to_sync)} one request, in one round`;
  if (entry.beyond_noise === false) return `${ratio(entry.ratio_to_sync, entry.ratio_interval)}: within the noise`;
  return `${ratio(entry.ratio_to_sync, entry.ratio_interval)} one request`;
}

function ofModes(report) {
  const runs = bestRuns(report);
  const headline = headlineOf(report);
  const entries = headline.length > 0 ? headline : runs;
  const base =
    entries.length > 1 && entries.some((entry) => entry.ratio_to_sync > 0) ? 'what the others are compared with' : null;
  return entries.map((entry) => ({
    run: runs.find((run) => run.mode === entry.mode),
    mode: entry.mode,
    title: modeTitle(entry.mode),
    aside: hintTitle(entry.hint),
    big: figure(entry.throughput_per_s),
    unit: unitOf(report),
    compared: comparedText(report, entry, base),
  }));
}

const rounds = (run) => (range(run.throughput_interval) ? `${range(run.throughput_interval)} in the rounds` : null);

// The first number of requests, the knee and what brought the most; those that are the same once.
function ofCurve(report, runs) {
  const most = runs.reduce((best, run) => (run.throughput_per_s > best.throughput_per_s ? run : best));
  const knee = curveOf(report).find((point) => point.is_knee);
  const named = [
    [runs[0], 'the fewest'],
    [runs.find((run) => run.nireq === knee?.nireq), 'the knee'],
    [most, 'the most throughput'],
  ].filter(([run]) => run);
  return [...new Set(named.map(([run]) => run))].map((run) => ({
    run,
    title: requestsText(run.nireq),
    aside: named
      .filter(([other]) => other === run)
      .map(([, name]) => name)
      .join(', '),
    big: figure(run.throughput_per_s),
    unit: unitOf(report),
    compared: rounds(run),
  }));
}

// The highest rate that holds and the next one, which doesn't.
function ofRates(report, runs) {
  const points = openLoopOf(report);
  const highest = points.findIndex((point) => point.is_highest);
  const shown = points.some((point) => point.holds === false)
    ? [points[highest], points[highest + 1]]
    : [points[highest] ?? points[0]];
  return shown.filter(Boolean).map((point) => ({
    run: runs.find((run) => run.rate_per_s === point.rate_per_s),
    title: point.holds === false ? "doesn't hold" : point.is_highest ? 'highest rate that holds' : 'at this rate',
    big: given(point.rate_per_s),
    unit: `${unitOf(report)} sent`,
    compared: isNumber(point.achieved_per_s) ? `${figure(point.achieved_per_s)} done per second` : null,
  }));
}

export function cards(report) {
  const runs = runsOf(report);
  const sweep = isSweep(runs) && runs.length > 0;
  const isOpen = sweep && openLoopOf(report).length > 0;
  const made = isOpen ? ofRates(report, runs) : sweep ? ofCurve(report, runs) : ofModes(report);
  return made.length > 0 ? element('div', { class: 'cards' }, ...made.map(card)) : null;
}
