// Intervals: a line between two points with a bar at each end.
import { colour } from './theme.js';

const arm = 4;

// From [x, y] to [x, y] in pixels, across or upright; nothing where the two are one.
export function whiskers([x1, y1], [x2, y2]) {
  if (x1 === x2 && y1 === y2) return [];
  const [dx, dy] = x1 === x2 ? [arm, 0] : [0, arm];
  const ends = [
    [x1, y1],
    [x2, y2],
  ];
  const lines = [[x1, y1, x2, y2], ...ends.map(([x, y]) => [x - dx, y - dy, x + dx, y + dy])];
  // On a bar of any colour they stand out by an edge in the colour of the card.
  const drawn = (stroke, lineWidth) =>
    lines.map((at) => ({
      type: 'line',
      shape: { x1: at[0], y1: at[1], x2: at[2], y2: at[3] },
      style: { stroke, lineWidth, lineCap: 'round' },
    }));
  return [...drawn(colour('card'), 4), ...drawn(colour('text'), 1.5)];
}
