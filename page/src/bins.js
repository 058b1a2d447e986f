// Histograms that are drawn above each other.

// Below this a time is drawn as this: a logarithm has no place for zero.
export const least = 0.1;
// How many columns suit so many requests: half as many again as the Rice rule has.
const columnsFor = (count) => Math.max(12, Math.min(64, Math.round(3 * Math.cbrt(count))));

// Histograms of several runs over the same columns of equal width in the logarithm, as shares, so that their heights
// compare. What lies in a bin is taken to be spread evenly over it.
export function rebinned(histograms) {
  const ends = histograms
    .flat()
    .map(([lower, upper]) => [Math.log10(Math.max(lower, least)), Math.log10(Math.max(upper, least * 1.1))]);
  const low = Math.min(...ends.map(([lower]) => lower));
  const high = Math.max(...ends.map(([, upper]) => upper));
  const totals = histograms.map((bins) => bins.reduce((sum, bin) => sum + bin[2], 0));
  const columns = columnsFor(Math.max(...totals));
  const width = (high - low) / columns;
  const shares = histograms.map((bins, run) => {
    const counts = new Array(columns).fill(0);
    for (const [lower, upper, count] of bins) {
      const from = Math.log10(Math.max(lower, least));
      const to = Math.max(Math.log10(Math.max(upper, least * 1.1)), from + width * 1e-6);
      for (let at = Math.max(0, Math.floor((from - low) / width)); at < columns && low + at * width < to; ++at) {
        const overlap = Math.min(to, low + (at + 1) * width) - Math.max(from, low + at * width);
        if (overlap > 0) counts[at] += (count * overlap) / (to - from) / totals[run];
      }
    }
    return counts;
  });
  return { low, high, width, shares };
}
