import { readFileSync, writeFileSync } from 'node:fs';
import { requirements } from '../spec/catalogue.js';
import { collateral, holdingEverything, reachingOthers } from './collateral.js';
const order = requirements.map(({ id }) => id as string);
const merged: Record<string, string[]> = Object.fromEntries(Object.entries(collateral).map(([k, v]) => [k, [...(v as string[])]]));
for (const file of process.argv.slice(2))
  for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
    const r = JSON.parse(line);
    if (r.error || reachingOthers.includes(r.name)) continue;
    const named = requirements.filter((q) => (q.defects as readonly string[]).includes(r.name)).map((q) => q.id as string);
    const extra = r.failed.filter((id: string) => ![...named, ...holdingEverything].includes(id as never));
    if (extra.length) merged[r.name] = [...new Set([...(merged[r.name] ?? []), ...extra])];
  }
const source = readFileSync('tests/collateral.ts', 'utf8');
const start = source.indexOf('= {', source.indexOf('export const collateral')) + 3;
const text = Object.keys(merged).sort().map((k) => `  '${k}': [${merged[k]!.sort((a, b) => order.indexOf(a) - order.indexOf(b)).map((id) => `'${id}'`).join(', ')}],`).join('\n');
writeFileSync('tests/collateral.ts', source.slice(0, start) + '\n' + text + '\n};\n');
