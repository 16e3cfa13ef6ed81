// Finds programs on PATH, and starts them where a name alone does not: on Windows npm and Maven are batch files.
import { existsSync } from 'node:fs'
import { posix, win32 } from 'node:path'

/**
 * @typedef {object} System
 * @property {NodeJS.Platform} platform
 * @property {NodeJS.ProcessEnv} env
 * @property {(path: string) => boolean} exists
 */

/** @type {System} */
const thisSystem = { platform: process.platform, env: process.env, exists: existsSync }

/** In the order in which cmd.exe looks for them. */
const windowsExtensions = ['.com', '.exe', '.bat', '.cmd']

/**
 * @param {string} program its name, without an extension
 * @param {System} [system]
 * @returns {string | undefined} path of the file that a shell would start; undefined if PATH has none
 */
export function findProgram(program, { platform, env, exists } = thisSystem) {
  const { delimiter, join } = platform === 'win32' ? win32 : posix
  // npm has a file without an extension beside its batch file; Windows cannot start it.
  const names = platform === 'win32' ? windowsExtensions.map((extension) => program + extension) : [program]
  const folders = (env.PATH ?? env.Path ?? '').split(delimiter).filter((folder) => folder !== '')
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => exists(path))
}

/** @param {string} program @param {System} [system] */
export function onPath(program, system) {
  return findProgram(program, system) !== undefined
}

/**
 * How to pass a program to `spawn`. Node refuses to start batch files without a shell
 * (https://nodejs.org/api/child_process.html#spawning-bat-and-cmd-files-on-windows), and a shell needs quotes.
 * @param {string} command a name on PATH, or a path
 * @param {readonly string[]} args
 * @param {System} [system]
 * @returns {{ command: string, args: readonly string[], options: { shell?: true } }}
 */
export function startOf(command, args, system = thisSystem) {
  const asIs = { command, args, options: {} }
  if (system.platform !== 'win32' || /[\\/]/.test(command)) return asIs
  const found = findProgram(command, system)
  if (found === undefined || !/\.(bat|cmd)$/i.test(found)) return asIs
  return { command: [found, ...args].map(quotedForCmd).join(' '), args: [], options: { shell: true } }
}

/** cmd.exe splits at blanks and acts on `&|<>^`; between quotes it does neither. @param {string} argument */
function quotedForCmd(argument) {
  return /^[\w@:\\/.=+,-]+$/.test(argument) ? argument : `"${argument.replaceAll('"', '""')}"`
}
