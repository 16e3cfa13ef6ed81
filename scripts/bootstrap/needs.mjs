// Requirements of each command.
import { findCompose } from './find-compose.mjs'
import { UserError } from './console-output.mjs'
import {
  missingForCertificates,
  missingForCollectd,
  missingForDesktop,
  missingForElectron,
  missingForGo,
  missingForInstalling,
  missingForKafka,
  missingForJavaCompiler,
  missingForKeyring,
  missingForNamespaces,
  missingForPackaging,
  missingForSound,
  missingForTyping,
} from './system.mjs'

/** Stages of `npm test` without a name, in run order; `scripts/test/stage-plan.ts` says which run side by side. */
export const testStages = {
  lint: 'eslint, prettier, import rules, stylelint, dead code',
  types: 'tsc and svelte-check',
  unit: 'tests next to the sources',
  backend: 'the backend on PostgreSQL',
  compatibility: 'what 0.1.0 stored, opened by this version',
  integration: 'Kafka, PostgreSQL and real processes',
  containers: 'compose.yaml in a Docker engine',
  window: 'components and pages in Chromium, axe included',
  e2e: 'the built app on a virtual desktop',
  package: 'the installed package on a virtual desktop',
}

/** Stages that run only if they are named: they take long the first time. */
export const namedStages = {
  field: 'what a real Telegraf and OpenTelemetry Collector write, built once with Go',
}

/** Stages that other systems run too. The rest requires Linux's desktop, signals, users or Docker engine. */
const portableStages = ['lint', 'types', 'unit', 'package']

/** @param {string} stage @param {NodeJS.Platform} [platform] */
export function runsOn(stage, platform = process.platform) {
  return platform === 'linux' || portableStages.includes(stage)
}

/**
 * @typedef {object} Needs
 * @property {string} script the script to run, relative to the repository's root
 * @property {boolean} electron
 * @property {boolean} [keychain] the module for the keychain; always with Electron
 * @property {() => readonly import('./system.mjs').Need[]} missing from the operating system
 */

/** @type {Record<string, (args: readonly string[]) => Needs>} */
const commands = {
  start: (args) => ({
    script: 'scripts/start.ts',
    electron: true,
    missing: args.includes('--demo') ? missingForApp : missingForWindow,
  }),
  dev: () => ({ script: 'scripts/dev.ts', electron: true, missing: missingForWindow }),
  stack: ([verb]) => ({
    script: 'scripts/stack.ts',
    electron: false,
    missing: () => (verb === 'up' ? missingForStack() : []),
  }),
  producer: () => ({ script: 'producers/main.ts', electron: false, missing: () => [] }),
  bench: benchNeeds,
  test: testNeeds,
  screenshots: () => ({ script: 'scripts/screenshots.ts', electron: true, missing: missingForScreenshots }),
  package: () => ({ script: 'scripts/package.ts', electron: true, missing: missingForPackaging }),
  release: () => ({ script: 'scripts/release.ts', electron: true, missing: missingForPackaging }),
  soak: () => ({ script: 'scripts/soak.ts', electron: false, missing: missingForKafkaPrograms }),
}

/**
 * @param {string | undefined} command
 * @param {readonly string[]} args
 * @returns {Needs}
 * @throws UserError on wrong usage
 */
export function needsOf(command, args) {
  const find = command !== undefined && Object.hasOwn(commands, command) ? commands[command] : undefined
  if (!find) throw new UserError(`Usage: node scripts/bootstrap.mjs ${Object.keys(commands).join('|')} [arguments]`)
  return find(args)
}

/**
 * Stages come first. From the first word with a dash on, words are options for the runner of the stage.
 * @param {readonly string[]} words
 */
export function testArguments(words) {
  const first = words.findIndex((word) => word.startsWith('-'))
  return first < 0
    ? { requested: words, options: [] }
    : { requested: words.slice(0, first), options: words.slice(first) }
}

/** @param {readonly string[]} words @returns {Needs} */
function testNeeds(words) {
  const { requested } = testArguments(words)
  const ordinary = Object.keys(testStages)
  const stages = [...ordinary, ...Object.keys(namedStages)]
  const wrong = requested.find((stage) => !stages.includes(stage))
  if (wrong !== undefined) throw new UserError(`Unknown test stage "${wrong}". Use one of: ${stages.join(', ')}.`)
  const foreign = requested.find((stage) => !runsOn(stage))
  if (foreign !== undefined) throw new UserError(`The stage ${foreign} runs only on Linux. ${stagesHere(stages)}`)
  const chosen = requested.length === 0 ? ordinary : requested
  const runs = (stage) => runsOn(stage) && chosen.includes(stage)
  const kafka = ['compatibility', 'integration', 'containers', 'e2e', 'package', 'field'].some(runs)
  const window = ['containers', 'window', 'e2e', 'package'].some(runs)
  return {
    script: 'scripts/test.ts',
    electron: window,
    keychain: runs('integration'),
    missing: () => (process.platform === 'linux' ? missingForStages() : []),
  }

  function missingForStages() {
    return [
      ...(kafka ? missingForKafka() : []),
      ...(runs('integration') ? missingForJavaCompiler() : []),
      ...(['integration', 'e2e'].some(runs) ? missingForCertificates() : []),
      ...(runs('integration') ? [...missingForKeyring(), ...missingForCollectd()] : []),
      ...(window ? [...missingForElectron(), ...missingForDesktop()] : []),
      ...(runs('e2e') ? [...missingForTyping(), ...missingForSound()] : []),
      ...(runs('package') ? [...missingForPackaging(), ...missingForInstalling()] : []),
      ...(runs('field') ? missingForGo() : []),
    ]
  }
}

/** @param {readonly string[]} stages */
function stagesHere(stages) {
  return `This system runs: ${stages.filter((stage) => runsOn(stage)).join(', ')}.`
}

/** The real app is only started if it is named. @param {readonly string[]} args @returns {Needs} */
function benchNeeds(args) {
  const names = (part) => args.includes(part) || args.includes(`--only=${part}`)
  const app = ['app', 'wakeups', 'popup', 'package'].some(names)
  const missing = () => [
    ...missingForKafka(),
    ...(app ? [...missingForElectron(), ...missingForDesktop()] : []),
    ...(names('package') ? [...missingForPackaging(), ...missingForInstalling()] : []),
  ]
  return { script: 'bench/main.ts', electron: app, missing }
}

function missingForWindow() {
  return [...missingForApp(), ...missingForStack()]
}

function missingForApp() {
  return [...missingForElectron(), ...(hasDisplay() ? [] : missingForDesktop())]
}

function missingForKafkaPrograms() {
  return [...missingForKafka(), ...missingForJavaCompiler()]
}

function missingForScreenshots() {
  const desktop = [...missingForElectron(), ...missingForDesktop(), ...missingForTyping()]
  return [...desktop, ...missingForKafka(), ...missingForCertificates(), ...missingForNamespaces()]
}

function missingForStack() {
  return findCompose() ? [] : missingForKafka()
}

/** Only Linux can lack a display. */
export function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
}
