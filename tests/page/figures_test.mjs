// What the page computes of a report's figures before it draws them.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { rebinned } from '../../page/src/bins.js';
import { bytes, duration, figure, logTicks, percent, range, ratio, tickDuration } from '../../page/src/format.js';
import { merged } from '../../page/src/stretches.js';

const sum = (numbers) => numbers.reduce((all, number) => all + number, 0);
const near = (a, b) => assert.ok(Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b)), `${a} instead of ${b}`);

test('figures have three digits, and what is missing is null', () => {
  assert.deepEqual([1234567, 999.6, 61.25, 7, 0.0123456, 0, -2.5].map(figure), [
    '1,234,567',
    '1,000',
    '61.3',
    '7.00',
    '0.0123',
    '0',
    '-2.50',
  ]);
  assert.deepEqual([12.34, 999, 12340, 2.5e6].map(duration), ['12.3 µs', '999 µs', '12.3 ms', '2.50 s']);
  assert.deepEqual([0.042, 0.97, 1].map(percent), ['4.2 %', '97 %', '100 %']);
  assert.equal(ratio(1.5, [1.45, 1.56]), '1.50× (1.45–1.56)');
  assert.equal(bytes(3 * 2 ** 30), '3.00 GiB');
  for (const missing of [null, undefined, NaN, '5'])
    for (const text of [figure, duration, percent, ratio, bytes, range]) assert.equal(text(missing), null);
});

test('ticks are round and within the axis', () => {
  assert.deepEqual(logTicks(1000, 100000), [1000, 2000, 5000, 10000, 20000, 50000, 100000]);
  for (const [low, high] of [
    [0.1, 3e6],
    [47, 61],
    [30, 400],
  ]) {
    const ticks = logTicks(low, high);
    assert.ok(ticks.length >= 2 && ticks.every((tick) => tick >= low * 0.99 && tick <= high * 1.01), `${ticks}`);
  }
  assert.deepEqual([20000, 200000, 1500, 50].map(tickDuration), ['20 ms', '200 ms', '1.5 ms', '50 µs']);
});

test('columns of a histogram hold all of it, where it was', () => {
  const one = [
    [100, 200, 30000],
    [200, 400, 10000],
  ];
  const other = [
    [1000, 2000, 7],
    [4000, 8000, 7],
  ];
  const { low, width, shares } = rebinned([one, other]);
  for (const run of shares) near(sum(run), 1);
  const below = (run, us) => sum(shares[run].filter((_, at) => low + (at + 1) * width <= Math.log10(us) + 1e-9));
  assert.ok(below(0, 190) > 0.6 && below(0, 199) <= 0.75 + 1e-9);
  assert.equal(below(1, 900), 0);
  near(sum(rebinned([[[0, 1, 5]]]).shares[0]), 1);
});

test('stretches are merged until they have items enough for a level line', () => {
  // 20 stretches of 50 ms with one or two items, and a shorter one in between, as at the end of a round.
  const lengths = Array.from({ length: 41 }, (_, at) => (at === 20 ? 0.01 : 0.05));
  let begin = 0;
  const points = lengths.map((length, at) => {
    const middle = begin + length / 2;
    begin += length;
    return [middle, (at === 20 ? 1 : 1 + (at % 2)) / length];
  });
  const coarse = merged(points);
  assert.ok(coarse.length >= 4 && coarse.length <= 6, `${coarse.length}`);
  for (const [, rate] of coarse) assert.ok(rate > 27 && rate < 33, `${rate}`);
});

test('many fine points become few, and few stay as they are', () => {
  const rates = (count, step) => Array.from({ length: count }, (_, at) => [(at + 0.5) * step, 1000]);
  assert.equal(merged(rates(600, 0.1)).length, 60);
  assert.deepEqual(
    merged(rates(5, 1)).map(([, rate]) => Math.round(rate)),
    [1000, 1000, 1000, 1000, 1000],
  );
  assert.deepEqual(merged([[0.5, 2]]), [[0.5, 2]]);
  assert.deepEqual(merged([]), []);
  // Middles that don't follow from stretches that begin at 0: taken to be equally long.
  for (const [, rate] of merged([
    [0, 50],
    [1, 50],
    [2, 50],
  ]))
    near(rate, 50);
});
