/** From a ReMo that knows no Kafka to one that reads: the guide, the form, the demo, an invitation. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { FieldProducer } from '../support/field-producer.ts'
import type { RunningConsole } from '../support/running-console.ts'
import { oddPassword, startSecureBroker } from '../support/secure-broker.ts'
import { untilLoadedAnew } from '../support/window-steps.ts'
import { expect, test } from './fixtures.ts'

const metrics = { cpu_usage: 21.5, memory_usage: 40.1, disk_io: 3.2, network_traffic: 9.9 }
const wrongPassword = 'not the right one'

const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true })
const guide = (page: Page) => page.getByRole('heading', { name: 'Where are your metrics?' })
const headline = (page: Page) => page.getByRole('region', { name: 'Test' }).getByRole('status')
const step = (page: Page, name: string) =>
  page.getByRole('list', { name: 'Steps of the test' }).getByRole('listitem').filter({ hasText: name })
const settingsFile = (console: RunningConsole) => join(console.dataDir, 'settings.json')
const savedConnections = (console: RunningConsole) =>
  (JSON.parse(readFileSync(settingsFile(console), 'utf8')) as { connections?: unknown[] }).connections

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: new RegExp(`^${label}:`) }).click()
  await page.getByRole('option', { name: option }).click()
}

test('nothing is set up: a wrong broker is mended in the form, and values arrive', async ({
  launch,
  broker,
  producer,
}) => {
  await producer.send({ nodeId: 'first', at: Date.now(), metrics })
  const console = await launch({ bootstrap: '' })
  const window = await console.window()
  await expect(guide(window)).toBeVisible()
  await expect(window.getByRole('banner').getByText('Not set up')).toBeVisible()
  await expect(window.getByRole('contentinfo')).toContainText('Kafka not set up')
  await expect(field(window, 'Bootstrap servers')).toBeFocused()
  await window.keyboard.type('localhost')
  await window.keyboard.press('Enter')
  await expect(field(window, 'Bootstrap servers')).toHaveAccessibleDescription(/the port is missing/)
  await window.keyboard.type(':1')
  await window.keyboard.press('Enter')
  await expect(headline(window)).toHaveText('Stopped at TCP')
  await expect(step(window, 'TCP connects')).toContainText('localhost:1')
  await expect(field(window, 'Bootstrap servers')).toHaveValue('localhost:1')
  await field(window, 'Bootstrap servers').fill(`kafka://${broker.bootstrap}`)
  await window.keyboard.press('Enter')
  await expect(window.getByRole('group', { name: 'first CPU' })).toContainText('21.5')
  expect(savedConnections(console)).toMatchObject([
    { name: broker.bootstrap.split(':')[0], brokers: [broker.bootstrap] },
  ])
  await console.quit()

  const again = await launch({ bootstrap: '', dataDir: console.dataDir })
  await expect((await again.window()).getByRole('group', { name: 'first CPU' })).toContainText('21.5')
})

test('SASL over TLS: a wrong password is mended in the form, and is written nowhere', async ({ launch }) => {
  test.setTimeout(180_000)
  const secure = await startSecureBroker()
  try {
    await secure.putUser({ username: 'console', password: oddPassword })
    const producer = await new FieldProducer(secure.broker.bootstrap).connect()
    await producer.send({ nodeId: 'secure', at: Date.now(), metrics })
    const console = await launch({ bootstrap: '' })
    const window = await console.window()
    await expect(guide(window)).toBeVisible()
    await field(window, 'Bootstrap servers').fill(secure.at.login)
    await choose(window, 'Security protocol', 'TLS and password (SASL_SSL)')
    await choose(window, 'SASL mechanism', 'SCRAM-SHA-512')
    await field(window, 'User').fill('console')
    await field(window, 'Password').fill(wrongPassword)
    await field(window, 'Password').press('Enter')
    await expect(headline(window)).toHaveText('Stopped at TLS')
    await field(window, 'CA certificate').fill(secure.certificates.ca)
    await field(window, 'CA certificate').press('Enter')
    await expect(headline(window)).toHaveText('Stopped at SASL')
    await expect(step(window, 'SASL')).toContainText('console')
    await field(window, 'Password').fill(oddPassword)
    await field(window, 'Password').press('Enter')
    await expect(window.getByRole('group', { name: 'secure CPU' })).toContainText('21.5')
    const written = [settingsFile(console), join(console.dataDir, 'logs', 'remo.log')].map((path) =>
      readFileSync(path, 'utf8'),
    )
    for (const secret of [oddPassword, JSON.stringify(oddPassword).slice(1, -1), wrongPassword]) {
      for (const text of written) expect(text).not.toContain(secret)
    }
    await producer.close()
  } finally {
    await secure.end()
  }
})

test('the demo starts from the guide, says what it is, and leaves nothing behind', async ({ launch }) => {
  const console = await launch({ bootstrap: '' })
  const window = await console.window()
  await expect(guide(window)).toBeVisible()
  await window.getByRole('button', { name: 'Start the demo' }).click()
  await expect(window.getByRole('group', { name: 'db-1 CPU' })).toBeVisible()
  await expect(window.getByRole('link', { name: 'DEMO' })).toBeVisible()
  await expect(window.getByText('These servers are simulated inside ReMo.')).toBeVisible()
  expect(existsSync(join(console.dataDir, 'demo', 'remo.sqlite'))).toBe(true)
  await window.getByRole('button', { name: 'Leave the demo' }).click()
  await expect(guide(window)).toBeVisible()
  await expect.poll(() => existsSync(join(console.dataDir, 'demo', 'remo.sqlite'))).toBe(false)
})

test('from the demo to the own Kafka', async ({ launch, broker, producer }) => {
  await producer.send({ nodeId: 'own', at: Date.now(), metrics })
  const console = await launch({ bootstrap: '', args: ['--demo'] })
  const window = await console.window()
  await window.getByRole('button', { name: 'Connect your Kafka' }).click()
  await field(window, 'Name').fill('Büro')
  await field(window, 'Bootstrap servers').fill(broker.bootstrap)
  await untilLoadedAnew(window, () => window.keyboard.press('Control+s'))
  await window.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Overview' }).click()
  await expect(window.getByRole('group', { name: 'own CPU' })).toContainText('21.5')
  await expect(window.getByText('These servers are simulated inside ReMo.')).toHaveCount(0)
})

test('an invitation opens in the form, saves nothing by itself, and connects after a test', async ({
  launch,
  broker,
  producer,
}) => {
  await producer.send({ nodeId: 'invited', at: Date.now(), metrics })
  const query = `name=Z%C3%BCrich&label=LAB&color=green&brokers=${broker.bootstrap}`
  const console = await launch({ bootstrap: '', args: [`remo://connect?${query}`] })
  const window = await console.window()
  await expect(field(window, 'Name')).toHaveValue('Zürich')
  await expect(field(window, 'Bootstrap servers')).toHaveValue(broker.bootstrap)
  await expect(window.getByRole('button', { name: /^Invitation/ })).toContainText('Not saved')
  expect(existsSync(settingsFile(console)) ? (savedConnections(console) ?? []) : []).toEqual([])
  await untilLoadedAnew(window, () => window.getByRole('button', { name: 'Test and save' }).click())
  await expect(window.getByRole('link', { name: 'LAB' })).toBeVisible()
  await window.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Overview' }).click()
  await expect(window.getByRole('group', { name: 'invited CPU' })).toContainText('21.5')
})
