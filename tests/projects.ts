/** A kind of tests that can be run alone: `npx vitest run --project NAME`. */
export interface Project {
  readonly name: string;
  /** Its test files. */
  readonly include: readonly string[];
  /** Which of them belong to another project. */
  readonly exclude?: readonly string[];
}

/** What runs the suite against targets that mean harm, dozens of times: it takes as long as all other tests together. */
const hostile = [
  'tests/harness/hostile-target.test.ts',
  'tests/runner/hostile-targets.test.ts',
  'tests/runner/secrets.test.ts',
];

/** The projects that `npm test` leaves to `npm run test:all`; the whole kill table is left out there, too: it is `npm run kill-table`. */
export const leftToAll: readonly string[] = ['hostile', 'package', 'kill-table'];

/** Every test file belongs to one of them; those of tests/directus have a configuration of their own. */
export const projects: readonly Project[] = [
  {
    name: 'unit',
    include: [
      'tests/*.test.ts',
      'tests/{docs,harness,implementations,lifecycle,mutation,programs,report,reporters,spec}/**/*.test.ts',
    ],
    exclude: hostile,
  },
  { name: 'server', include: ['tests/{client,soak}/*.test.ts', 'tests/reference-server/**/*.test.ts'] },
  { name: 'cli', include: ['tests/{cli,runner}/**/*.test.ts'], exclude: hostile },
  { name: 'hostile', include: hostile },
  { name: 'browser', include: ['tests/browser/*.test.ts'] },
  { name: 'redis', include: ['tests/redis/*.test.ts'] },
  { name: 'package', include: ['tests/package/*.test.ts'] },
  { name: 'kill-table-quick', include: ['tests/kill-table/*.quick.test.ts'] },
  { name: 'kill-table', include: ['tests/kill-table/*.test.ts'], exclude: ['tests/kill-table/*.quick.test.ts'] },
];
