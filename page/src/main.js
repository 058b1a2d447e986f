import { drawAll } from './chart.js';
import { comparison } from './comparison.js';
import { curve } from './curve.js';
import { element, section } from './dom.js';
import { layers } from './layers.js';
import { latency } from './latency.js';
import { openLoop } from './open_loop.js';
import { overTime } from './over_time.js';
import { overview } from './overview.js';
import { setup } from './setup.js';
import { runsTable } from './tables.js';
import { timeline } from './timeline.js';

function show(report) {
  const page = document.getElementById('page');
  page.replaceChildren(...overview(report));
  // Each gives null where the report has nothing for it.
  for (const part of [comparison, curve, openLoop, latency, overTime, timeline, layers, runsTable, setup]) {
    const shown = part(report);
    if (shown) page.append(shown);
  }
  drawAll();
  page.dataset.drawn = 'true';
}

const text = document.getElementById('report').textContent;
let report = null;
try {
  report = JSON.parse(text);
} catch {
  report = null;
}
if (report && typeof report === 'object') show(report);
else
  document
    .getElementById('page')
    .replaceChildren(section('No report', null, element('p', {}, 'This page holds no report that can be read.')));
