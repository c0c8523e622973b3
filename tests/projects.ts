/** A kind of tests that can be run alone: `npx vitest run --project NAME`. */
export interface Project {
  readonly name: string;
  /** Its test files. */
  readonly include: readonly string[];
  /** Which of them belong to another project. */
  readonly exclude?: readonly string[];
}

/** Every test file belongs to one of them; those of tests/directus have a configuration of their own. */
export const projects: readonly Project[] = [
  { name: 'unit', include: ['tests/{docs,harness,programs,report,reporters,spec}/*.test.ts'] },
  { name: 'server', include: ['tests/{client,reference-server,soak}/*.test.ts'] },
  { name: 'cli', include: ['tests/{cli,runner}/*.test.ts'] },
  { name: 'browser', include: ['tests/browser/*.test.ts'] },
  { name: 'redis', include: ['tests/redis/*.test.ts'] },
  { name: 'package', include: ['tests/package/*.test.ts'] },
  { name: 'kill-table-quick', include: ['tests/kill-table/*.quick.test.ts'] },
  { name: 'kill-table', include: ['tests/kill-table/*.test.ts'], exclude: ['tests/kill-table/*.quick.test.ts'] },
];
