// The colours of the style sheet, which knows light from dark; the charts take them from there.
const order = ['sync', 'two_requests', 'queue', 'inference'];

export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

// A mode has one colour in all charts.
export function modeColour(mode) {
  const known = order.indexOf(mode);
  return colour(known >= 0 ? `mode-${known + 1}` : 'mode-4');
}

// `share` of a colour in front of the page's card: no transparency, so that bars hide what lies behind them.
export function faded(front, share) {
  const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  const back = channels(colour('card'));
  const mixed = channels(front).map((value, at) => Math.round(value * share + back[at] * (1 - share)));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
