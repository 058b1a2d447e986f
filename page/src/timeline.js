// What each slot did: a row for each, a bar for each request, from its start to the return of its callback; below
// it a line while it waited for the slot and its inputs were written.
import { axis, chart, legend, tip, tooltip } from './chart.js';
import { section } from './dom.js';
import { duration, isNumber } from './format.js';
import { bestRuns, modeTitle } from './report.js';
import { colour, faded, modeColour } from './theme.js';

// A column of report.timeline.slots each.
const [slotAt, requestAt, submittedAt, startedAt, completedAt, returnedAt] = [0, 1, 2, 3, 4, 5];

const requestsOf = (run) =>
  (Array.isArray(run.timeline?.slots) ? run.timeline.slots : []).filter((request) =>
    [slotAt, startedAt, completedAt].every((at) => isNumber(request?.[at])),
  );

// Where a run's row begins, in µs: with its first start. Where a report has only the latest requests, in the order in
// which they were done, it is when the first of these was: from then on none that ran is missing.
function beginOf(requests) {
  const isWhole = requests.some((request) => request[requestAt] === 0);
  return Math.min(
    ...requests.map((request) => (isWhole ? request[startedAt] : (request[returnedAt] ?? request[completedAt]))),
  );
}

// The rows of the chart and the requests on them. Each run begins at 0, because only within one do times compare.
function laidOut(runs) {
  const rows = [];
  const requests = [];
  for (const run of runs) {
    const all = requestsOf(run);
    const begin = beginOf(all);
    const slots = [...new Set(all.map((request) => request[slotAt]))].sort((a, b) => a - b);
    for (const request of all) {
      const since = (at) => (isNumber(request[at]) ? (request[at] - begin) / 1000 : null);
      const completed = since(completedAt);
      requests.push({
        run,
        slot: request[slotAt],
        request: request[requestAt],
        row: rows.length + slots.indexOf(request[slotAt]),
        submitted: since(submittedAt) ?? since(startedAt),
        started: since(startedAt),
        completed,
        returned: since(returnedAt) ?? completed,
      });
    }
    rows.push(...slots.map((slot, at) => ({ name: `${modeTitle(run.mode)} · ${slot}`, at })));
  }
  return { rows, requests };
}

// What is shown first, in ms: some requests of each slot, so that single bars can be told apart, and of the slowest run
// at least a few.
function firstWindow(requests) {
  const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
  const runs = [...new Set(requests.map((request) => request.run))];
  const lengths = runs.map((run) =>
    median(requests.filter((request) => request.run === run).map(({ started, returned }) => returned - started)),
  );
  const end = requests.reduce((most, request) => Math.max(most, request.returned), 0);
  const wanted = Math.max(median([...lengths]) * 12, Math.max(...lengths) * 4, end / 200);
  return { end, window: Math.min(end, wanted) };
}

const parts = ['wait', 'service', 'callback'];

// The height of a row: hundreds of slots are to fit on a few screens.
const pitchOf = (rows) =>
  rows.length <= 16 ? 28 : rows.length <= 40 ? 18 : Math.max(4, Math.min(12, 1200 / rows.length));
// As many names of slots as have room.
const leastLabel = 14;

function bars(requests, part) {
  const shade = { wait: 0.35, service: 1, callback: 0.6 }[part];
  const ends = {
    wait: ['submitted', 'started'],
    service: ['started', 'completed'],
    callback: ['completed', 'returned'],
  }[part];
  return {
    type: 'custom',
    name: part,
    color: faded(colour('text'), shade * 0.75),
    encode: { x: [0, 1], y: 2 },
    clip: true,
    data: requests.map((request, at) => [request[ends[0]], request[ends[1]], request.row, at]),
    renderItem: ({ coordSys }, api) => {
      const [left, middle] = api.coord([api.value(0), api.value(2)]);
      const [right] = api.coord([api.value(1), api.value(2)]);
      const from = Math.max(left, coordSys.x);
      const to = Math.min(right, coordSys.x + coordSys.width);
      if (to <= from) return null;
      // The wait overlaps what the slot still does for the request before: a thin line below it.
      const [, pitch] = api.size([0, 1]);
      const bar = Math.min(18, pitch * 0.62);
      const height = part === 'wait' ? Math.min(3, pitch * 0.14) : bar;
      const y = middle + (part === 'wait' ? bar / 2 + pitch * 0.05 : -bar / 2);
      return {
        type: 'rect',
        shape: { x: from, y, width: Math.max(to - from, 0.6), height, r: part === 'service' ? 2 : 0 },
        style: {
          fill: faded(modeColour(requests[api.value(3)].run.mode), shade),
          stroke: part === 'service' ? colour('card') : undefined,
          lineWidth: part === 'service' ? 0.7 : 0,
        },
      };
    },
  };
}

function option({ rows, requests }, small) {
  const { end, window } = firstWindow(requests);
  const pitch = pitchOf(rows);
  const height = rows.length * pitch;
  return {
    legend: legend({ selectedMode: false }),
    grid: { left: small ? 106 : 130, right: 20, top: 34, height },
    xAxis: axis('value', 'ms', {
      min: 0,
      max: end,
      nameGap: 28,
      axisLabel: { showMaxLabel: false, formatter: (value) => String(+value.toFixed(2)) },
    }),
    yAxis: axis('category', '', {
      inverse: true,
      data: rows.map(({ name }) => name),
      axisLabel: {
        color: colour('text'),
        interval: (row) => rows[row].at % Math.ceil(leastLabel / pitch) === 0,
        hideOverlap: false,
      },
    }),
    dataZoom: [
      {
        type: 'slider',
        top: height + 92,
        height: 22,
        startValue: 0,
        endValue: window,
        filterMode: 'weakFilter',
        brushSelect: false,
        labelFormatter: (value) => `${value.toFixed(0)} ms`,
        textStyle: { color: colour('muted') },
        borderColor: colour('line'),
        fillerColor: faded(colour('mode-3'), 0.25),
        handleStyle: { borderColor: colour('mode-3'), color: colour('card') },
        showDataShadow: false,
      },
      {
        type: 'inside',
        filterMode: 'weakFilter',
        zoomOnMouseWheel: 'ctrl',
        moveOnMouseWheel: false,
        preventDefaultMouseMove: false,
      },
    ],
    series: parts.map((part) => bars(requests, part)),
    tooltip: tooltip({
      formatter: ({ value }) => {
        const request = requests[value[3]];
        return tip(`${modeTitle(request.run.mode)}, slot ${request.slot}, request ${request.request}`, [
          ['before the start', duration((request.started - request.submitted) * 1000)],
          ['service', duration((request.completed - request.started) * 1000)],
          ['callback', duration((request.returned - request.completed) * 1000)],
        ]);
      },
    }),
  };
}

export function timeline(report) {
  const runs = bestRuns(report).filter((run) => requestsOf(run).length > 0);
  if (runs.length === 0) return null;
  const drawn = laidOut(runs);
  const { box } = chart('What each slot did over time', drawn.rows.length * pitchOf(drawn.rows) + 130, (small) =>
    option(drawn, small),
  );
  box.id = 'timeline-chart';
  const note =
    'A row for each slot. In its gaps the device had nothing of it to do. Move and stretch the bar below to see more.';
  return section('Timeline of the slots', note, box);
}
