// Reports to look at: test data, made with a generator of random numbers that always begins the same, for a machine
// that doesn't exist. The shape is that of `inferqueue bench --json`.

// Numbers in [0, 1): mulberry32.
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

// Times that are mostly near `typical`, with a tail.
function someTimes(next, typical, count) {
  return Array.from({ length: count }, () => typical * (0.93 + 0.12 * next() + (next() < 0.04 ? next() * 0.9 : 0)));
}

function distribution(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  const width = 1.05;
  const bins = new Map();
  for (const time of sorted) {
    const bin = Math.floor(Math.log(time) / Math.log(width));
    bins.set(bin, (bins.get(bin) ?? 0) + 1);
  }
  return {
    mean: times.reduce((sum, time) => sum + time, 0) / times.length,
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    p99_9: at(0.999),
    max: at(1),
    histogram: [...bins].map(([bin, count]) => [width ** bin, width ** (bin + 1), count]),
  };
}

function timeline(next, slots, service, callback, requests) {
  const free = new Array(slots).fill(0);
  const rows = [];
  let submitted = 0;
  for (let request = 0; request < requests; ++request) {
    const slot = free.indexOf(Math.min(...free));
    const started = Math.max(free[slot], submitted) + 20 + 30 * next();
    const completed = started + service * (0.93 + 0.14 * next());
    const returned = completed + callback * (0.8 + 0.4 * next());
    rows.push([slot, request, submitted, started, completed, returned]);
    submitted = started;
    free[slot] = returned;
  }
  return { t0_s: 1.5, slots: rows };
}

function run(next, { mode, hint, nireq, nstreams, rate, service, cpu }, requests) {
  const services = someTimes(next, service, 2000);
  const waits = services.map((time) => (mode === 'queue' ? time * 0.24 * (0.8 + 0.4 * next()) : 1 + next()));
  const callbacks = services.map(() => 1400 * (0.9 + 0.25 * next()));
  const prepares = services.map(() => 900 * (0.95 + 0.1 * next()));
  const rounds = Array.from({ length: 5 }, () => rate * (0.985 + 0.03 * next()));
  return {
    mode,
    device: 'CPU',
    hint,
    nireq,
    nstreams,
    batch: 1,
    rate_per_s: null,
    throughput_per_s: rate,
    throughput_interval: [Math.min(...rounds), Math.max(...rounds)],
    interval_coverage: 0.9375,
    rounds,
    cpu_utilization: cpu,
    cpu_s_per_item: (cpu * 8) / rate,
    device_utilization: null,
    failures: 0,
    latency_us: distribution(services.map((time, at) => time + waits[at] + prepares[at])),
    wait_us: distribution(waits),
    prepare_us: distribution(prepares),
    service_us: distribution(services),
    callback_us: distribution(callbacks),
    benchmark_app_latency_us: distribution(services),
    service_estimate_us: service * 0.97,
    over_time: Array.from({ length: 40 }, (_, at) => [at / 4, rate * (0.97 + 0.06 * next())]),
    timeline: timeline(next, nireq, service, 1400, requests),
  };
}

const shapes = [
  { mode: 'sync', hint: 'LATENCY', nireq: 1, nstreams: 1, rate: 71, service: 12500, cpu: 0.71 },
  { mode: 'two_requests', hint: 'LATENCY', nireq: 2, nstreams: 1, rate: 79, service: 23600, cpu: 0.84 },
  { mode: 'queue', hint: 'LATENCY', nireq: 2, nstreams: 1, rate: 78.4, service: 23900, cpu: 0.83 },
  { mode: 'sync', hint: 'THROUGHPUT', nireq: 1, nstreams: 4, rate: 33, service: 28600, cpu: 0.24 },
  { mode: 'two_requests', hint: 'THROUGHPUT', nireq: 2, nstreams: 4, rate: 62, service: 30500, cpu: 0.47 },
  { mode: 'queue', hint: 'THROUGHPUT', nireq: 4, nstreams: 4, rate: 104, service: 36500, cpu: 0.97 },
];

function comparison(runs) {
  const best = (mode) =>
    runs.filter((run) => run.mode === mode).sort((a, b) => b.throughput_per_s - a.throughput_per_s)[0];
  const entry = (run, base) => {
    const ratio = run.throughput_per_s / base.throughput_per_s;
    return {
      mode: run.mode,
      hint: run.hint,
      throughput_per_s: run.throughput_per_s,
      ratio_to_sync: ratio,
      ratio_interval: [ratio * 0.98, ratio * 1.02],
      beyond_noise: run !== base,
    };
  };
  const base = best('sync');
  const same = runs.filter((run) => run.mode !== 'sync');
  return {
    headline: [...new Set(runs.map((run) => run.mode))].map((mode) => entry(best(mode), base)),
    same_hint: same.map((run) =>
      entry(
        run,
        runs.find((other) => other.mode === 'sync' && other.hint === run.hint),
      ),
    ),
  };
}

// All that a report can hold; `requests` on the timeline of each run.
export function fullReport(requests = 60) {
  const next = random(7);
  const runs = shapes.map((shape) => run(next, shape, requests));
  const curve = Array.from({ length: 8 }, (_, at) => at + 1).map((nireq) => ({
    nireq,
    throughput_per_s: 104 * Math.min(1, nireq * 0.255) * (0.99 + 0.02 * next()),
    p99_us: 38000 * Math.max(1, nireq / 4) * (0.98 + 0.04 * next()),
    cpu_utilization: Math.min(0.97, nireq * 0.245),
    is_knee: nireq === 4,
  }));
  const layers = Array.from({ length: 40 }, (_, at) => ({
    name: `/model.${at}/conv/Conv`,
    type: at % 3 ? 'Convolution' : 'Multiply',
    exec_type: 'brgconv_avx2_f32',
    real_us: 2400 * 0.9 ** at,
    cpu_us: 2390 * 0.9 ** at,
    share: 0.1 * 0.9 ** at,
  }));
  return {
    schema_version: 1,
    kind: 'bench',
    versions: { inferqueue: '0.1.0', openvino: '2026.4.0' },
    machine: { cpu: 'Test CPU, made up', cpus: 8, quota: null },
    model: { path: 'models/yolov5n.xml', inputs: [{ name: 'images', shape: [1, 3, 640, 640], type: 'f32' }] },
    work: 'detection',
    method: { rounds: 5, seconds: 1, seed: 1 },
    runs,
    comparison: comparison(runs),
    curve,
    open_loop: [20, 40, 60, 80, 100].map((rate) => ({
      rate_per_s: rate,
      achieved_per_s: Math.min(rate, 99),
      p99_us: 41000 + 4 * rate ** 2,
      holds: rate < 100,
      is_highest: rate === 80,
    })),
    layers,
    verdict: {
      kind: 'device_limit',
      text: 'With 4 requests the queue keeps the processor busy 97 % of the time. More requests would only wait.',
      figures: { cpu_utilization: 0.97, knee: 4, wait_p50_us: 8700 },
    },
    memory: { rss_bytes: 251e6, peak_bytes: 304e6 },
    compile_s: [0.21, 0.24],
    first_inference_s: [0.031, 0.034],
  };
}

// The least that makes a report: one run, and nothing that could be left out.
export function smallestReport() {
  return { schema_version: 1, kind: 'bench', runs: [{ mode: 'queue', throughput_per_s: 61.5 }] };
}
