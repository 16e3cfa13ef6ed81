// Native modules that npm packages contain as source.
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { cachePath, publishFolder, withLock } from '../bootstrap/cache.mjs'
import { reasonIn, runQuietly } from '../bootstrap/run-command.mjs'
import { printLine, secondsSince, UserError } from '../bootstrap/console-output.mjs'
import { provide } from '../bootstrap/system.mjs'

/**
 * @typedef {object} NativeModule
 * @property {string} name of the npm package
 * @property {string} binary its path inside the package
 * @property {string} flavour of the binary, part of its name in the cache
 * @property {string} takes how long compiling takes, shown to the user
 * @property {() => readonly import('../bootstrap/system.mjs').Need[]} missing system packages to compile it
 * @property {readonly string[]} [buildPackages] installed packages that its build requires
 * @property {NodeJS.ProcessEnv} [env] for the compiler
 * @property {readonly string[]} [flags] for node-gyp
 */

/**
 * Puts the binary into the installed package. Compiles it once per version and keeps it in the cache.
 * @param {string} root the repository
 * @param {NativeModule} module
 * @throws UserError if system packages are missing or the compiler fails
 */
export async function installCompiled(root, module) {
  const { name, binary, flavour } = module
  const home = join(root, 'node_modules', name)
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  const folder = cachePath(`${name}-${version}-${flavour}-${process.platform}-${process.arch}`)
  await withLock(name, async () => {
    if (!existsSync(folder)) await compile(root, module, folder)
    const target = join(home, binary)
    mkdirSync(dirname(target), { recursive: true })
    cpSync(join(folder, basename(binary)), `${target}.partial`)
    renameSync(`${target}.partial`, target) // a running app keeps its mapped file
  })
}

/** @param {string} root @param {NativeModule} module @param {string} folder receives the binary */
async function compile(root, { name, binary, takes, missing, buildPackages = [], env, flags = [] }, folder) {
  await provide(missing())
  const begin = Date.now()
  printLine(`compiling ${name} (${takes}, first run only)`)
  await publishFolder(folder, async (work) => {
    const source = join(work, name)
    for (const one of [name, ...buildPackages]) {
      const place = one === name ? source : join(work, 'node_modules', one)
      cpSync(join(root, 'node_modules', one), place, { recursive: true })
    }
    const gyp = join(root, 'node_modules/node-gyp/bin/node-gyp.js')
    const args = [gyp, 'rebuild', '--release', '--force_build=1', '--jobs=max', ...flags, ...nodeHeaders()]
    const { ok, output } = await runQuietly(process.execPath, args, { cwd: source, env: { ...process.env, ...env } })
    if (!ok) throw new UserError(`${name} could not be compiled. Check the compiler and try again: ${reasonIn(output)}`)
    mkdirSync(join(work, 'made'))
    renameSync(join(source, binary), join(work, 'made', basename(binary)))
    return join(work, 'made')
  })
  printLine(`compiled (${secondsSince(begin)})`)
}

/** Headers of the running Node or of the system, without a download; else node-gyp fetches them. @returns {string[]} */
function nodeHeaders() {
  const homes = [dirname(dirname(process.execPath)), '/usr']
  const home = homes.find((folder) => existsSync(join(folder, 'include/node/node_api.h')))
  return home ? [`--nodedir=${home}`] : []
}

/**
 * Whether the trial code runs in each runtime.
 * @param {string} root the repository
 * @param {readonly string[]} runtimes executables: Node, Electron
 * @param {string} trial CommonJS code that loads the module
 */
export async function runsInAll(root, runtimes, trial) {
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' }
  const results = await Promise.all(runtimes.map((runtime) => runQuietly(runtime, ['-e', trial], { cwd: root, env })))
  return results.every(({ ok }) => ok)
}
