// Step 5: native modules that load in both runtimes, Electron and Node.
import { fileURLToPath } from 'node:url'
import { installCompiled, runsInAll } from './compile-module.mjs'
import { printLine } from '../bootstrap/console-output.mjs'
import { missingForCompiling } from '../bootstrap/system.mjs'

const trial = "const D = require('better-sqlite3'); new D(':memory:').prepare('select 1').get()"

/**
 * better-sqlite3 ships binaries for Node-API 10 (Node >= 22.14, Electron >= 35). An older Electron aborts on them, so
 * it gets a binary compiled for Node-API 8, which loads everywhere.
 * @param {string} root the repository
 * @param {readonly string[]} runtimes executables that must load it: Node, Electron
 */
export async function ensureNativeModules(root, runtimes) {
  if (await runsInAll(root, runtimes, trial)) return
  await installCompiled(root, {
    name: 'better-sqlite3',
    binary: 'build/Release/better_sqlite3.node',
    flavour: 'napi8',
    takes: '1 to 2 minutes',
    missing: missingForCompiling,
    buildPackages: ['node-addon-api'],
    env: { CXXFLAGS: `-include ${fileURLToPath(new URL('napi8.h', import.meta.url))}` },
  })
  if (!(await runsInAll(root, runtimes, trial)))
    throw new Error('better-sqlite3 does not load, neither prebuilt nor compiled')
  printLine('better-sqlite3 compiled for this Electron')
}
