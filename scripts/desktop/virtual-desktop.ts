/**
 * A desktop without a screen: a virtual display, a session bus, a notification daemon and a keychain, all real. Windows,
 * notifications, the tray and the secrets of an app that gets `env` end up here.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { isRunning, type ProcessIdentity } from '../bootstrap/process-identity.mjs'
import { findDaemon, logOf, logTail, signal, startDaemon, stopDaemon } from '../process/daemon.ts'
import { keyringName, keyringService, startKeyring } from './keyring.ts'
import { waitForBusName } from './session-bus.ts'

export interface DesktopOptions {
  /** Logs and process records. What an earlier run left in the same folder is stopped first. */
  dir: string
  /** Pixels; default 1440 x 900. */
  width?: number
  height?: number
}

export interface VirtualDesktop {
  /** For the programs on it: our own environment with `DISPLAY` and `DBUS_SESSION_BUS_ADDRESS`. */
  readonly env: NodeJS.ProcessEnv
  /** Writes the whole screen, notifications included, as PNG. */
  screenshot(file: string): Promise<void>
  stop(): Promise<void>
}

const names = ['xvfb', 'session-bus', 'dunst', keyringName] as const
const readyWithinMs = 20_000
const graceMs = 5_000

export async function startVirtualDesktop({
  dir,
  width = 1440,
  height = 900,
}: DesktopOptions): Promise<VirtualDesktop> {
  mkdirSync(dir, { recursive: true })
  await stopVirtualDesktop(dir)
  process.once('exit', killAtExit)
  function killAtExit() {
    for (const name of names) {
      const left = findDaemon(dir, name)
      if (left) signal(left, 'SIGKILL')
    }
  }
  const display = `:${await startPrinting(dir, 'xvfb', ['Xvfb', '-displayfd', '1', '-screen', '0', `${width}x${height}x24`, '-nolisten', 'tcp', '-noreset'])}`
  const address = await startPrinting(dir, 'session-bus', [
    'dbus-daemon',
    '--session',
    '--nofork',
    '--nopidfile',
    '--print-address=1',
  ])
  const env: NodeJS.ProcessEnv = { ...process.env, DISPLAY: display, DBUS_SESSION_BUS_ADDRESS: address }
  delete env['WAYLAND_DISPLAY']
  // Chromium complains of a missing system bus time and again: without one (a container) it meets a bus where nobody
  // answers, and is content
  if (!existsSync('/run/dbus/system_bus_socket')) env['DBUS_SYSTEM_BUS_ADDRESS'] ??= address
  const dunst = await startDaemon({ name: 'dunst', dir, command: 'dunst', args: [], env })
  const keyring = await startKeyring(dir, address)
  await waitForBusName(address, 'org.freedesktop.Notifications', () => alive(dir, 'dunst', dunst))
  await waitForBusName(address, keyringService, () => alive(dir, keyringName, keyring))
  return {
    env,
    screenshot: async (file) => {
      await promisify(execFile)('import', ['-display', display, '-window', 'root', file])
    },
    stop: async () => {
      await stopVirtualDesktop(dir)
      process.removeListener('exit', killAtExit)
    },
  }
}

/** Stops what runs in that folder, in reverse: what needs the display ends before it. */
export async function stopVirtualDesktop(dir: string): Promise<void> {
  for (const name of names.toReversed()) {
    const found = findDaemon(dir, name)
    if (found) await stopDaemon(found, graceMs)
  }
}

/** Starts a program that prints one line, an address of its own, when it is ready. */
async function startPrinting(
  dir: string,
  name: (typeof names)[number],
  [command, ...args]: [string, ...string[]],
): Promise<string> {
  rmSync(logOf(dir, name), { force: true })
  const identity = await startDaemon({ name, dir, command, args })
  const deadline = Date.now() + readyWithinMs
  for (;;) {
    const line = /^(?:\d+|unix:\S+)$/m.exec(readFileSync(logOf(dir, name), 'utf8'))?.[0]
    if (line) return line
    alive(dir, name, identity)
    if (Date.now() > deadline) throw new Error(`${command} did not become ready:\n${logTail(dir, name)}`)
    await delay(20)
  }
}

function alive(dir: string, name: (typeof names)[number], identity: ProcessIdentity): void {
  if (!isRunning(identity)) throw new Error(`${name} stopped. End of its log:\n${logTail(dir, name)}`)
}
