// What was measured on what, and how: whatever of it the report holds.
import { element, section } from './dom.js';
import { bytes, duration, figure, isNumber, seconds } from './format.js';
import { hintTitle, runsOf } from './report.js';

function valueText(name, value) {
  if (value == null) return null;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (isNumber(value)) return numberText(name, value);
  if (Array.isArray(value))
    return value.length > 0 ? value.map((item) => valueText(name, item) ?? '–').join(', ') : null;
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}

function numberText(name, value) {
  if (/bytes$/.test(name)) return bytes(value);
  if (/(^seconds|_s)$/.test(name)) return seconds(value);
  if (/_us$/.test(name)) return duration(value);
  return Number.isInteger(value) ? String(value) : figure(value);
}

const titles = {
  cpu: 'processor',
  cpus: 'CPUs',
  usable_cpus: 'usable CPUs',
  cpu_quota: 'CPU quota',
  most_p99_us: 'bound of p99',
  peak_bytes: 'at most',
  rss_bytes: 'at the end',
  seconds: 'a round takes',
};

const titleOf = (name) => titles[name] ?? name.replace(/_(bytes|s|us)$/, '').replaceAll('_', ' ');

function group(title, fields) {
  const rows = Object.entries(fields ?? {})
    .map(([name, value]) => [titleOf(name), valueText(name, value)])
    .filter(([, value]) => value != null);
  if (rows.length === 0) return null;
  return element(
    'div',
    {},
    element('h3', {}, title),
    element('dl', {}, ...rows.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)])),
  );
}

function modelFields({ path, inputs, ...others }) {
  const described = (Array.isArray(inputs) ? inputs : []).map(({ name, shape, type }) =>
    [name, Array.isArray(shape) ? `[${shape.join(', ')}]` : shape, type].filter(Boolean).join(' '),
  );
  return { path, inputs: described, ...others };
}

// What the report has for each hint, in the order of its runs.
function byHint(report, name) {
  const hints = [...new Set(runsOf(report).map((run) => run.hint))];
  const values = report[name];
  if (!Array.isArray(values) || hints.length !== values.length || hints.length < 2) return values;
  return values.map((value, at) => `${valueText(name, value) ?? 'failed'} (${hintTitle(hints[at])})`);
}

const isFields = (value) => value != null && typeof value === 'object' && !Array.isArray(value);

export function setup(report) {
  const fields = (value) => (isFields(value) ? value : {});
  const groups = [
    group('Model', modelFields(fields(report.model))),
    group('Machine', fields(report.machine)),
    group('Method', fields(report.method)),
    group('Versions', fields(report.versions)),
    group('Start', { compile_s: byHint(report, 'compile_s'), first_inference_s: byHint(report, 'first_inference_s') }),
    group('Memory', fields(report.memory)),
  ].filter(Boolean);
  return groups.length > 0
    ? section('How it was measured', null, element('div', { class: 'groups' }, ...groups))
    : null;
}
