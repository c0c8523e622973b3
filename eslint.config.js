import tseslint from 'typescript-eslint';

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
      // The left-to-right dependencies of the architecture.
      'no-restricted-imports': 'off',
    },
  },
  {
    files: ['suites/**'],
    rules: {
      'no-restricted-imports': ['error', { patterns: ['**/reference-server/**', '**/cli/**', '**/reporters/**'] }],
    },
  },
  {
    files: ['reference-server/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['**/suites/**', '**/cli/**', '**/reporters/**'] }] },
  },
  {
    files: ['reporters/**'],
    rules: {
      'no-restricted-imports': ['error', { patterns: ['**/suites/**', '**/cli/**', '**/reference-server/**'] }],
    },
  },
  {
    files: ['spec/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: ['**/suites/**', '**/cli/**', '**/reporters/**', '**/reference-server/**'] },
      ],
    },
  },
  { files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
);
