// usage: INFERQUEUE_PAGE_RENDER=PROGRAM node screenshot.mjs FOLDER [REPORT.json]
// Pictures of the page for people: its beginning, then all of it, light, dark and narrow.
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { Browser } from './browser.mjs';
import { fullReport } from './reports.mjs';

const [folder, file] = process.argv.slice(2);
const report = file ? readFileSync(file, 'utf8') : fullReport();
mkdirSync(folder, { recursive: true });
const looks = {
  light: { width: 1160, scheme: 'light' },
  dark: { width: 1160, scheme: 'dark' },
  narrow: { width: 360, scheme: 'light' },
};
const browser = await Browser.start();
for (const [name, look] of Object.entries(looks)) {
  const page = await browser.open(report, look);
  await page.screenshot(path.join(folder, `${name}.png`));
  if (name === 'light') await page.screenshot(path.join(folder, 'beginning.png'), 1080);
  for (const complaint of page.complaints) console.log(`${name}: ${complaint}`);
}
await browser.close();
