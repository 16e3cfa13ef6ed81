// Step 6: the module for the keychain of the operating system.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { installCompiled, runsInAll } from './compile-module.mjs'
import { printLine, UserError } from '../bootstrap/console-output.mjs'
import { missingForCompiling, missingForKeychain, provide } from '../bootstrap/system.mjs'

const trial = "require('keytar')"

/**
 * keytar comes as source, and its binary loads everywhere (Node-API 3). It is optional: a console without it works and
 * asks for the password at each start.
 * @param {string} root the repository
 * @param {readonly string[]} runtimes executables that must load it: Node, Electron
 */
export async function ensureKeychain(root, runtimes) {
  if (!existsSync(join(root, 'node_modules/keytar')) || (await runsInAll(root, runtimes, trial))) return
  try {
    // A binary from the cache requires the system library too.
    await provide(missingForKeychain())
    await installCompiled(root, {
      name: 'keytar',
      binary: 'build/Release/keytar.node',
      flavour: 'napi3',
      takes: 'a few seconds',
      missing: missingForCompiling,
      // Else it requires the Node-API version of the compiling Node, and an older Electron aborts on that.
      flags: ['--napi_build_version=3'],
    })
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return printLine(`no keychain, so you stay signed in only until ReMo quits: ${error.message}`)
  }
  const works = await runsInAll(root, runtimes, trial)
  printLine(
    works ? 'keytar installed' : 'no keychain, so you stay signed in only until ReMo quits: keytar does not load',
  )
}
