// Step 2: system libraries and programs.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { findProgram, onPath } from './find-program.mjs'
import { findGo } from './go.mjs'
import { findJava } from './java.mjs'
import { kafkaFolder } from './kafka-folder.mjs'
import { reasonIn, runQuietly } from './run-command.mjs'
import { printLine, UserError } from './console-output.mjs'

/**
 * A missing library or program, with the Debian packages that contain it. apt installs the first one that it knows.
 * `darwin` and `win32`: the command that installs it there, for what is missing on these systems too. `skipped`: what
 * is left out without it; the command runs all the same.
 * @typedef {{ thing: string, packages: readonly string[], darwin?: string, win32?: string, skipped?: string }} Need
 */

const electronLibraries = [
  { thing: 'libgtk-3.so.0', packages: ['libgtk-3-0t64', 'libgtk-3-0'] },
  { thing: 'libnss3.so', packages: ['libnss3'] },
  { thing: 'libasound.so.2', packages: ['libasound2t64', 'libasound2'] },
  { thing: 'libgbm.so.1', packages: ['libgbm1'] },
]
const desktopPrograms = [
  { thing: 'Xvfb', packages: ['xvfb'] },
  { thing: 'dunst', packages: ['dunst'] },
  { thing: 'import', packages: ['imagemagick'] },
]
const keyringPrograms = [
  { thing: 'dbus-daemon', packages: ['dbus', 'dbus-daemon'] },
  { thing: 'gnome-keyring-daemon', packages: ['gnome-keyring'] },
]
/** Programs of the tests of the .deb, and the libraries that it depends on. dpkg would refuse to install it without. */
const packagesToInstall = [
  ...['desktop-file-utils', 'lintian', 'man-db', 'xdg-utils'],
  ...['libatspi2.0-0', 'libglib2.0-bin', 'libnotify4', 'libsecret-1-0', 'libxcb-dri3-0'],
]
const withCollectd = 'the test that reads what a real collectd writes'
/** A program that sends the metrics of a host to Kafka. The libraries are only recommended by its package. */
const collectd = [
  { thing: 'collectd', packages: ['collectd-core'], skipped: withCollectd },
  { thing: 'librdkafka', packages: ['librdkafka1'], skipped: withCollectd },
  { thing: 'libyajl', packages: ['libyajl2'], skipped: withCollectd },
]
const xcodeTools = 'xcode-select --install'
const compiler = [
  { thing: 'g++', packages: ['g++'], darwin: xcodeTools },
  { thing: 'make', packages: ['make'], darwin: xcodeTools },
  { thing: 'python3', packages: ['python3'], darwin: xcodeTools },
]
const java17 = {
  thing: 'Java 17 or newer',
  packages: ['default-jre-headless'],
  darwin: 'brew install openjdk',
  win32: 'winget install EclipseAdoptium.Temurin.21.JDK',
}
const maven = {
  thing: 'Maven',
  packages: ['maven'],
  darwin: 'brew install maven',
  win32: 'choco install maven',
}

/** @returns {readonly Need[]} */
export function missingForElectron() {
  if (process.platform !== 'linux') return []
  const known = knownLibraries()
  return known === undefined ? [] : electronLibraries.filter(({ thing }) => !known.includes(`\t${thing} `))
}

/** @returns {readonly Need[]} requirements of a virtual display */
export function missingForDesktop() {
  const fonts = existsSync('/usr/share/fonts') ? [] : [{ thing: 'a font', packages: ['fonts-dejavu-core'] }]
  return [...desktopPrograms.filter(({ thing }) => !onPath(thing)), ...missingForKeyring(), ...fonts]
}

/** @returns {readonly Need[]} a program that types into native dialogs in end-to-end tests */
export function missingForTyping() {
  return onPath('xdotool') ? [] : [{ thing: 'xdotool', packages: ['xdotool'] }]
}

/** @returns {readonly Need[]} a sound output that nobody hears, and what records it, in end-to-end tests */
export function missingForSound() {
  const programs = [
    { thing: 'pulseaudio', packages: ['pulseaudio'] },
    { thing: 'parec', packages: ['pulseaudio-utils'] },
  ]
  return programs.filter(({ thing }) => !onPath(thing))
}

