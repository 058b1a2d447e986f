// usage: INFERQUEUE_PAGE_RENDER=PROGRAM node screenshot.mjs FOLDER [REPORT.json]
// Pictures of the page for people: light, dark, narrow and as it is printed.
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { Browser } from './browser.mjs';
import { fullReport } from './reports.mjs';

const [folder, file] = process.argv.slice(2);
const report = file ? readFileSync(file, 'utf8') : fullReport();
const looks = {
  light: { width: 1160, scheme: 'light' },
  dark: { width: 1160, scheme: 'dark' },
  narrow: { width: 360, scheme: 'light' },
};
const browser = await Browser.start();
for (const [name, look] of Object.entries(looks)) {
  const page = await browser.open(report, look);
  await page.screenshot(path.join(folder, `${name}.png`));
  console.log(name, page.complaints, page.requests);
}
await browser.close();
