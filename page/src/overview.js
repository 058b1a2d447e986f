// The top of the page: what was measured, what came of it in two sentences, and the figure of each mode.
import { element } from './dom.js';
import { duration, figure, isNumber, percent, ratio } from './format.js';
import { bestRuns, headlineOf, hintTitle, modeTitle, runsOf, unitOf } from './report.js';

const baseName = (path) => String(path).split(/[\\/]/).pop();

function subtitle(report) {
  const devices = [
    ...new Set(
      runsOf(report)
        .map((run) => run.device)
        .filter(Boolean),
    ),
  ];
  const cpus = report.machine?.usable_cpus ?? report.machine?.cpus;
  const parts = [
    devices.length > 0 ? `on ${devices.join(', ')}` : null,
    report.machine?.cpu,
    isNumber(cpus) ? `${cpus} CPU${cpus === 1 ? '' : 's'}` : null,
    report.versions?.openvino ? `OpenVINO ${String(report.versions.openvino).split('-')[0]}` : null,
  ];
  return parts.filter(Boolean).join(' · ');
}

function verdict({ kind, text, figures }) {
  const rows = Object.entries(figures ?? {})
    .filter(([, value]) => isNumber(value) || typeof value === 'string')
    .map(([name, value]) =>
      element('div', {}, element('dt', {}, figureTitle(name)), element('dd', {}, figureText(name, value))),
    );
  return element(
    'section',
    { id: 'verdict', 'aria-label': 'Verdict' },
    kind ? element('p', { class: 'kind' }, String(kind).replaceAll('_', ' ')) : null,
    element('p', { class: 'verdict' }, text),
    rows.length > 0 ? element('dl', { class: 'figures' }, ...rows) : null,
  );
}

const figureTitle = (name) =>
  name
    .replace(/_(us|s)$/, '')
    .replaceAll('_', ' ')
    .replace(/\bcpu\b/, 'CPU');

function figureText(name, value) {
  if (!isNumber(value)) return String(value);
  if (/_us$/.test(name)) return duration(value);
  if (/(utilization|share)/.test(name) && value <= 1.5) return percent(value);
  return Number.isInteger(value) ? String(value) : figure(value);
}

function comparedText(entry, base) {
  if (!isNumber(entry.ratio_to_sync) || entry.mode === 'sync') return base;
  if (entry.beyond_noise === false) return `${ratio(entry.ratio_to_sync, entry.ratio_interval)}: within the noise`;
  return `${ratio(entry.ratio_to_sync, entry.ratio_interval)} one request`;
}

function card(report, entry, run, base) {
  const unit = unitOf(report);
  const share = run && isNumber(run.cpu_utilization) ? `${percent(run.cpu_utilization)} of the CPU` : null;
  const p99 = run?.latency_us && isNumber(run.latency_us.p99) ? `p99 ${duration(run.latency_us.p99)}` : null;
  return element(
    'article',
    { class: 'card', 'data-mode': entry.mode },
    element(
      'h3',
      {},
      modeTitle(entry.mode),
      entry.hint ? element('span', { class: 'hint' }, hintTitle(entry.hint)) : null,
    ),
    element('p', { class: 'big' }, figure(entry.throughput_per_s), ' ', element('small', {}, unit)),
    element('p', { class: 'compared' }, comparedText(entry, base) ?? ''),
    element('p', { class: 'more' }, [share, p99].filter(Boolean).join(' · ')),
  );
}

function cards(report) {
  const runs = bestRuns(report);
  const headline = headlineOf(report);
  const entries = headline.length > 0 ? headline : runs;
  if (entries.length === 0) return null;
  const base = entries.length > 1 ? 'what the others are compared with' : null;
  return element(
    'div',
    { class: 'cards' },
    ...entries.map((entry) =>
      card(
        report,
        entry,
        runs.find((run) => run.mode === entry.mode),
        base,
      ),
    ),
  );
}

export function overview(report) {
  const model = report.model?.path ? baseName(report.model.path) : 'inferqueue bench';
  document.title = `${model}: inferqueue bench`;
  return [
    element(
      'header',
      {},
      element('p', { class: 'what' }, 'inferqueue bench', report.work ? ` · ${report.work}` : ''),
      element('h1', {}, model),
      element('p', { class: 'where' }, subtitle(report)),
    ),
    report.verdict?.text ? verdict(report.verdict) : null,
    cards(report),
  ].filter(Boolean);
}
