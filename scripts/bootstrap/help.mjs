// Answers `--help` and `--version` without installing or starting anything.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { namedStages, testArguments, testStages } from './needs.mjs'

/** Verbs of `npm run stack`, each with its description. */
export const stackVerbs = {
  up: 'start Kafka, PostgreSQL, the backend, producers and Prometheus; they stay until `down`',
  down: 'stop them and keep their data',
  status: 'list the services; exit code 1 when one is not running',
  logs: 'follow the logs',
  reset: 'stop them and delete their data',
}

const stackHelp = `The server side without the console.

Usage: npm run stack -- <verb>

${table(stackVerbs)}`

const testHelp = `Runs the tests. Without a stage: these stages, in this order.

Usage: npm test [stage ...] [-- options of the stage's runner]

${table(testStages)}
Only if named:

${table(namedStages)}
npm test unit -- --help shows the options of a runner: vitest, or Playwright for window and e2e.
`

const benchHelp = `Measures the hot paths next to the limits of this machine.

Usage: npm run bench [-- options]

  --quick            small sizes, only to see it run
  --only <part>      console, backend, or only if named: app (the real app with its window, half an hour), wakeups and popup (hidden), package
  --messages <n>     size of the backend's backlog (default 500000)
  --help             print this help and exit
`

const packageHelp = `Builds the console and its packages for this system, into dist/.

Usage: npm run package [-- options]

  --target <names>   comma-separated. Linux: deb, AppImage, rpm; Windows: nsis; macOS: dmg, zip; everywhere: dir (default: all but dir)
  --compression <c>  of the .deb: xz (default, smallest) or zstd (fast)
  --help             print this help and exit
`

const soakHelp = `The console's data thread reads 2,000 messages/s from three brokers that restart. Exit code 1 if one is lost or doubled.

Usage: npm run soak [-- <minutes>]

  <minutes>          default 30
  --help             print this help and exit
`

const releaseHelp = `Checks this commit, builds its packages for this system, and writes into dist/ what a release has: release notes,
SHA256SUMS, a bill of materials, the texts of licenses, update manifests. Then it creates the tag. It uploads nothing.

Usage: npm run release [-- options]

  --dry-run          everything but the tag; what keeps the commit from being a release is a note
  --sign <key.pem>   sign the update manifests with this Ed25519 key (REMO_FEED_KEY_PASSPHRASE, if it is encrypted)
  --no-package       use the packages in dist/; only with --dry-run
  --help             print this help and exit
`

const screenshotsHelp = `Takes the pictures of docs/guide: every page and every section of Settings, in both themes. Linux only.

Usage: npm run screenshots [-- options]

  --help             print this help and exit
`

/**
 * @param {string} root the repository
 * @param {string | undefined} command of `scripts/bootstrap.mjs`
 * @param {readonly string[]} args
 * @returns {Promise<string | undefined>} the text to print instead of running the command
 */
export async function helpFor(root, command, args) {
  const { asksHelp, asksVersion, help, version } = answers[command] ?? {}
  if (asksHelp?.(args)) return help(root)
  return asksVersion?.(args) ? version(root) : undefined
}

const hasHelp = (args) => args.includes('--help')
const hasVersion = (args) => args.includes('--version')

const consoleAnswers = {
  asksHelp: hasHelp,
  help: async (root) => (await evaluate(root, 'src-shared/settings/help-text.ts')).helpText,
  asksVersion: hasVersion,
  version: (root) => `ReMo ${versionOf(root)}\n`,
}

const answers = {
  start: consoleAnswers,
  dev: consoleAnswers,
  producer: {
    asksHelp: (args) => hasHelp(args) || args.includes('-h'),
    help: async (root) => (await evaluate(root, 'producers/settings/usage.ts')).usage,
    asksVersion: hasVersion,
    version: (root) => `${versionOf(root)}\n`,
  },
  stack: { asksHelp: hasHelp, help: () => stackHelp },
  bench: { asksHelp: hasHelp, help: () => benchHelp },
  package: { asksHelp: hasHelp, help: () => packageHelp },
  soak: { asksHelp: hasHelp, help: () => soakHelp },
  release: { asksHelp: hasHelp, help: () => releaseHelp },
  screenshots: { asksHelp: hasHelp, help: () => screenshotsHelp },
  // options after a stage belong to its runner
  test: { asksHelp: (args) => hasHelp(args) && testArguments(args).requested.length === 0, help: () => testHelp },
}

/** A TypeScript file without types is JavaScript, but an older Node refuses its file extension. */
function evaluate(root, path) {
  return import(`data:text/javascript,${encodeURIComponent(readFileSync(join(root, path), 'utf8'))}`)
}

function versionOf(root) {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version
}

/** @param {Readonly<Record<string, string>>} meanings */
function table(meanings) {
  return Object.entries(meanings)
    .map(([word, meaning]) => `  ${word.padEnd(14)}${meaning}\n`)
    .join('')
}
