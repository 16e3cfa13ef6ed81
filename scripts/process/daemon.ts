/**
 * Background processes, each with a log and a record (id and start time) in its folder.
 * **Invariant**: only a process whose id and start time both match its record gets a signal.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { identityOf, isRunning, type ProcessIdentity } from '../bootstrap/process-identity.mjs'

export interface Daemon {
  /** Base name of its files: `<name>.log` and `<name>.process`. */
  name: string
  dir: string
  command: string
  args: readonly string[]
  /** Default: `dir`. */
  cwd?: string
  env?: NodeJS.ProcessEnv
  /** Its output goes to our terminal instead of its log, and this process stays while it runs. */
  inTerminal?: boolean
}

export interface StartedDaemon extends ProcessIdentity {
  /** Exit code; 1 if a signal ended it. */
  readonly exited: Promise<number>
}

/** Starts it in its own process group, so that Ctrl+C reaches only this process, which stops it in order. */
export async function startDaemon(daemon: Daemon): Promise<StartedDaemon> {
  mkdirSync(daemon.dir, { recursive: true })
  const log = daemon.inTerminal ? undefined : openSync(logOf(daemon.dir, daemon.name), 'a')
  const child = spawn(daemon.command, daemon.args, {
    cwd: daemon.cwd ?? daemon.dir,
    env: daemon.env ?? process.env,
    detached: true,
    // Windows would open a console for each of them. The window of an app would be hidden too.
    windowsHide: daemon.inTerminal !== true,
    stdio: ['ignore', log ?? 'inherit', log ?? 'inherit'],
  })
  if (log !== undefined) closeSync(log)
  await once(child, 'spawn') // rejects if the program cannot start
  if (!daemon.inTerminal) child.unref()
  const exited = once(child, 'exit').then(([code]: unknown[]) => (typeof code === 'number' ? code : 1))
  const identity = identityOf(child.pid as number)
  writeFileSync(recordOf(daemon.dir, daemon.name), JSON.stringify(identity))
  return { ...identity, exited }
}

/** The recorded process if it runs. Deletes the record of a dead process. */
export function findDaemon(dir: string, name: string): ProcessIdentity | undefined {
  const record = recordOf(dir, name)
  let identity: ProcessIdentity
  try {
    identity = JSON.parse(readFileSync(record, 'utf8')) as ProcessIdentity
  } catch {
    return undefined // never started, or killed while writing its record
  }
  if (isRunning(identity)) return identity
  rmSync(record, { force: true })
  return undefined
}

/** Asks it to stop and kills it after the grace period. Returns after its exit. Windows has no request: it ends at once. */
export async function stopDaemon(
  identity: ProcessIdentity,
  graceMs: number,
  request: NodeJS.Signals = 'SIGTERM',
): Promise<void> {
  signal(identity, 'SIGCONT') // a frozen process does not get the next signal
  signal(identity, request)
  if (await hasEnded(identity, graceMs)) return
  await killDaemon(identity)
}

export async function killDaemon(identity: ProcessIdentity): Promise<void> {
  signal(identity, 'SIGKILL')
  if (!(await hasEnded(identity, 10_000))) throw new Error(`process ${identity.pid} did not stop after SIGKILL`)
}

/** Node implements only these on Windows, and each of them ends the process. */
const windowsSignals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGKILL', 'SIGQUIT']

/** Whether the system has this signal. */
export function hasSignal(name: NodeJS.Signals, platform: NodeJS.Platform = process.platform): boolean {
  return platform !== 'win32' || windowsSignals.includes(name)
}

/** Does nothing if the process has exited, or the system has no such signal. */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals): void {
  if (!hasSignal(name) || !isRunning(identity)) return
  try {
    process.kill(identity.pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** The end of a log, for the message "did not start". */
export function logTail(dir: string, name: string, lines = 15): string {
  return readFileSync(logOf(dir, name), 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
}

export function logOf(dir: string, name: string): string {
  return join(dir, `${name}.log`)
}

function recordOf(dir: string, name: string): string {
  return join(dir, `${name}.process`)
}

async function hasEnded(identity: ProcessIdentity, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs
  while (isRunning(identity)) {
    if (Date.now() > deadline) return false
    await delay(25)
  }
  return true
}
