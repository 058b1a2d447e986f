// Numbers for people. Every function takes what may be missing and gives null for it.
export const isNumber = (value) => typeof value === 'number' && Number.isFinite(value);

// Three significant digits, and no digit before the point left out: 1234, 123, 12.3, 1.23, 0.0123.
export function figure(value) {
  if (!isNumber(value)) return null;
  const size = Math.abs(value);
  if (size === 0) return '0';
  const digits = Math.max(0, Math.min(6, 2 - Math.floor(Math.log10(size))));
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

// A number that somebody gave, as it was: 2000, 12.5.
export const given = (value) =>
  isNumber(value) ? value.toLocaleString('en-US', { maximumSignificantDigits: 6 }) : null;

export const percent = (share) => (isNumber(share) ? `${(share * 100).toFixed(share < 0.0995 ? 1 : 0)} %` : null);

const micro = 1000;

// A duration in the unit that suits it.
export function duration(us) {
  if (!isNumber(us)) return null;
  if (Math.abs(us) < micro) return `${figure(us)} µs`;
  if (Math.abs(us) < micro * micro) return `${figure(us / micro)} ms`;
  return `${figure(us / micro / micro)} s`;
}

// The same for the ticks of an axis: 20 ms, not 20.0 ms.
export const tickDuration = (us) =>
  duration(us)
    ?.replace(/(\.\d*?)0+ /, '$1 ')
    .replace('. ', ' ');

export const seconds = (s) => (isNumber(s) ? duration(s * micro * micro) : null);

// "1.52×", with its interval: "1.52× (1.48–1.55)".
export function ratio(value, interval) {
  if (!isNumber(value)) return null;
  const text = `${value.toFixed(2)}×`;
  return isWide(interval) ? `${text} (${interval[0].toFixed(2)}–${interval[1].toFixed(2)})` : text;
}

export const isInterval = (pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isNumber);

// One round has an interval of no width, which tells nothing.
const isWide = (pair) => isInterval(pair) && pair[0] < pair[1];

export const range = (pair) => (isWide(pair) ? `${figure(pair[0])}–${figure(pair[1])}` : null);

// Bytes as MiB or GiB.
export function bytes(count) {
  if (!isNumber(count)) return null;
  const mib = count / 1024 / 1024;
  return mib < 1024 ? `${figure(mib)} MiB` : `${figure(mib / 1024)} GiB`;
}

// Round numbers between two positive numbers, as an axis of logarithms names them.
export function logTicks(low, high) {
  const span = high / low;
  const steps =
    span > 2000
      ? [1]
      : span > 20
        ? [1, 2, 5]
        : span > 5
          ? [1, 1.5, 2, 3, 4, 5, 7]
          : [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9];
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); ++power)
    for (const step of steps) {
      const tick = step * 10 ** power;
      if (tick >= low * 0.999 && tick <= high * 1.001) ticks.push(tick);
    }
  return ticks;
}
