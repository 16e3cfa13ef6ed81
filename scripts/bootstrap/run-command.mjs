// Runs other programs: quietly with progress lines, or in the foreground.
import { spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { printLine } from './console-output.mjs'
import { startOf } from './find-program.mjs'

const signOfLifeMs = 15_000

/**
 * Runs a program whose output matters only if it fails. Prints a progress line every 15 s.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, limitMs?: number }} [options] kills it after `limitMs`
 * @returns {Promise<{ ok: boolean, output: string }>} `ok` is false for a missing program too
 */
export function runQuietly(command, args, { limitMs, ...options } = {}) {
  return new Promise((resolve) => {
    const begin = Date.now()
    const { child, output } = spawnQuietly(command, args, options)
    const alive = setInterval(() => printLine(`  … ${Math.round((Date.now() - begin) / 1000)} s`), signOfLifeMs)
    const limit = limitMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), limitMs)
    const end = (ok) => {
      clearInterval(alive)
      clearTimeout(limit)
      resolve({ ok, output: output() })
    }
    child.once('error', () => end(false))
    child.once('close', (code) => end(code === 0))
  })
}

/**
 * Runs a program that nobody waits for yet: it and what it starts get only the time that other programs leave. It ends
 * with this process.
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<{ ok: boolean, output: string }>} `ok` is false for a missing program too
 */
export function runInIdleTime(command, args) {
  return new Promise((resolve) => {
    const { child, output } = spawnQuietly(command, args, {})
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW)
    const stop = () => child.kill()
    process.once('exit', stop)
    const end = (ok) => {
      process.removeListener('exit', stop)
      resolve({ ok, output: output() })
    }
    child.once('error', () => end(false))
    child.once('close', (code) => end(code === 0))
  })
}

function spawnQuietly(command, args, options) {
  const start = startOf(command, args)
  const child = spawn(start.command, start.args, {
    ...options,
    ...start.options,
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  child.once('error', (error) => (output += error.message))
  return { child, output: () => output }
}

/**
 * Runs a program in the foreground: it gets the terminal and our signals. It is also stopped when our parent dies: npm
 * runs us through a shell, and that shell does not forward a signal before it dies. On Windows Ctrl+C reaches every
 * program of the terminal, and a signal that is sent ends a program at once: so none is handed on there.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<number>} its exit code; 128 + n if signal n ended it
 */
export function runInForeground(command, args, env = process.env) {
  return new Promise((resolve, reject) => {
    const start = startOf(command, args)
    const child = spawn(start.command, start.args, { ...start.options, env, stdio: 'inherit' })
    const handOn = (signal) => process.platform !== 'win32' && child.kill(signal)
    process.on('SIGINT', handOn)
    process.on('SIGTERM', handOn)
    const parent = process.ppid
    const orphaned = setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 500)
    child.once('error', reject)
    child.once('close', (code, signal) => {
      clearInterval(orphaned)
      process.removeListener('SIGINT', handOn)
      process.removeListener('SIGTERM', handOn)
      resolve(code ?? (signal === 'SIGINT' ? 130 : signal === 'SIGTERM' ? 143 : 1))
    })
  })
}

/**
 * @param {string} output of a program that failed
 * @returns {string} the line that most likely contains the reason
 */
export function reasonIn(output) {
  const lines = output
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^npm error (code|errno|syscall|path|command) /.test(line))
  return (lines.find((line) => /error/i.test(line) && line.length > 'npm error '.length) ?? lines.at(-1) ?? 'no output')
    .trim()
    .slice(0, 300)
}
