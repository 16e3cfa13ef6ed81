import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { prepareDunst } from '../../scripts/desktop/dunst-menu.ts'
import { waitForBusName } from '../../scripts/desktop/session-bus.ts'
import { startDaemon, stopDaemon } from '../../scripts/process/daemon.ts'
import { PrivateBus } from './private-bus.ts'

/** A session bus without a notification server, a panel and a keychain, on the display of the tests. */
export class DesktopWithoutPanel {
  readonly env: NodeJS.ProcessEnv
  readonly #bus: PrivateBus
  readonly #dir = mkdtempSync(join(tmpdir(), 'remo-bare-'))
  #dunst: Awaited<ReturnType<typeof startDaemon>> | undefined

  private constructor(bus: PrivateBus, env: NodeJS.ProcessEnv) {
    this.#bus = bus
    this.env = { ...env, DBUS_SESSION_BUS_ADDRESS: bus.address, DBUS_SYSTEM_BUS_ADDRESS: bus.address }
  }

  /** @param env of a desktop, for its display */
  static async start(env: NodeJS.ProcessEnv): Promise<DesktopWithoutPanel> {
    return new DesktopWithoutPanel(await new PrivateBus().start(), env)
  }

  /** Starts a notification server, and resolves when it has its name. */
  async startDunst(): Promise<void> {
    const command = { name: 'dunst', dir: this.#dir, command: 'dunst', args: ['-conf', prepareDunst(this.#dir)] }
    this.#dunst = await startDaemon({ ...command, env: this.env })
    await waitForBusName(this.#bus.address, 'org.freedesktop.Notifications', () => undefined)
  }

  async end(): Promise<void> {
    if (this.#dunst) await stopDaemon(this.#dunst, 5000)
    await this.#bus.end()
  }
}
