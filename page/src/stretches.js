// Throughput over time, coarse enough to be read.

// A point needs some items, because whole ones are counted; and more points than this nobody can tell apart.
const leastItems = 12;
const mostPoints = 60;

// How long the stretches are whose middles these are. The first begins at 0 and each where the one before ends; where
// the middles don't say that, they are taken to be equal.
function widths(middles) {
  let begin = 0;
  const found = middles.map((middle) => {
    const width = 2 * (middle - begin);
    begin += width;
    return width;
  });
  return found.every((width) => width > 0)
    ? found
    : middles.map(() => (middles.at(-1) - middles[0]) / (middles.length - 1) || 1);
}

// Points [middle of a stretch, items per second in it], neighbours taken together until they are points of some items.
// No item is lost but those of the end that make no point.
export function merged(points) {
  const lengths = widths(points.map(([middle]) => middle));
  const all = lengths.reduce((sum, length) => sum + length, 0);
  const made = [];
  let [length, items, begin] = [0, 0, null];
  points.forEach(([middle, rate], at) => {
    begin ??= middle - lengths[at] / 2;
    length += lengths[at];
    items += rate * lengths[at];
    if (length < (all / mostPoints) * 0.999 || (items < leastItems && length < all / 4)) return;
    made.push([begin + length / 2, items / length]);
    [length, items, begin] = [0, 0, null];
  });
  // What is left at the end is too short for a point of its own, unless it is all there is.
  return made.length > 0 || length === 0 ? made : [[begin + length / 2, items / length]];
}
