// A headless Chromium, driven over a pipe with the DevTools protocol, and pages that the project renders.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

function program() {
  const folders = (process.env.PATH ?? '').split(':');
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(existsSync);
}

// Ends this process as skipped where there is no browser. Snap's is none: it may not read the folders of a test.
export function needBrowser() {
  const found = program();
  if (found) return found;
  console.log(`Skipped: there is no ${names.join(', ')} here; on Debian, ./dev setup page installs one`);
  process.exit(77);
}

export class Browser {
  #calls = new Map();
  #heard = new Set();
  #last = 0;

  static async start() {
    const browser = new Browser();
    browser.folder = mkdtempSync(path.join(tmpdir(), 'inferqueue-page-'));
    browser.process = spawn(
      needBrowser(),
      [
        '--headless=new',
        '--remote-debugging-pipe',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--no-first-run',
        '--hide-scrollbars',
        '--disable-background-networking',
        '--disable-component-update',
        `--user-data-dir=${path.join(browser.folder, 'profile')}`,
      ],
      { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] },
    );
    browser.process.stderr.resume();
    browser.#listen(browser.process.stdio[4]);
    return browser;
  }

  #listen(pipe) {
    let pending = '';
    pipe.setEncoding('utf8');
    pipe.on('data', (text) => {
      const messages = (pending + text).split('\0');
      pending = messages.pop();
      messages.forEach((message) => this.#take(JSON.parse(message)));
    });
    pipe.on('close', () => {
      for (const { reject } of this.#calls.values()) reject(new Error('the browser has ended'));
    });
  }

  #take(message) {
    const call = this.#calls.get(message.id);
    if (!call) return this.#heard.forEach((hear) => hear(message));
    this.#calls.delete(message.id);
    if (message.error) call.reject(new Error(`${call.method}: ${message.error.message}`));
    else call.resolve(message.result);
  }

  send(method, params = {}, sessionId = undefined) {
    const id = ++this.#last;
    this.process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => this.#calls.set(id, { resolve, reject, method }));
  }

  // Opens a report as a page. looks: { width, scheme }.
  async open(report, looks) {
    const file = path.join(this.folder, `page-${++this.#last}.html`);
    writeFileSync(file, rendered(report));
    return this.openFile(file, looks);
  }

  async openFile(file, { width = 1200, scheme = 'light' } = {}) {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    const page = new Page(this, sessionId, targetId);
    const hear = (message) => message.sessionId === sessionId && page.hear(message);
    this.#heard.add(hear);
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await page.send(`${domain}.enable`);
    await page.look({ width, scheme });
    const loaded = new Promise((resolve) => (page.loaded = resolve));
    await page.send('Page.navigate', { url: pathToFileURL(file).href });
    await loaded;
    return page;
  }

  async close() {
    const ended = new Promise((resolve) => this.process.on('exit', resolve));
    await this.send('Browser.close');
    await ended;
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

class Page {
  complaints = []; // of the console and the browser, and exceptions
  requests = []; // addresses, the page's own left out

  constructor(browser, session, target) {
    Object.assign(this, { browser, session, target });
  }

  send(method, params) {
    return this.browser.send(method, params, this.session);
  }

  hear({ method, params }) {
    if (method === 'Page.loadEventFired') this.loaded?.();
    if (method === 'Runtime.consoleAPICalled')
      this.complaints.push(`${params.type}: ${params.args.map((arg) => arg.value ?? arg.description).join(' ')}`);
    if (method === 'Runtime.exceptionThrown')
      this.complaints.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    if (method === 'Log.entryAdded') this.complaints.push(`${params.entry.level}: ${params.entry.text}`);
    if (method === 'Network.requestWillBeSent' && params.type !== 'Document' && !params.request.url.startsWith('data:'))
      this.requests.push(params.request.url);
  }

  async look({ width, scheme, media = 'screen' }) {
    await this.send('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile: false });
    await this.send('Emulation.setEmulatedMedia', {
      media,
      features: [{ name: 'prefers-color-scheme', value: scheme }],
    });
    // The page hears of a change when the next frame is made.
    await this.value('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  }

  // The value of an expression in the page.
  async value(expression) {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  // A picture of the whole page, or of its first `height` pixels.
  async screenshot(file, height = Infinity) {
    const { cssContentSize } = await this.send('Page.getLayoutMetrics');
    const clip = { x: 0, y: 0, width: cssContentSize.width, height: Math.min(height, cssContentSize.height), scale: 1 };
    const { data } = await this.send('Page.captureScreenshot', { format: 'png', clip, captureBeyondViewport: true });
    writeFileSync(file, Buffer.from(data, 'base64'));
  }

  close() {
    return this.browser.send('Target.closeTarget', { targetId: this.target });
  }
}

// The page as the library makes it.
export function rendered(report) {
  const render = process.env.INFERQUEUE_PAGE_RENDER;
  if (!render) throw new Error('INFERQUEUE_PAGE_RENDER must name the program that renders; ctest sets it');
  const made = spawnSync(render, {
    input: typeof report === 'string' ? report : JSON.stringify(report),
    maxBuffer: 2 ** 28,
  });
  if (made.status !== 0) throw new Error(`${render} failed: ${made.stderr}`);
  return made.stdout;
}
