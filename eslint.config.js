import js from '@eslint/js'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import ts from 'typescript-eslint'
import svelteConfig from './svelte.config.js'

const ban = (selector, message) => ({ selector, message })

/** One list of bans a file: a later list would replace an earlier one. Tests may name what they test. */
const restrict = (files, bans, ignores = []) => ({
  files,
  ignores: ['**/*.test.ts', ...ignores],
  rules: { 'no-restricted-syntax': ['error', ...bans] },
})

/** Shared code must give the same answer on every machine: no clock, no chance, no locale. */
const impure = [
  ban("CallExpression[callee.object.name='Date'][callee.property.name='now']", 'Time is an argument in src-shared.'),
  ban("NewExpression[callee.name='Date']", 'Time is an argument in src-shared.'),
  ban("MemberExpression[object.name='Math'][property.name='random']", 'Ids are derived in src-shared, never random.'),
  ban('MemberExpression[property.name=/^toLocale/]', 'No locale in src-shared.'),
  ban("Identifier[name='Intl']", 'No locale in src-shared.'),
]

const ipcMainAlone = ban(
  "ImportSpecifier[imported.name='ipcMain']",
  'ipcMain is named in main/ipc/ipc-server.ts alone.',
)

const remoAlone = ban(
  "MemberExpression[object.name='window'][property.name='remo']",
  'window.remo is named in bridge/bridge.ts alone.',
)

/** Text that begins as a statement of SQL does. In lower case, as all SQL here is: sentences begin in upper case. */
const statement =
  /^\s*(select\s+(\w+\(|[^]*\sfrom\s)|insert\s+(or \w+\s+)?into\s|update\s+\w+\s+set\s|delete\s+from\s|with\s+(recursive\s+)?\w+(\s*\([\w\s,]+\))?\s+as\s|copy\s+[\w(]+.*\s(from|to)\s|(create|alter|drop)\s+(table|index|view)\s|truncate\s+\w|lock\s+table\s|listen\s+\w|pragma\s+\w)/

const sqlStaysHome = (where) => [
  ban(`Literal[value=${statement}]`, `SQL is in ${where} only.`),
  ban(`TemplateElement[value.raw=${statement}]`, `SQL is in ${where} only.`),
]
const storeAlone = [
  ...sqlStaysHome('src-main/store'),
  ban("CallExpression[callee.property.name='prepare']", 'SQL is in src-main/store only.'),
]
const reposAlone = [
  ...sqlStaysHome('repo files, db/, ingest/, outbox/ and jobs/'),
  ban(
    "CallExpression[callee.property.name='query']:not([arguments.0.value=/^(begin( read only)?|commit|select 1)$/])",
    'Only repo files ask the database; services may begin and commit.',
  ),
]
/** Both names of the files that hold SQL: the second ones are on their way to the first. */
const repos = ['**/repo.ts', '**/*-repo.ts', '**/http/idempotency-repo.ts']

export default ts.config(
  { ignores: ['out/', 'dist/', 'node_modules/', 'test-results/', '.tsbuild/', 'tests/fixtures/'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.node } },
    rules: {
      complexity: ['error', 12],
      'max-lines': ['error', { max: 350 }],
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
  {
    files: ['**/*.ts'],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname, extraFileExtensions: ['.svelte'] },
    },
    // Of `strictTypeChecked` what finds defects here; the rest argues about style or about what tsc says already.
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-for-in-array': 'error',
      '@typescript-eslint/no-implied-eval': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unsafe-argument': 'error',
      '@typescript-eslint/no-unsafe-assignment': 'error',
      '@typescript-eslint/no-unsafe-call': 'error',
      '@typescript-eslint/no-unsafe-member-access': 'error',
      '@typescript-eslint/no-unsafe-return': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      '@typescript-eslint/require-await': 'error',
      '@typescript-eslint/restrict-plus-operands': 'error',
      '@typescript-eslint/return-await': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    // The page has its own program: svelte-check, not tsc -b, reads it.
    files: ['src-renderer/**/*.ts'],
    ignores: ['**/*.test.ts'],
    languageOptions: { parserOptions: { projectService: false, project: './tsconfig.renderer.json' } },
  },
  {
    files: ['**/*.test.ts', 'tests/**/*.ts', 'src-main/**/test-*.ts', 'src-renderer/bridge/fake-bridge.ts'],
    // Matchers of vitest are `any`, and a stand-in is async because what it stands for is.
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['src-main/data/**/{*.test,test-*}.ts', 'src-kafka/**/*.test.ts'],
    // The handlers of the stream may answer at once or by a promise; what these tests call answers at once.
    rules: { '@typescript-eslint/no-floating-promises': 'off', '@typescript-eslint/await-thenable': 'off' },
  },
  restrict(['src-shared/**/*.ts'], [...impure, ...sqlStaysHome('the stores')]),
  restrict(['src-kafka/**/*.ts', 'producers/**/*.ts'], sqlStaysHome('the stores')),
  restrict(
    ['src-main/**/*.ts'],
    [ipcMainAlone, ...storeAlone],
    ['src-main/store/**', 'src-main/main/ipc/ipc-server.ts'],
  ),
  restrict(['src-main/store/**/*.ts'], [ipcMainAlone]),
  restrict(['src-main/main/ipc/ipc-server.ts'], storeAlone),
  restrict(['src-renderer/**/*.{ts,svelte}'], [remoAlone, ...sqlStaysHome('the stores')], ['**/bridge/bridge.ts']),
  restrict(['src-backend/**/*.ts'], reposAlone, [...repos, 'src-backend/{db,ingest,outbox,jobs}/**']),
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
