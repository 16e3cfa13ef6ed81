// Step 3: the npm packages of the lockfile.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { reasonIn, runQuietly } from './run-command.mjs'
import { printLine, secondsSince, UserError } from './console-output.mjs'

/** @param {string} root the repository */
export async function ensureDependencies(root) {
  const stampFile = join(root, 'node_modules', '.remo-stamp')
  const stamp = stampOf(root)
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return
  const begin = Date.now()
  printLine('installing npm packages (npm ci)')
  // No package needs an install script. But npm would compile better-sqlite3 because it has a binding.gyp: the lockfile
  // does not keep its `gypfile: false`.
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const { ok, output } = await runQuietly('npm', ['ci', ...flags], { cwd: root })
  if (!ok) throw new UserError(`npm ci failed. Fix this and try again: ${reasonIn(output)}`)
  writeFileSync(stampFile, stamp) // last, so that an interrupted npm ci runs again
  printLine(`npm packages installed (${secondsSince(begin)})`)
}

/** Native packages depend on the platform, optional ones on Node's major version. @param {string} root */
function stampOf(root) {
  const lockfile = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  return `${lockfile} ${process.platform}-${process.arch} node-${process.versions.node.split('.')[0]}\n`
}
