import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import { startVirtualDesktop, type VirtualDesktop } from '../../scripts/desktop/virtual-desktop.ts'
import { startKafka, type Kafka } from '../../scripts/stack/servers/kafka-server.ts'
import { startPostgres, type Postgres } from '../../scripts/stack/servers/postgres-server.ts'
import { RunningConsole, type ConsoleOptions } from '../support/running-console.ts'
import { FieldProducer } from '../support/field-producer.ts'
import { freePort } from '../../scripts/process/free-port.ts'
import { Notifications } from '../support/notification-daemon.ts'
import { Speaker } from '../support/speaker.ts'
import { TeamBackend } from '../support/team-backend.ts'
import { TrayHost } from '../support/tray-host.ts'

type Launch = (
  options?: Partial<Pick<ConsoleOptions, 'dataDir' | 'args' | 'bootstrap' | 'env'>>,
) => Promise<RunningConsole>

interface WorkerFixtures {
  readonly desktop: VirtualDesktop
  readonly tray: TrayHost
  readonly broker: Kafka
  readonly postgres: Postgres
}

interface TestOptions {
  /**
   * Nodes whose topics exist before a console starts. It looks for new topics every 15 s only, so tests that are not
   * about new topics name theirs here.
   */
  readonly nodes: readonly string[]
}

interface TestFixtures extends TestOptions {
  /** Starts the app. Quits it after the test, with a screenshot if the test failed. */
  readonly launch: Launch
  /** Writes to a Kafka without topics of earlier tests. */
  readonly producer: FieldProducer
  readonly notifications: Notifications
  /** A sound output of its own, for `launch({ env: speaker.env })`. Other consoles have none. */
  readonly speaker: Speaker
  /** A backend of its own, with one user per role. */
  readonly backend: TeamBackend
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  nodes: [[], { option: true }],
  desktop: [
    async ({}, use) => {
      const desktop = await startVirtualDesktop({ dir: mkdtempSync(join(tmpdir(), 'remo-desktop-')) })
      await use(desktop)
      await desktop.stop()
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  tray: [
    async ({ desktop }, use) => {
      const tray = await new TrayHost(desktop.env.DBUS_SESSION_BUS_ADDRESS ?? '').start()
      await use(tray)
      tray.stop()
    },
    { scope: 'worker' },
  ],
  broker: [
    async ({}, use) => {
      const broker = await startKafka({
        dir: mkdtempSync(join(tmpdir(), 'remo-kafka-')),
        port: await freePort(),
        controllerPort: await freePort(),
      })
      await use(broker)
      await broker.stop()
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  postgres: [
    async ({}, use) => {
      const dir = mkdtempSync(join(tmpdir(), 'remo-postgres-'))
      const postgres = await startPostgres({ dir, port: await freePort(), settings: { fsync: 'off' } })
      await use(postgres)
      await postgres.stop()
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  producer: async ({ broker, nodes }, use) => {
    const producer = await new FieldProducer(broker.bootstrap).connect()
    await producer.deleteTopics()
    for (const node of nodes) await producer.createTopic(`metrics-${node}`)
    await use(producer)
    await producer.close()
  },
  backend: async ({ broker, postgres, producer: _emptied }, use) => {
    const backend = await TeamBackend.start(postgres, broker.bootstrap)
    await use(backend)
    await backend.end()
  },
  notifications: async ({ desktop }, use) => {
    const notifications = await new Notifications(desktop.env, desktop.chosenButton).listen()
    notifications.clear()
    await use(notifications)
    notifications.end()
  },
  speaker: async ({}, use) => {
    const speaker = await new Speaker().start()
    await use(speaker)
    await speaker.stop()
  },
  launch: async ({ desktop, broker, tray: _tray, producer: _emptied }, use, testInfo) => {
    const running: RunningConsole[] = []
    await use(async (options = {}) => {
      const console = await RunningConsole.start({
        bootstrap: broker.bootstrap,
        metricsPort: await freePort(),
        ...options,
        env: { ...desktop.env, ...options.env },
      })
      running.push(console)
      return console
    })
    if (testInfo.status !== testInfo.expectedStatus) await desktop.screenshot(testInfo.outputPath('screen.png'))
    for (const console of running) await console.quit()
  },
})

export { expect } from '@playwright/test'
