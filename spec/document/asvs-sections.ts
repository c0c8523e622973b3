import type { Standards } from '../generated/standards.js';

/** The document of ASVS in spec/standards.yaml. */
export const ASVS = 'OWASP ASVS 5.0';

/**
 * The ASVS numbers that each requirement is traced to beside its source, as a module: what reports name without reading the standards.
 * Whole chapters (V1) are left out: they classify nothing.
 */
export function asvsModule(standards: Standards, banner: string): string {
  const byId = new Map<string, string[]>();
  for (const { section, requirements = [] } of standards.find(({ document }) => document === ASVS)?.sections ?? [])
    if (/^\d+\.\d+\.\d+$/.test(section))
      for (const id of requirements) byId.set(id, [...(byId.get(id) ?? []), section]);
  const lines = [...byId]
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([id, sections]) => `  '${id}': [${sections.map((section) => `'${section}'`).join(', ')}],`);
  return [
    banner,
    '/** The numbers of OWASP ASVS 5.0 that a requirement is traced to beside its source. */',
    'export const asvsSections: Readonly<Record<string, readonly string[]>> = {',
    ...lines,
    '};',
    '',
  ].join('\n');
}