/** @returns {readonly Need[]} the program of one integration test, which is skipped without it outside CI */
export function missingForCollectd() {
  return findCollectd() ? [] : collectd
}

/**
 * @returns {{ command: string, plugins: string, types: string } | undefined} a collectd that can write to Kafka, with the
 * folder of its plugins and its types.db. Debian installs it in a folder that is not on the PATH of ordinary users.
 */
export function findCollectd() {
  const command = findProgram('collectd') ?? ['/usr/sbin/collectd'].find((path) => existsSync(path))
  const plugins = ['/usr/lib/collectd', '/usr/lib64/collectd'].find((folder) => existsSync(`${folder}/write_kafka.so`))
  const types = '/usr/share/collectd/types.db'
  const libraries = knownLibraries() ?? ''
  const hasLibraries = ['librdkafka.so.1', 'libyajl.so.2'].every((name) => libraries.includes(`\t${name} `))
  return command && plugins && existsSync(types) && hasLibraries ? { command, plugins, types } : undefined
}

/** @returns {readonly Need[]} the program that creates certificates for tests of Kafka with TLS */
export function missingForCertificates() {
  return onPath('openssl') ? [] : [{ thing: 'openssl', packages: ['openssl'] }]
}

/** @returns {readonly Need[]} programs that set up the made-up computer of the guide's pictures */
export function missingForNamespaces() {
  const programs = [
    { thing: 'unshare', packages: ['util-linux'] },
    { thing: 'ip', packages: ['iproute2'] },
    { thing: 'convert', packages: ['imagemagick'] },
  ]
  return process.platform === 'linux' ? programs.filter(({ thing }) => !onPath(thing)) : []
}

/** @returns {readonly Need[]} requirements of Kafka without containers; Maven only until the jars are in the cache */
export function missingForKafka() {
  const hasJars = existsSync(kafkaFolder().libs) || onPath('mvn')
  return [...(findJava() ? [] : [java17]), ...(hasJars ? [] : [maven])]
}

/** @returns {readonly Need[]} requirements of tests that run Java programs of their own */
export function missingForJavaCompiler() {
  const java = findJava()
  const { stdout } = java ? spawnSync(java.command, ['--list-modules'], { encoding: 'utf8' }) : { stdout: '' }
  return stdout.includes('jdk.compiler') ? [] : [{ ...java17, thing: 'a JDK', packages: ['default-jdk-headless'] }]
}

/** @returns {readonly Need[]} the compiler of the programs that the stage `field` reads */
export function missingForGo() {
  const need = { thing: 'Go 1.21 or newer', packages: ['golang-go'], darwin: 'brew install go' }
  return findGo() ? [] : [need]
}

/** @returns {readonly Need[]} requirements of node-gyp; on Windows it finds compiler and Python itself, not on PATH */
export function missingForCompiling() {
  return process.platform === 'win32' ? [] : compiler.filter(({ thing }) => !onPath(thing))
}

/** @returns {readonly Need[]} requirements to compile and load keytar */
export function missingForKeychain() {
  if (process.platform !== 'linux') return []
  const pkgConfig = onPath('pkg-config') ? [] : [{ thing: 'pkg-config', packages: ['pkg-config'] }]
  const { status } = spawnSync('pkg-config', ['--exists', 'libsecret-1'])
  return status === 0 ? pkgConfig : [...pkgConfig, { thing: 'libsecret', packages: ['libsecret-1-dev'] }]
}

/** @returns {readonly Need[]} requirements of a private keychain on a private session bus */
export function missingForKeyring() {
  return keyringPrograms.filter(({ thing }) => !onPath(thing))
}

