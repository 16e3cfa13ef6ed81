import js from '@eslint/js'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import ts from 'typescript-eslint'
import svelteConfig from './svelte.config.js'

const ban = (selector, message) => ({ selector, message })

/** Shared code must give the same answer on every machine: no clock, no chance, no locale. */
const impure = [
  ban("CallExpression[callee.object.name='Date'][callee.property.name='now']", 'Time is an argument in src-shared.'),
  ban("NewExpression[callee.name='Date']", 'Time is an argument in src-shared.'),
  ban("MemberExpression[object.name='Math'][property.name='random']", 'Ids are derived in src-shared, never random.'),
  ban('MemberExpression[property.name=/^toLocale/]', 'No locale in src-shared.'),
  ban("Identifier[name='Intl']", 'No locale in src-shared.'),
]

export default ts.config(
  { ignores: ['out/', 'node_modules/', 'test-results/', '.tsbuild/', 'tests/fixtures/'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.node } },
    rules: {
      complexity: ['error', 12],
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': ['error', { max: 60, skipComments: true, skipBlankLines: true }],
      'max-params': ['error', 3],
      'no-console': 'off',
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['**/*.test.ts', 'tests/**/*.ts'],
    // A suite is one function by construction; what counts there is the length of a test, which reviews see.
    rules: {
      'max-lines-per-function': 'off',
      'max-params': ['error', 4],
      // A fixture of Playwright that needs no other one says so by an empty pattern.
      'no-empty-pattern': ['error', { allowObjectPatternsAsParameters: true }],
    },
  },
  { files: ['src-shared/**/*.ts'], ignores: ['**/*.test.ts'], rules: { 'no-restricted-syntax': ['error', ...impure] } },
  {
    files: ['src-main/**/*.ts'],
    ignores: ['src-main/main/ipc/serve.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ban("ImportSpecifier[imported.name='ipcMain']", 'ipcMain is named in main/ipc/serve.ts alone.'),
      ],
    },
  },
  {
    files: ['src-renderer/**/*.{ts,svelte}'],
    languageOptions: { globals: { ...globals.browser } },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      'svelte/require-each-key': 'error',
      // Maps of series, rings and controllers are not reactive on purpose: one version signal a frame is.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs' },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
)
