import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { reasonIn, runQuietly } from '../bootstrap/run-command.mjs'
import { printLine, secondsSince, UserError } from '../bootstrap/console-output.mjs'
import { gitRevision } from '../process/git-revision.ts'

const root = join(import.meta.dirname, '..', '..')
const sources = [
  'src-main',
  'src-kafka',
  'src-renderer',
  'src-shared',
  'electron.vite.config.ts',
  'scripts/build',
  'CHANGELOG.md',
  'package.json',
  'package-lock.json',
]
const stampFile = join(root, 'out', '.built-from')

/** Builds the console if its sources, or the commit that it shows, have changed since the last build. */
export async function ensureBuild(): Promise<void> {
  const stamp = `${hashOf(sources)} ${gitRevision(root)}`
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return
  const begin = Date.now()
  printLine('building the console')
  const bin = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  const { ok, output } = await runQuietly(process.execPath, [bin, 'build'], { cwd: root })
  if (!ok) throw new UserError(`The console build failed (${reasonIn(output)}). Run npm run build for the full output.`)
  writeFileSync(stampFile, stamp)
  printLine(`built (${secondsSince(begin)})`)
}

function hashOf(paths: readonly string[]): string {
  const hash = createHash('sha256')
  for (const path of paths) {
    for (const file of filesBelow(path)) hash.update(`${file}\0`).update(readFileSync(join(root, file)))
  }
  return hash.digest('hex')
}

/** Sorted, so that the order does not depend on the file system. Without tests, which are not built. */
function filesBelow(path: string): string[] {
  if (statSync(join(root, path)).isFile()) return [path]
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.includes('.test.'))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort()
}
