// Step 5: native modules that load both in that Electron and in this Node.
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cachePath, publishFolder, withLock } from './cache.mjs'
import { reasonIn, runQuietly } from './run.mjs'
import { say, secondsSince, Stop } from './say.mjs'
import { missingForCompiling, provide } from './system.mjs'

const trial = "const D = require('better-sqlite3'); new D(':memory:').prepare('select 1').get()"
const binary = 'build/Release/better_sqlite3.node'

/**
 * better-sqlite3 ships binaries for Node-API 10 (Node >= 22.14, Electron >= 35). An older Electron aborts on them, so it
 * gets one compiled for Node-API 8, which loads everywhere.
 * @param {string} root the repository
 * @param {readonly string[]} runtimes executables that must load it: Node, Electron
 */
export async function ensureNativeModules(root, runtimes) {
  if (await loadsInAll(root, runtimes)) return
  const home = join(root, 'node_modules/better-sqlite3')
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  const folder = cachePath(`better-sqlite3-${version}-napi8-${process.platform}-${process.arch}`)
  await withLock('better-sqlite3', async () => {
    if (!existsSync(folder)) await compile(root, folder)
    const target = join(home, binary)
    mkdirSync(dirname(target), { recursive: true })
    cpSync(join(folder, 'better_sqlite3.node'), `${target}.partial`)
    renameSync(`${target}.partial`, target) // a running app keeps the file it has mapped
  })
  if (!(await loadsInAll(root, runtimes)))
    throw new Error('better-sqlite3 loads in neither its shipped nor its compiled form')
  say('better-sqlite3 compiled for this Electron is in place')
}

/** @param {string} root @param {readonly string[]} runtimes */
async function loadsInAll(root, runtimes) {
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' }
  const results = await Promise.all(runtimes.map((runtime) => runQuietly(runtime, ['-e', trial], { cwd: root, env })))
  return results.every(({ ok }) => ok)
}

/** @param {string} root @param {string} folder receives the binary */
async function compile(root, folder) {
  await provide(missingForCompiling())
  const begin = Date.now()
  say('compiling better-sqlite3 for this Electron, once (1 to 2 minutes)')
  await publishFolder(folder, async (work) => {
    const source = join(work, 'better-sqlite3')
    cpSync(join(root, 'node_modules/better-sqlite3'), source, { recursive: true })
    cpSync(join(root, 'node_modules/node-addon-api'), join(work, 'node_modules/node-addon-api'), { recursive: true })
    const header = fileURLToPath(new URL('napi8.h', import.meta.url))
    const gyp = join(root, 'node_modules/node-gyp/bin/node-gyp.js')
    const args = [gyp, 'rebuild', '--release', '--force_build=1', '--jobs=max', ...nodeHeaders()]
    const env = { ...process.env, CXXFLAGS: `-include ${header}` }
    const { ok, output } = await runQuietly(process.execPath, args, { cwd: source, env })
    if (!ok)
      throw new Stop(`better-sqlite3 could not be compiled, so check the compiler and start again: ${reasonIn(output)}`)
    mkdirSync(join(work, 'made'))
    renameSync(join(source, binary), join(work, 'made/better_sqlite3.node'))
    return join(work, 'made')
  })
  say(`compiled (${secondsSince(begin)})`)
}

/** The running Node's own headers or the system's, without a download; else node-gyp fetches them. @returns {string[]} */
function nodeHeaders() {
  const homes = [dirname(dirname(process.execPath)), '/usr']
  const home = homes.find((folder) => existsSync(join(folder, 'include/node/node_api.h')))
  return home ? [`--nodedir=${home}`] : []
}
