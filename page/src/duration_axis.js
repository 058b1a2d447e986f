// An axis of times, logarithmic: what is drawn along it are positions.
import { least } from './bins.js';
import { axis } from './chart.js';
import { isNumber, logTicks, tickDuration } from './format.js';
import { colour } from './theme.js';

export const position = (us) => (isNumber(us) ? Math.log10(Math.max(us, least)) : null);

// Between two positions; `more` as of axis().
export function durationAxis(low, high, name, more = {}) {
  const customValues = logTicks(10 ** low, 10 ** high).map(Math.log10);
  const lineStyle = { color: colour('line') };
  return axis('value', name, {
    min: low,
    max: high,
    axisTick: { show: true, customValues, lineStyle },
    axisLine: { show: true, onZero: false, lineStyle },
    ...more,
    splitLine: { show: true, customValues, lineStyle: { color: colour('grid') }, ...more.splitLine },
    axisLabel: { customValues, formatter: (value) => tickDuration(10 ** value) },
  });
}

// The ends of an axis that has all these times, with some room around them; null where there is none.
export function durationRange(times) {
  const positive = times.filter((value) => isNumber(value) && value > 0);
  if (positive.length === 0) return null;
  const [low, high] = [position(Math.min(...positive)), position(Math.max(...positive))];
  const room = Math.max((high - low) * 0.08, 0.05);
  return [low - room, high + room];
}
