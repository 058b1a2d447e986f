// The top of the page: what was measured, what came of it in two sentences, and the first figures.
import { cards } from './cards.js';
import { element } from './dom.js';
import { duration, figure, given, isNumber, percent } from './format.js';
import { runsOf, runTitle } from './report.js';

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

// What a reader must know before any figure: that some failed, and why; that it was interrupted.
function warnings(report) {
  const runs = runsOf(report);
  const failed = runs.filter((run) => run.failures > 0);
  const { rounds, rounds_asked_for: wanted } = report.method ?? {};
  const lines = failed.map((run) => {
    const what = `${runTitle(run, runs)}: ${given(run.failures)} inference${run.failures === 1 ? '' : 's'} failed`;
    return [what, run.first_failure].filter(Boolean).join(': ');
  });
  if (rounds < wanted) lines.push(`Interrupted: ${rounds} of ${wanted} rounds were measured.`);
  const others = Math.max(0, ...runs.map((run) => run.others_cpu_utilization).filter(isNumber));
  if (others > 0.1)
    lines.push(
      `Other programs took up to ${percent(others)} of the processors meanwhile: the figures are too low, ` +
        'and differ from run to run.',
    );
  return lines.length > 0
    ? element('section', { id: 'warnings', 'aria-label': 'Warnings' }, ...lines.map((line) => element('p', {}, line)))
    : null;
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

const figureTitles = {
  requests_per_s: 'requests/s',
  nireq: 'requests',
  nstreams: 'streams',
  in_device: 'with the device',
  submitter_waiting_share: 'submitter waits',
  submitter_preparing_share: 'prepares',
  others_cpu_utilization: 'others’ CPU',
};

const figureTitle = (name) =>
  figureTitles[name] ??
  name
    .replace(/_per_s$/, ' per second')
    .replace(/_(us|s|share|utilization)$/, '')
    .replaceAll('_', ' ')
    .replace(/\bcpu\b/, 'CPU');

function figureText(name, value) {
  if (!isNumber(value)) return String(value);
  if (/_us$/.test(name)) return duration(value);
  if (/(utilization|share)/.test(name) && value <= 1.5) return percent(value);
  return Number.isInteger(value) ? String(value) : figure(value);
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
    warnings(report),
    report.verdict?.text ? verdict(report.verdict) : null,
    cards(report),
  ].filter(Boolean);
}
