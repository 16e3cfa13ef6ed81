/**
 * A desktop without a screen: a virtual display, a session bus, a notification daemon and a keychain, all real. An app
 * started with `env` shows its windows, notifications and tray here, and stores its secrets here.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { isRunning, type ProcessIdentity } from '../bootstrap/process-identity.mjs'
import { findDaemon, logOf, logTail, signal, startDaemon, stopDaemon } from '../process/daemon.ts'
import { chosenButton, prepareDunst } from './dunst-menu.ts'
import { soundServerAddress } from './sound-server.ts'
import { keyringName, keyringService, startKeyring } from './keyring.ts'
import { waitForBusName } from './session-bus.ts'

export interface DesktopOptions {
  /** For logs and process records. Programs of an earlier run in the same folder are stopped first. */
  dir: string
  /** In pixels; default 1440 x 900. */
  width?: number
  height?: number
}

export interface VirtualDesktop {
  /** For programs on it: our environment plus `DISPLAY` and `DBUS_SESSION_BUS_ADDRESS`. */
  readonly env: NodeJS.ProcessEnv
  /** A label in this file is the button that `dunstctl context` presses. */
  readonly chosenButton: string
  /** Writes the whole screen, with notifications, as PNG. */
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
  // No sound output: what runs here must be silent.
  Object.assign(env, { PULSE_SERVER: soundServerAddress(dir), ALSA_CONFIG_PATH: '/dev/null' })
  // Chromium logs a missing system bus repeatedly. Without one (a container) it gets a bus without services, which
  // stops the log lines.
  if (!existsSync('/run/dbus/system_bus_socket')) env['DBUS_SYSTEM_BUS_ADDRESS'] ??= address
  const dunst = await startDaemon({ name: 'dunst', dir, command: 'dunst', args: ['-conf', prepareDunst(dir)], env })
  const keyring = await startKeyring(dir, address)
  await waitForBusName(address, 'org.freedesktop.Notifications', () => alive(dir, 'dunst', dunst))
  await waitForBusName(address, keyringService, () => alive(dir, keyringName, keyring))
  return {
    env,
    chosenButton: chosenButton(dir),
    screenshot: async (file) => {
      await promisify(execFile)('import', ['-display', display, '-window', 'root', file])
    },
    stop: async () => {
      await stopVirtualDesktop(dir)
      process.removeListener('exit', killAtExit)
    },
  }
}

/** Stops the programs of that folder in reverse order: the display last. */
export async function stopVirtualDesktop(dir: string): Promise<void> {
  for (const name of names.toReversed()) {
    const found = findDaemon(dir, name)
    if (found) await stopDaemon(found, graceMs)
  }
}

/** Starts a program that prints one line with its address when it is ready. */
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
