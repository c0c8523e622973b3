import redos from 'eslint-plugin-redos';
import tseslint from 'typescript-eslint';

/** A layer, and the layers that it must not know. */
const wall = (layer, unknown) => ({
  files: [`${layer}/**`],
  rules: { 'no-restricted-imports': ['error', { patterns: unknown.map((other) => `**/${other}/**`) }] },
});

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
  wall('spec', ['suites', 'reference-server', 'report', 'runner', 'reporters', 'cli']),
  wall('suites', ['reference-server', 'report', 'runner', 'reporters', 'cli']),
  wall('reference-server', ['suites', 'report', 'runner', 'reporters', 'cli']),
  wall('report', ['suites', 'reference-server', 'runner', 'reporters', 'cli']),
  wall('runner', ['reference-server', 'reporters', 'cli']),
  wall('reporters', ['suites', 'reference-server', 'runner', 'cli']),
  { files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
);
