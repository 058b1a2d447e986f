// usage: node build.mjs FOLDER
// Bundles src/ with the packages of FOLDER/node_modules into FOLDER/bench.html, one file that needs nothing else, and
// writes that as C++ into FOLDER/page_template.cpp.
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = path.resolve(process.argv[2]);
const source = path.join(path.dirname(fileURLToPath(import.meta.url)), 'src');
const modules = path.join(folder, 'node_modules');
const esbuild = createRequire(path.join(folder, 'package.json'))('esbuild');

// What becomes part of the page, with what each of their licences wants to be said.
const notices = [
  ['Apache ECharts', ['echarts/NOTICE', 'echarts/LICENSE', 'echarts/licenses/LICENSE-d3']],
  ['ZRender', ['zrender/LICENSE']],
  ['tslib', ['tslib/LICENSE.txt']],
];

async function bundled(entry) {
  const built = await esbuild.build({
    entryPoints: [path.join(source, entry)],
    bundle: true,
    minify: true,
    write: false,
    charset: 'utf8',
    format: 'iife',
    target: ['chrome100', 'firefox100', 'safari15'],
    define: { 'process.env.NODE_ENV': '"production"', __DEV__: 'false' },
    legalComments: 'inline',
    nodePaths: [modules],
    logLevel: 'warning',
  });
  return built.outputFiles[0].text;
}

const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

async function licences() {
  const parts = notices.map(async ([name, files]) => {
    const texts = await Promise.all(files.map((file) => readFile(path.join(modules, file), 'utf8')));
    return `<h3>${name}</h3>\n<pre>${escaped(texts.join('\n'))}</pre>`;
  });
  return (await Promise.all(parts)).join('\n');
}

async function page() {
  const parts = {
    '@STYLE@': await bundled('page.css'),
    // esbuild writes "<\/script" for what would end the element; so does no other text here.
    '@SCRIPT@': await bundled('main.js'),
    '@LICENCES@': await licences(),
  };
  const template = await readFile(path.join(source, 'template.html'), 'utf8');
  return template.replace(/@(STYLE|SCRIPT|LICENCES)@/g, (name) => parts[name]);
}

// Short literals, one after the other. Bytes beyond printable ASCII are three octal digits, which no digit after them
// extends; so are question marks, because two of them would begin a trigraph.
function literals(bytes) {
  const lines = [];
  for (let at = 0; at < bytes.length; at += 100) {
    let line = '';
    for (const byte of bytes.subarray(at, at + 100)) {
      const plain = byte >= 32 && byte < 127 && !'"\\?'.includes(String.fromCharCode(byte));
      line += plain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
    }
    lines.push(`    "${line}"`);
  }
  return lines.join('\n');
}

const bytes = Buffer.from(await page(), 'utf8');
await writeFile(path.join(folder, 'bench.html'), bytes);
await writeFile(
  path.join(folder, 'page_template.cpp'),
  `// Made by page/build.mjs.
#include "page/page.hpp"

#pragma GCC diagnostic ignored "-Woverlength-strings"

namespace inferqueue::page {
namespace {

constexpr std::string_view text(
${literals(bytes)},
    ${bytes.length});

}  // namespace

std::string_view page_template() { return text; }

}  // namespace inferqueue::page
`,
);
