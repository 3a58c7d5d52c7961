// Bundles the viewer: igsm.js, the module for other pages, and page.html and live.html, the pages of igs. npm ci && node build.mjs [FOLDER]
import { build } from 'esbuild';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url)), to = process.argv[2] ?? here;
const licence = await readFile(join(here, 'node_modules/fzstd/LICENSE'), 'utf8');
const note = `fzstd, which decompresses Zstandard, is in this file:\n${licence.trim()}`;

async function bundle(entry, options) {
  const { outputFiles } = await build({ entryPoints: [join(here, 'src', entry)], bundle: true, write: false, target: 'es2022', ...options });
  return outputFiles[0].text;
}

await writeFile(join(to, 'igsm.js'), await bundle('igsm.js', { format: 'esm', banner: { js: `/*\nMade by build.mjs from src/. ${note}\n*/` } }));

for (const name of ['page', 'live']) {
  const script = await bundle(`${name}.js`, { format: 'iife', minify: true, plugins: [tightShaders()] }), style = await bundle(`${name}.css`, { minify: true });
  const page = (await readFile(join(here, `src/${name}.html`), 'utf8')).replaceAll(/\n\s*/g, '\n');
  const whole = page.replace('/*STYLE*/', () => style.trim()).replace('/*SCRIPT*/', () => `/*\n${note}\n*/\n${script.trim()}`);
  await writeFile(join(to, `${name}.html`), whole);
}

/** Takes indents, comments and empty lines out of the GLSL, which the minifier leaves alone. */
function tightShaders() {
  return {
    name: 'tight shaders',
    setup({ onLoad }) {
      onLoad({ filter: /shaders\.js$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        return { contents: text.replaceAll(/ *\/\/ .*$/gm, '').replaceAll(/\n\s*/g, '\n') };
      });
    },
  };
}
