/** Starts the console in Electron: from its build, or through electron-vite with hot reload. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { printLine, UserError } from '../bootstrap/console-output.mjs'
import { findDaemon, type StartedDaemon, startDaemon, stopDaemon } from '../process/daemon.ts'

export type Mode = 'start' | 'dev'

interface Launch {
  mode: Mode
  /** Folder for the process record. */
  dir: string
  env: NodeJS.ProcessEnv
  /** The console's own flags. */
  flags: readonly string[]
}

const name = 'console'
const root = join(import.meta.dirname, '..', '..')
/** Time for the console to commit and to leave its consumer group. */
const graceMs = 10_000

export function startApp({ mode, dir, env, flags }: Launch): Promise<StartedDaemon> {
  const dist = env['ELECTRON_OVERRIDE_DIST_PATH']
  const executable = env['ELECTRON_EXEC_PATH']
  if (!dist || !executable)
    throw new UserError('Start the console with npm start or npm run dev, which provide Electron.')
  requireSandbox(dist)
  const [command, args] =
    mode === 'start' ? [executable, [...sandboxFlags(), root, ...flags]] : [process.execPath, devArgs(flags)]
  return startDaemon({ name, dir, cwd: root, command, args, env, inTerminal: true })
}

/**
 * Stops a console that this or an earlier run started from the folder. Sends SIGINT: on SIGTERM Vite exits immediately,
 * but electron-vite forwards every other signal to Electron and waits for it.
 */
export async function stopApp(dir: string): Promise<void> {
  const found = findDaemon(dir, name)
  if (found) await stopDaemon(found, graceMs, 'SIGINT')
}

function devArgs(flags: readonly string[]): string[] {
  const bin = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  return [bin, 'dev', '--watch', '--', ...sandboxFlags(), ...flags]
}

/** Chromium's sandbox does not run as root. The app itself never sets this. */
function sandboxFlags(): string[] {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return []
  printLine("running as root, so Chromium's sandbox is off; run as an ordinary user to enable it")
  return ['--no-sandbox']
}

/** Ubuntu 24.04 and later forbid the sandbox to unlisted programs, and Electron then aborts without a reason. */
function requireSandbox(dist: string): void {
  const restriction = '/proc/sys/kernel/apparmor_restrict_unprivileged_userns'
  if (process.getuid?.() === 0 || !existsSync(restriction) || readFileSync(restriction, 'utf8').trim() !== '1') return
  const helper = join(dist, 'chrome-sandbox')
  const { uid, mode } = statSync(helper)
  if (uid === 0 && (mode & 0o4000) !== 0) return
  throw new UserError(
    `This system blocks Chromium's sandbox. Run: sudo chown root "${helper}" && sudo chmod 4755 "${helper}"`,
  )
}
