/** Several connections: switching between two real Kafkas, and two instances side by side. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { freePort } from '../../scripts/process/free-port.ts'
import { startKafka, type Kafka } from '../../scripts/stack/servers/kafka-server.ts'
import { FieldProducer } from '../support/field-producer.ts'
import { allowSilence, breach, calm } from '../support/node-steps.ts'
import { electronPath, type RunningConsole } from '../support/running-console.ts'
import { addCpuThreshold, untilLoadedAnew } from '../support/window-steps.ts'
import { expect, test } from './fixtures.ts'

interface Other {
  readonly kafka: Kafka
  readonly producer: FieldProducer
  readonly stop: () => Promise<void>
}

async function startOther(): Promise<Other> {
  const dir = mkdtempSync(join(tmpdir(), 'remo-kafka-'))
  const kafka = await startKafka({ dir, port: await freePort(), controllerPort: await freePort() })
  const producer = await new FieldProducer(kafka.bootstrap).connect()
  return {
    kafka,
    producer,
    stop: async () => {
      await producer.close()
      await kafka.stop()
    },
  }
}

/** A data folder with the connections PROD and STAGE. PROD is in use. */
function twoConnections(prod: string, stage: string): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'remo-two-'))
  const connections = [
    { id: 'prod', name: 'Production', label: 'PROD', color: 'red', brokers: [prod] },
    { id: 'stage', name: 'Staging', label: 'STAGE', color: 'blue', brokers: [stage] },
  ]
  writeFileSync(join(dataDir, 'settings.json'), JSON.stringify({ version: 1, connections, inUse: 'prod' }))
  return dataDir
}

async function switchTo(window: Page, name: string): Promise<void> {
  await window.getByRole('link', { name: 'Settings' }).click()
  await untilLoadedAnew(window, () => window.getByRole('button', { name: `Switch to ${name}` }).click())
  await expect(window.getByRole('button', { name: `Switch to ${name}` })).toBeHidden()
}

const cpu = (window: Page, node: string) => window.getByRole('group', { name: `${node} CPU` })
const titleOf = (console: RunningConsole): Promise<string | undefined> =>
  console.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle())

test('a switch to another Kafka and back keeps caches, positions and alerts', async ({
  launch,
  broker,
  producer,
  notifications,
  tray,
}) => {
  test.setTimeout(240_000)
  const other = await startOther()
  try {
    await producer.send({ nodeId: 'alpha', at: Date.now(), metrics: calm })
    await other.producer.send({ nodeId: 'beta', at: Date.now(), metrics: calm })
    const console = await launch({ bootstrap: '', dataDir: twoConnections(broker.bootstrap, other.kafka.bootstrap) })
    const window = await console.window()
    await expect(cpu(window, 'alpha')).toBeVisible()
    await allowSilence(window)
    await addCpuThreshold(window, 'alpha')
    await breach(window, producer, 'alpha')
    await expect.poll(() => notifications.displayed()).toBe(1)
    await expect.poll(() => tray.tooltip()).toMatch(/^ReMo PROD: 1 critical/)
    expect(await titleOf(console)).toMatch(/ PROD$/)

    await switchTo(window, 'Staging')
    await expect.poll(() => notifications.displayed()).toBe(0)
    expect(notifications.closed()[0]?.summary).toMatch(/^PROD \[CRITICAL\] /)
    await window.getByRole('link', { name: 'Overview' }).click()
    await expect(cpu(window, 'beta')).toBeVisible()
    await expect(cpu(window, 'alpha')).toBeHidden()
    await other.producer.send({ nodeId: 'beta', at: Date.now(), metrics: calm })
    await expect.poll(() => tray.tooltip()).toMatch(/^ReMo STAGE: /)
    await expect.poll(() => console.metric('remo_kafka_connected')).toBe(1)

    // Sent while nobody reads this Kafka.
    await producer.send({ nodeId: 'alpha', at: Date.now(), metrics: { ...calm, cpu_usage: 97.25 } })
    await switchTo(window, 'Production')
    await window.getByRole('link', { name: 'Overview' }).click()
    await expect(cpu(window, 'alpha')).toContainText('97.3')
    await expect(cpu(window, 'beta')).toBeHidden()
    await window.getByRole('link', { name: 'Alerts' }).click()
    await expect(
      window.getByRole('grid', { name: 'Alerts' }).getByRole('row').filter({ hasText: 'alpha' }),
    ).toHaveCount(1)
    await producer.send({ nodeId: 'alpha', at: Date.now(), metrics: { ...calm, cpu_usage: 98 } })
    await expect.poll(() => tray.tooltip()).toMatch(/^ReMo PROD: 1 critical/)
    for (const id of ['prod', 'stage']) {
      const folder = join(console.dataDir, 'connections', id)
      expect(existsSync(join(folder, 'remo.sqlite'))).toBe(true)
      expect(statSync(folder).mode & 0o777).toBe(0o700)
    }
  } finally {
    await other.stop()
  }
})

test('--profile opens a second window beside the first, and never the same cache twice', async ({
  launch,
  broker,
  producer,
}) => {
  await producer.send({ nodeId: 'gamma', at: Date.now(), metrics: calm })
  const dataDir = twoConnections(broker.bootstrap, broker.bootstrap)
  const first = await launch({ bootstrap: '', dataDir })
  const window = await first.window()
  await expect(cpu(window, 'gamma')).toBeVisible()
  const second = await launch({ bootstrap: '', dataDir, args: ['--profile', 'Staging'] })
  await expect(cpu(await second.window(), 'gamma')).toBeVisible()
  await expect.poll(() => titleOf(second)).toMatch(/ STAGE$/)
  await switchTo(window, 'Staging')
  await window.getByRole('link', { name: 'Overview' }).click()
  await expect(window.getByText(/Staging is open in another ReMo window\./).first()).toBeVisible()
  await switchTo(window, 'Production')
  await window.getByRole('link', { name: 'Overview' }).click()
  await expect(cpu(window, 'gamma')).toBeVisible()
})

test('settings of an older version are taken over, and a change writes them as this version', async ({
  launch,
  broker,
  producer,
}) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'remo-older-'))
  const file = join(dataDir, 'settings.json')
  writeFileSync(file, JSON.stringify({ version: 0, theme: 'dark', kafka: { brokers: broker.bootstrap }, mine: 1 }))
  await producer.send({ nodeId: 'older', at: Date.now(), metrics: { cpu_usage: 21.5 } })
  const window = await (await launch({ bootstrap: '', dataDir })).window()
  await expect(cpu(window, 'older')).toBeVisible()
  await expect(window.locator('html')).toHaveAttribute('data-theme', 'dark')
  await window.keyboard.press('Control+,')
  await window.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Appearance' }).click()
  await window.getByRole('radio', { name: 'Compact' }).click()
  await expect
    .poll(() => JSON.parse(readFileSync(file, 'utf8')) as unknown)
    .toMatchObject({
      version: 1,
      appearance: { theme: 'dark', density: 'compact' },
      connections: [{ id: 'kafka', brokers: [broker.bootstrap] }],
      inUse: 'kafka',
      mine: 1,
    })
})

test('a profile that is no connection prints one sentence and exits with 2', ({ desktop }) => {
  const run = spawnSync(electronPath(), ['.', '--profile', 'prodd'], {
    env: { ...desktop.env, REMO_DATA_DIR: twoConnections('localhost:1', 'localhost:2') },
    encoding: 'utf8',
    timeout: 60_000,
  })
  expect(run.status).toBe(2)
  expect(run.stderr).toContain('ReMo: --profile: no connection is named "prodd". Saved: prod, stage.')
})
