import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import { startDesktop, type Desktop } from '../../scripts/desktop/desktop.ts'
import { startKafka, type Kafka } from '../../scripts/stack/kafka.ts'
import { RunningConsole, type ConsoleOptions } from '../support/console.ts'
import { FieldProducer } from '../support/field-producer.ts'
import { freePort } from '../../scripts/stack/ports.ts'
import { Notifications } from '../support/notifications.ts'
import { TrayHost } from '../support/tray.ts'

type Launch = (
  options?: Partial<Pick<ConsoleOptions, 'dataDir' | 'args' | 'bootstrap' | 'env'>>,
) => Promise<RunningConsole>

interface WorkerFixtures {
  readonly desktop: Desktop
  readonly tray: TrayHost
  readonly broker: Kafka
}

interface TestFixtures {
  /** Starts the app; what a test leaves running is quit after it, with a picture of the screen if it failed. */
  readonly launch: Launch
  /** On a Kafka without any topic of an earlier test. */
  readonly producer: FieldProducer
  readonly notifications: Notifications
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  desktop: [
    async ({}, use) => {
      const desktop = await startDesktop({ dir: mkdtempSync(join(tmpdir(), 'remo-desktop-')) })
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
  producer: async ({ broker }, use) => {
    const producer = await new FieldProducer(broker.bootstrap).connect()
    await producer.deleteTopics()
    await use(producer)
    await producer.close()
  },
  notifications: async ({ desktop }, use) => {
    const notifications = new Notifications(desktop.env)
    notifications.clear()
    await use(notifications)
  },
  launch: async ({ desktop, broker, tray: _tray, producer: _emptied }, use, testInfo) => {
    const running: RunningConsole[] = []
    await use(async (options = {}) => {
      const console = await RunningConsole.start({
        env: desktop.env,
        bootstrap: broker.bootstrap,
        metricsPort: await freePort(),
        ...options,
      })
      running.push(console)
      return console
    })
    if (testInfo.status !== testInfo.expectedStatus) await desktop.screenshot(testInfo.outputPath('screen.png'))
    for (const console of running) await console.quit()
  },
})

export { expect } from '@playwright/test'
