// A chart that redraws itself for its width, the colours of the system and the printer.
import { BarChart, CustomChart, LineChart } from 'echarts/charts';
import {
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
} from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

import { element } from './dom.js';
import { colour } from './theme.js';

// SVG: its text can be selected and read aloud, and it is sharp on every screen and on paper.
echarts.use([
  BarChart,
  CustomChart,
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  LineChart,
  MarkLineComponent,
  SVGRenderer,
  TooltipComponent,
]);

const charts = [];
const narrow = 560;

// chart('Throughput by mode', height, option): height in pixels, or what gives it for whether the page is narrow;
// option(narrow) gives ECharts' option, or the chart is left as it is when told to refresh() with another.
export function chart(label, height, option) {
  const box = element('div', { class: 'chart', role: 'img', 'aria-label': label });
  const made = { box, height, option, instance: null };
  charts.push(made);
  return { box, refresh: () => made.instance && show(made) };
}

export function isNarrow(box) {
  return box.clientWidth < narrow;
}

function show(made) {
  const small = isNarrow(made.box);
  made.box.style.height = `${typeof made.height === 'function' ? made.height(small) : made.height}px`;
  made.instance.resize();
  made.instance.setOption({ ...common(), ...made.option(small) }, { notMerge: true });
}

// The letters of the page, for what ECharts doesn't give them to.
export const family = () => getComputedStyle(document.body).fontFamily;

function common() {
  return {
    animation: false,
    textStyle: { fontFamily: family(), color: colour('text') },
    tooltip: tooltip(),
  };
}

export function tooltip(more = {}) {
  return {
    trigger: 'item',
    confine: true,
    backgroundColor: colour('card'),
    borderColor: colour('line'),
    textStyle: { color: colour('text'), fontSize: 13 },
    ...more,
  };
}

// What a tooltip shows: a title and rows of [name, figure]. As elements, so that no name of the report is markup.
export function tip(title, rows) {
  const lines = rows
    .filter(([, value]) => value != null)
    .flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]);
  return element('div', { class: 'tip' }, element('strong', {}, title), element('dl', {}, ...lines));
}

// An axis in the colours of the page; `name` with its unit.
export function axis(type, name, more = {}) {
  return {
    type,
    name,
    nameLocation: 'middle',
    nameGap: 30,
    nameTextStyle: { color: colour('muted'), fontSize: 12 },
    axisLine: { show: type === 'category', lineStyle: { color: colour('line') } },
    axisTick: { show: false },
    splitLine: { show: type !== 'category', lineStyle: { color: colour('grid') } },
    ...more,
    axisLabel: { color: colour('muted'), fontSize: 12, hideOverlap: true, ...more.axisLabel },
  };
}

// Labels with the names of runs; where there is little room, "queue · throughput" is on two lines.
export function runLabels(small) {
  const wide = { width: 164, overflow: 'truncate', color: colour('text'), interval: 0, hideOverlap: false };
  const twoLines = { width: 104, fontSize: 11, lineHeight: 13, formatter: (text) => text.replace(' · ', '\n') };
  return small ? { ...wide, ...twoLines } : wide;
}

export function legend(more = {}) {
  return {
    top: 0,
    left: 0,
    itemWidth: 16,
    itemHeight: 10,
    icon: 'roundRect',
    textStyle: { color: colour('text'), fontSize: 13, width: Math.min(280, innerWidth - 110), overflow: 'truncate' },
    ...more,
  };
}

// Draws all that are on the page by now.
export function drawAll() {
  for (const made of charts) {
    made.instance = echarts.init(made.box, null, { renderer: 'svg' });
    show(made);
  }
  const again = () => charts.forEach(show);
  let width = innerWidth;
  addEventListener('resize', () => {
    if (innerWidth !== width) again();
    width = innerWidth;
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', again);
  // Paper is light and narrower; style sheets of print apply once the event is over in some browsers.
  matchMedia('print').addEventListener('change', again);
}
