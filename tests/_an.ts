import { readFileSync } from 'node:fs';
import { requirements } from '../spec/catalogue.js';
import { collateral, holdingEverything, reachingOthers } from './collateral.js';
const rows = readFileSync('/tmp/run/kt.jsonl', 'utf8').trim().split('\n').map((l) => JSON.parse(l));
const shown = new Set(process.argv.slice(2));
for (const r of rows) {
  if (r.error) { console.log('ERROR', r.name); continue; }
  const named = requirements.filter((q) => (q.defects as string[]).includes(r.name)).map((q) => q.id as string);
  const missing = named.filter((id) => !r.failed.includes(id));
  const extra = reachingOthers.includes(r.name) ? [] : r.failed.filter((id: string) => ![...named, ...holdingEverything, ...((collateral as any)[r.name] ?? [])].includes(id));
  if (missing.length || extra.length || r.left || !r.curl) console.log(r.name, 'MISSING', missing.join() || '-', 'EXTRA', extra.join() || '-', r.left ? 'LEFT ' + r.left : '', r.curl ? '' : 'NOCURL');
  if (shown.has('why')) for (const e of extra) console.log('     ', e, '::', r.why[e].slice(0, 260));
}
console.log(rows.length);
