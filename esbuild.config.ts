/** Compiles the package into dist/: the command, the suites and the modules, each with the libraries that it uses. */
import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild';
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import manifest from './package.json' with { type: 'json' };
import { chapters } from './spec/chapters.js';
import { openApiDescription } from './spec/openapi-description.js';

/** What is run or imported from outside, by its place in dist/. Everything else is in dist/chunks/. */
const entryPoints = ['cli/main', 'runner/run-conformance', 'reference-server/index', 'suites/all.suite'];

/** Fixtures for test runners, by their places in dist/. */
const fixtures = ['vitest', 'playwright'].map((name) => ({
  in: `reference-server/testing/${name}.ts`,
  out: `testing/${name}`,
}));

/** What can be required too, by test runners whose modules are CommonJS: each with all that it uses, in one file. */
const inCommonJs = [{ in: 'reference-server/index.ts', out: 'reference-server/index' }, ...fixtures];

/** Libraries that stay outside: native ones, and those that load parts of themselves at run time. */
const external = Object.keys(manifest.dependencies);

/** Puts what the YAML files of spec/ say in the place of the modules that read them. */
const catalogue: Plugin = {
  name: 'catalogue',
  setup: (builder) => {
    for (const [filter, read] of [
      [/[\\/]spec[\\/]chapters\.ts$/, { chapters }],
      [/[\\/]spec[\\/]openapi-description\.ts$/, { openApiDescription }],
    ] as const)
      builder.onLoad({ filter }, () => ({
        contents: Object.entries(read)
          .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`)
          .join(''),
        loader: 'js',
      }));
  },
};

await rm('dist', { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: [...entryPoints.map((path) => ({ in: `${path}.ts`, out: path })), ...fixtures],
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external,
  // Libraries in CommonJS ask for Node's own modules by `require`.
  banner: {
    js: "import { createRequire as requireOf } from 'node:module';\nconst require = requireOf(import.meta.url);",
  },
  plugins: [catalogue],
  metafile: true,
  logLevel: 'warning',
});
// For test runners that load CommonJS by loaders of their own, as jest does; Node itself requires ES modules.
const commonJs = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20.19',
  external,
  // There is no import.meta in CommonJS.
  define: { 'import.meta.url': 'urlOfThisModule' },
  banner: { js: "const urlOfThisModule = require('node:url').pathToFileURL(__filename).href;" },
  plugins: [catalogue],
  metafile: true,
  logLevel: 'warning',
} satisfies BuildOptions;
const { metafile: ofConformance } = await build({
  ...commonJs,
  entryPoints: ['runner/run-conformance.ts'],
  outfile: 'dist/commonjs/run-conformance.cjs',
});
const { metafile: ofServer } = await build({
  ...commonJs,
  entryPoints: inCommonJs,
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  // Where modules are run by a VM there is no import().
  supported: { 'dynamic-import': false },
});
await chmod('dist/cli/main.js', 0o755);
await writeFile(
  'dist/THIRD-PARTY-LICENSES.txt',
  await licenses({ ...metafile, inputs: { ...metafile.inputs, ...ofConformance.inputs, ...ofServer.inputs } }),
);

/** Names the libraries that are compiled in, each with its version and its license's text. */
async function licenses({ inputs }: Metafile): Promise<string> {
  const folders = new Set(
    Object.keys(inputs).flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
  );
  const texts = await Promise.all(
    [...folders].sort().map(async (folder) => {
      const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<
        string,
        string
      >;
      const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
      const text = file === undefined ? '' : await readFile(join(folder, file), 'utf8');
      return `${name} ${version} (${license})\n\n${text.trim()}\n`;
    }),
  );
  return `Libraries that are compiled into this package.\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}
