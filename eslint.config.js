import redos from 'eslint-plugin-redos';
import tseslint from 'typescript-eslint';

/**
 * A layer, and the layers that it must not know. Defects wrap the reference server, which does not know them: only its index and
 * they themselves may import them.
 */
const wall = (layer, unknown, ignores = []) => ({
  files: [`${layer}/**`],
  ignores,
  rules: { 'no-restricted-imports': ['error', { patterns: [...unknown, 'defects'].map((other) => `**/${other}/**`) }] },
});

const aboveReferenceServer = ['suites', 'report', 'runner', 'reporters', 'cli'];
/** What may import defects. */
const withDefects = ['reference-server/index.ts', 'reference-server/defects/**'];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'spec/generated/'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['*.js'] }, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  // Whatever a target, a client or a file sends: an expression takes time in proportion to the length of it.
  {
    files: ['**/*.{ts,tsx,js}'],
    ignores: ['tests/**'],
    plugins: { redos },
    rules: { 'redos/no-vulnerable': ['error', { timeout: 30_000 }] },
  },
  // Arrows point down: spec → suites, reference-server, report → runner, reporters → cli.
  // The generator is a tool, which no layer uses: it writes the titles of the checks into the specification.
  wall('spec', ['suites', 'reference-server', 'report', 'runner', 'reporters', 'cli'], ['spec/generate.ts']),
  wall('suites', ['reference-server', 'report', 'runner', 'reporters', 'cli']),
  wall('reference-server', aboveReferenceServer, withDefects),
  ...withDefects.map((files) => ({
    files: [files],
    rules: {
      'no-restricted-imports': ['error', { patterns: aboveReferenceServer.map((other) => `**/${other}/**`) }],
    },
  })),
  wall('report', ['suites', 'reference-server', 'runner', 'reporters', 'cli']),
  wall('runner', ['reference-server', 'reporters', 'cli']),
  wall('reporters', ['suites', 'reference-server', 'runner', 'cli']),
  wall('cli', []),
  // A file is read as a whole; a list of recordings is not.
  {
    files: ['**/*.{ts,tsx,js,mjs}'],
    ignores: ['tests/reference-server/twin/observed-exchanges.ts'],
    rules: { 'max-lines': ['error', 400] },
  },
  { files: ['**/*.{js,mjs}'], extends: [tseslint.configs.disableTypeChecked] },
);
