import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { root } from './helpers/run-cli.js';

const layers = ['spec', 'suites', 'reference-server', 'report', 'runner', 'reporters', 'cli'];

/** The modules of the project, each with those that it imports, be it only for their types. Paths are relative to the project. */
function importsOfModules(): Map<string, string[]> {
  const files = layers.flatMap((layer) =>
    readdirSync(join(root, layer), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file))
      .map((file) => join(layer, file)),
  );
  const modules = new Set(files);
  const imported = (from: string): string[] =>
    ts
      .preProcessFile(readFileSync(join(root, from), 'utf8'))
      .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
      .map(({ fileName }) => join(dirname(from), fileName).replace(/\.js$/, ''))
      .flatMap((path) => [`${path}.ts`, `${path}.tsx`].filter((file) => modules.has(file)));
  return new Map(files.map((file) => [file, imported(file)]));
}

/** The first import cycle that is met, as the path that closes it; nothing when there is none. */
function cycleIn(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const visit = (module: string, path: readonly string[]): string[] => {
    if (path.includes(module)) return [...path.slice(path.indexOf(module)), module];
    if (done.has(module)) return [];
    for (const next of imports.get(module) ?? []) {
      const cycle = visit(next, [...path, module]);
      if (cycle.length > 0) return cycle;
    }
    done.add(module);
    return [];
  };
  for (const module of imports.keys()) {
    const cycle = visit(module, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

test('no module imports itself by way of others, not even for a type', () => {
  const imports = importsOfModules();
  expect([...imports.values()].flat().length).toBeGreaterThan(imports.size);
  expect(cycleIn(imports)).toEqual([]);
});
