// The layers that take most of the time, from the runtime's own counters.
import { axis, chart, tip, tooltip } from './chart.js';
import { element, section, table } from './dom.js';
import { duration, isNumber, percent } from './format.js';
import { layersOf } from './report.js';
import { colour, faded } from './theme.js';

const most = 15;

function option(layers, small) {
  const width = small ? 110 : 220;
  return {
    grid: { left: width + 12, right: 64, top: 8, bottom: 44 },
    xAxis: axis('value', 'µs', { nameGap: 26, splitNumber: small ? 3 : 5 }),
    yAxis: axis('category', '', {
      inverse: true,
      data: layers.map((layer) => String(layer.name)),
      axisLabel: { color: colour('text'), width, overflow: 'truncate', interval: 0, hideOverlap: false },
    }),
    series: [
      {
        type: 'bar',
        barMaxWidth: 18,
        data: layers.map((layer) => layer.real_us),
        itemStyle: { color: faded(colour('text'), 0.6), borderRadius: [0, 3, 3, 0] },
        label: {
          show: true,
          position: 'right',
          color: colour('text'),
          fontSize: 12,
          formatter: ({ dataIndex: at }) => percent(layers[at].share) ?? '',
        },
      },
    ],
    tooltip: tooltip({
      formatter: ({ dataIndex: at }) =>
        tip(String(layers[at].name), [
          ['type', layers[at].type],
          ['kernel', layers[at].exec_type],
          ['real', duration(layers[at].real_us)],
          ['CPU', duration(layers[at].cpu_us)],
          ['share', percent(layers[at].share)],
        ]),
    }),
  };
}

export function layers(report) {
  const all = [...layersOf(report)].sort((a, b) => b.real_us - a.real_us);
  if (all.length === 0) return null;
  const top = all.slice(0, most);
  const { box } = chart('The slowest layers', top.length * 26 + 56, (small) => option(top, small));
  box.id = 'layers-chart';
  const numbers = table(
    'Layers by time',
    [
      { title: 'layer', text: true, value: (layer) => String(layer.name) },
      { title: 'type', text: true, value: (layer) => layer.type },
      { title: 'kernel', text: true, value: (layer) => layer.exec_type },
      { title: 'real', value: (layer) => duration(layer.real_us) },
      { title: 'CPU', value: (layer) => (isNumber(layer.cpu_us) ? duration(layer.cpu_us) : null) },
      { title: 'share', value: (layer) => percent(layer.share) },
    ],
    all,
  );
  const note =
    all.length > most
      ? `The ${most} slowest of ${all.length} layers of one inference.`
      : 'The layers of one inference.';
  return section(
    'Layers',
    note,
    box,
    element('details', {}, element('summary', {}, `All ${all.length} layers`), numbers),
  );
}
