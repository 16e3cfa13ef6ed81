import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../scripts/process/free-port.ts'
import { startVirtualDesktop, type VirtualDesktop } from '../../scripts/desktop/virtual-desktop.ts'
import { type Kafka, startKafka } from '../../scripts/stack/servers/kafka-server.ts'
import { FieldProducer } from './field-producer.ts'
import { InstalledApp, type InstalledOptions } from './installed-app.ts'
import { Notifications } from './notification-daemon.ts'
import { TrayHost } from './tray-host.ts'

/** A desktop with a tray and a Kafka, for the installed app. */
export class InstalledDesktop {
  readonly desktop: VirtualDesktop
  readonly tray: TrayHost
  readonly kafka: Kafka
  readonly producer: FieldProducer
  readonly notifications: Notifications
  readonly #apps: InstalledApp[] = []

  private constructor(parts: Pick<InstalledDesktop, 'desktop' | 'tray' | 'kafka' | 'producer'>) {
    this.desktop = parts.desktop
    this.tray = parts.tray
    this.kafka = parts.kafka
    this.producer = parts.producer
    this.notifications = new Notifications(parts.desktop.env)
  }

  static async start(): Promise<InstalledDesktop> {
    const folder = (name: string) => mkdtempSync(join(tmpdir(), `remo-${name}-`))
    const [desktop, kafka] = await Promise.all([
      startVirtualDesktop({ dir: folder('desktop') }),
      startKafka({ dir: folder('kafka'), port: await freePort(), controllerPort: await freePort() }),
    ])
    const tray = await new TrayHost(desktop.env.DBUS_SESSION_BUS_ADDRESS ?? '').start()
    const producer = await new FieldProducer(kafka.bootstrap).connect()
    return new InstalledDesktop({ desktop, tray, kafka, producer })
  }

  /** Of a program on this desktop. */
  get env(): NodeJS.ProcessEnv {
    return this.desktop.env
  }

  /** Starts the installed app on this Kafka. */
  async launch(options: Partial<InstalledOptions> = {}): Promise<InstalledApp> {
    const app = new InstalledApp({
      metricsPort: await freePort(),
      ...options,
      env: { ...this.env, KAFKA_BOOTSTRAP_SERVERS: this.kafka.bootstrap, ...options.env },
    })
    this.#apps.push(app)
    return app
  }

  async end(): Promise<void> {
    for (const app of this.#apps) await app.quit()
    this.tray.stop()
    await this.producer.close()
    await this.kafka.stop()
    await this.desktop.stop()
  }
}