/** @returns {readonly Need[]} requirements of tests that install the .deb, as only root can, and what it requires itself */
export function missingForInstalling() {
  if (!onPath('dpkg') || process.getuid?.() !== 0) return []
  const installed = spawnSync('dpkg-query', ['--show', '--showformat', '${Package} ${db:Status-Status}\\n'], {
    encoding: 'utf8',
  }).stdout
  const isThere = (name) => new RegExp(`^${name}(?:t64)? installed$`, 'm').test(installed)
  return packagesToInstall
    .filter((name) => !isThere(name))
    .map((name) => ({ thing: name, packages: [`${name}t64`, name] }))
}

/** @returns {readonly Need[]} requirements of the .deb; only Debian and its derivatives make it */
export function missingForPackaging() {
  const isThere = process.platform !== 'linux' || onPath('dpkg-deb')
  return [...missingForElectron(), ...(isThere ? [] : [{ thing: 'dpkg-deb', packages: ['dpkg'] }])]
}

/** @returns {readonly Need[]} */
export function missingForUnzipping() {
  return onPath('unzip') ? [] : [{ thing: 'unzip', packages: ['unzip'] }]
}

/**
 * Installs missing packages if permitted (root on Debian and its derivatives).
 * @param {readonly Need[]} needs
 * @throws UserError with the command to run if not permitted. What can be left out is only reported
 */
export async function provide(needs) {
  const required = needs.filter(({ skipped }) => skipped === undefined)
  const optional = needs.filter(({ skipped }) => skipped !== undefined)
  if (required.length > 0) await install(required)
  if (optional.length === 0) return
  try {
    await install(optional)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    printLine(`without ${namesOf(optional)}: skips ${optional[0]?.skipped}. ${error.message}`)
  }
}

/** @param {readonly Need[]} needs at least one */
async function install(needs) {
  const things = namesOf(needs)
  if (!onPath('apt-get')) throw new UserError(howToInstall(needs, process.platform))
  if (process.getuid?.() !== 0) {
    throw new UserError(`ReMo requires ${things}. Run: sudo apt-get install -y ${packagesOf(needs).join(' ')}`)
  }
  printLine(`installing ${things} with apt-get`)
  await apt(['update', '-qq'])
  await apt(['install', '-y', '-qq', '--no-install-recommends', ...packagesOf(needs)])
}

/**
 * @param {readonly Need[]} needs
 * @param {NodeJS.Platform} platform a system without apt
 * @returns {string} what is missing, and the commands that install it there
 */
export function howToInstall(needs, platform) {
  const known = platform === 'darwin' || platform === 'win32' ? needs.map((need) => need[platform]) : []
  const commands = [...new Set(known.filter((command) => command !== undefined))]
  const how =
    commands.length === 0
      ? "Install with this system's package manager and try again."
      : `Run: ${commands.join(', then ')}`
  return `ReMo requires ${namesOf(needs)}. ${how}`
}

/** @param {readonly Need[]} needs */
function namesOf(needs) {
  return [...new Set(needs.map(({ thing }) => thing))].join(', ')
}

/** @param {readonly string[]} args */
async function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const { ok, output } = await runQuietly('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...args], { env })
  if (!ok) throw new UserError(`apt-get ${args[0]} failed. Fix this and try again: ${reasonIn(output)}`)
}

/** @param {readonly Need[]} needs @returns {string[]} */
function packagesOf(needs) {
  return needs.map(({ packages }) => packages.find(isInstallable) ?? packages[packages.length - 1])
}

/** @param {string} name a package that apt can install; virtual packages have no candidate */
function isInstallable(name) {
  const { stdout } = spawnSync('apt-cache', ['policy', name], { encoding: 'utf8' })
  return /Candidate: (?!\(none\))/.test(stdout ?? '')
}

/** @returns {string | undefined} the library list of the loader; undefined on systems without one (musl, NixOS) */
function knownLibraries() {
  const ldconfig = ['/sbin/ldconfig', '/usr/sbin/ldconfig'].find((file) => existsSync(file))
  if (!ldconfig || isNixOs()) return undefined
  return spawnSync(ldconfig, ['-p'], { encoding: 'utf8' }).stdout
}

function isNixOs() {
  return existsSync('/etc/os-release') && /^ID=nixos$/m.test(readFileSync('/etc/os-release', 'utf8'))
}
