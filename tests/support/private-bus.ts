import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Services that the bus starts when they are called: name and command. */
type Activatable = Readonly<Record<string, string>>

/** A session bus of one test (dbus-daemon), which can end and come back at the same address. */
export class PrivateBus {
  readonly folder = mkdtempSync(join(tmpdir(), 'remo-bus-'))
  readonly address = `unix:path=${this.folder}/bus`
  /** Of the same bus, by a socket that has a name and no path. */
  readonly abstractAddress = `unix:abstract=${this.folder}/bus`
  #daemon: ChildProcess | undefined

  async start(services: Activatable = {}): Promise<this> {
    const folder = join(this.folder, 'services')
    mkdirSync(folder, { recursive: true })
    for (const [name, command] of Object.entries(services)) {
      writeFileSync(join(folder, `${name}.service`), `[D-BUS Service]\nName=${name}\nExec=${command}\n`)
    }
    const config = join(this.folder, 'bus.conf')
    writeFileSync(config, configuration([this.address, this.abstractAddress], folder))
    const daemon = spawn('dbus-daemon', [`--config-file=${config}`, '--nofork', '--print-address=1'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    this.#daemon = daemon
    await once(createInterface(daemon.stdout), 'line')
    return this
  }

  /** Ends the bus, and with it every connection. */
  async kill(): Promise<void> {
    const daemon = this.#daemon
    this.#daemon = undefined
    if (!daemon || daemon.exitCode !== null) return
    const ended = once(daemon, 'exit')
    daemon.kill('SIGKILL')
    await ended
    rmSync(join(this.folder, 'bus'), { force: true })
  }

  async end(): Promise<void> {
    await this.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function configuration(addresses: readonly string[], services: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  ${addresses.map((address) => `<listen>${address}</listen>`).join('')}
  <auth>EXTERNAL</auth>
  <servicedir>${services}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`
}
