/** From the package of 0.1.0 to this one and away again, with a user's data and their running ReMo. */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect as expectPage, type Page } from '@playwright/test'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../../scripts/process/free-port.ts'
import { type Postgres, startPostgres } from '../../scripts/stack/servers/postgres-server.ts'
import { removedFile } from '../../scripts/test/package-before.ts'
import { KeychainSecrets } from '../../src-main/main/secrets/keychain-secrets.ts'
import { alerts, copyOfCache, rules } from '../compatibility/fixture.ts'
import { forkKeychain } from '../contract/secret-store-keychain.ts'
import { dpkg, packages, packageState } from '../support/dpkg.ts'
import { dataFolder, emptyHome, type InstalledApp, program } from '../support/installed-app.ts'
import { InstalledDesktop } from '../support/installed-desktop.ts'
import { cacheHashes, newerFormat, writeNewerCache } from '../support/newer-data.ts'
import { calm } from '../support/node-steps.ts'
import { nullLog } from '../support/null-log.ts'
import { TeamBackend } from '../support/team-backend.ts'
import { teamUsers } from '../support/team-users.ts'

const patient = expectPage.configure({ timeout: 20_000 })
const settings = `${JSON.stringify({ version: 1, appearance: { theme: 'dark' } }, null, 2)}\n`
const { username, password } = teamUsers.operator
const home = emptyHome()
const data = dataFolder(home)
let on: InstalledDesktop
let postgres: Postgres
let backend: TeamBackend

beforeAll(async () => {
  await dpkg('--purge', 'remo')
  const dir = mkdtempSync(join(tmpdir(), 'remo-postgres-'))
  ;[on, postgres] = await Promise.all([
    InstalledDesktop.start(),
    startPostgres({ dir, port: await freePort(), settings: { fsync: 'off' } }),
  ])
  backend = await TeamBackend.start(postgres, on.kafka.bootstrap)
  await writeDataOfBefore()
})

afterAll(async () => {
  await on.end()
  await backend.end()
  await postgres.stop()
})

// Each test begins where the one before ended: this is one computer.

test('a ReMo that runs while its package is upgraded goes on', async () => {
  const { code, output } = await dpkg('--install', packages.before)
  expect([code, output]).toEqual([0, expect.stringContaining('remo (0.1.0)')])
  expect(packageState()).toBe('0.1.0 installed')
  expect(existsSync(`/${removedFile}`)).toBe(true)
  // Before the start: a topic that appears later is found with the next list of topics.
  await on.producer.send({ nodeId: 'server', at: Date.now(), metrics: calm })
  const app = await on.launch()
  const window = await app.window()
  const cpu = window.getByRole('group', { name: 'server CPU' })
  await patient(cpu).toContainText(String(calm.cpu_usage))

  const upgrade = await dpkg('--install', packages.current)
  expect([upgrade.code, upgrade.output]).toEqual([0, expect.stringContaining(`(${packages.version}) over (0.1.0)`)])
  expect(packageState()).toBe(`${packages.version} installed`)
  expect(existsSync(`/${removedFile}`)).toBe(false)
  await on.producer.send({ nodeId: 'server', at: Date.now(), metrics: { ...calm, cpu_usage: 33.3 } })
  await patient(cpu).toContainText('33.3')
  await expect.poll(() => app.metric('remo_node_up', 'node="server"')).toBe(1)
  // Even what it reads again from its files.
  await window.reload()
  await patient(cpu).toContainText('33.3')
  expect(await app.quit()).toBe(143)
  // Nobody else reads the data of a user.
  expect(statSync(dataFolder(app.home)).mode & 0o077).toBe(0)
})

test('the upgraded ReMo has the cache and the settings of the user', async () => {
  const app = await on.launch({ home })
  const window = await app.window()
  await expect.poll(() => app.metric('remo_kafka_connected')).toBe(1)
  expect(await idsOf(window, 'rules.list', {})).toContain(rules.temperature)
  expect(await idsOf(window, 'alerts.list', { open: true })).toContain(alerts.beta)
  await patient(window.locator('html')).toHaveAttribute('data-theme', 'dark')
  expect(await window.evaluate(() => [outerWidth, outerHeight])).toEqual([1010, 720])
  expect(await app.quit()).toBe(143)
  expect(readFileSync(join(data, 'settings.json'), 'utf8')).toBe(settings)
})

test('the upgraded ReMo is still signed in, by the keychain', async () => {
  const before = await keychain().read(`${username} at ${backend.url}`)
  const app = await launchWithBackend()
  const window = await app.window()
  await patient(window.getByRole('button', { name: `${username}, operator`, exact: true })).toBeVisible()
  // A refresh token is valid once: the entry now has the next one.
  await expect.poll(() => keychain().read(`${username} at ${backend.url}`)).not.toBe(before)
  expect(await app.quit()).toBe(143)
})

test('a cache of a newer ReMo is refused in the window, and keeps every byte; so are its settings', async () => {
  const newer = emptyHome()
  const folder = join(dataFolder(newer), 'connections', 'prod')
  writeNewerCache(folder)
  const file = join(dataFolder(newer), 'settings.json')
  const connections = [{ id: 'prod', name: 'Production', brokers: [on.kafka.bootstrap], later: 1 }]
  const text = JSON.stringify({ version: 2, connections, inUse: 'prod' })
  writeFileSync(file, text)
  const hashes = cacheHashes(folder)
  const app = await on.launch({ home: newer, env: { KAFKA_BOOTSTRAP_SERVERS: undefined } })
  const window = await app.window()
  await patient(window.getByText(`A newer ReMo wrote the local cache (format ${newerFormat};`)).toBeVisible()
  await patient(window.getByText('a newer ReMo wrote this file (version 2; this ReMo supports 1)')).toBeVisible()
  expect(await app.quit()).toBe(143)
  expect(cacheHashes(folder)).toEqual(hashes)
  expect(readFileSync(file, 'utf8')).toBe(text)
})

test('removing leaves the data of the user, and purging says where it is', async () => {
  const before = cacheHashes(data)
  const removal = await dpkg('--remove', 'remo')
  expect([removal.code, packageState()]).toEqual([0, `${packages.version} config-files`])
  for (const path of [program, '/usr/lib/remo', '/usr/share/applications/remo.desktop', '/usr/share/doc/remo'])
    expect(existsSync(path)).toBe(false)
  expect(leftOf(packages.current).filter((path) => !path.startsWith('/etc/'))).toEqual([])

  const { code, output } = await dpkg('--purge', 'remo')
  expect([code, packageState()]).toEqual([0, ''])
  expect(output).toContain('~/.local/share/remo')
  expect(output).toContain('keychain')
  expect(leftOf(packages.current)).toEqual([])
  expect(cacheHashes(data)).toEqual(before)
  expect(readFileSync(join(data, 'settings.json'), 'utf8')).toBe(settings)
  expect(await keychain().read(`${username} at ${backend.url}`)).toMatch(/./)
})

/** What a user of 0.1.0 has: its cache, the state of window and session, and a token in the keychain. */
async function writeDataOfBefore(): Promise<void> {
  mkdirSync(data, { recursive: true })
  const cache = copyOfCache()
  cpSync(cache, data, { recursive: true })
  rmSync(cache, { recursive: true })
  const bounds = { x: 40, y: 30, width: 1010, height: 720 }
  writeFileSync(join(data, 'window.json'), JSON.stringify({ bounds, maximized: false, trayHintGiven: true }))
  writeFileSync(join(data, 'settings.json'), settings)
  const session = { backendUrl: backend.url, user: { username, role: 'operator' } }
  writeFileSync(join(data, 'session.json'), JSON.stringify(session))
  const body = new URLSearchParams({ username, password })
  const response = await fetch(`${backend.url}/api/auth/login`, { method: 'POST', body })
  const { refresh_token: token } = (await response.json()) as { refresh_token: string }
  await keychain().write(`${username} at ${backend.url}`, token)
}

/** The keychain of the desktop. */
function keychain(): KeychainSecrets {
  return new KeychainSecrets({ start: () => forkKeychain(on.env), log: nullLog })
}

function launchWithBackend(): Promise<InstalledApp> {
  return on.launch({ home, env: { REMO_BACKEND_URL: backend.url } })
}

/** Ids in the answer to a call of the page. */
function idsOf(window: Page, call: string, request: object): Promise<string[]> {
  return window.evaluate(
    async ([name, given]) => {
      const { remo } = globalThis as unknown as {
        remo: Record<string, (request: object) => Promise<{ value: Array<{ id: string }> }>>
      }
      return (await remo[name]?.(given))?.value.map(({ id }) => id) ?? []
    },
    [call, request] as const,
  )
}

/** Files of the package that the system still has. */
function leftOf(deb: string): string[] {
  const lines = execFileSync('dpkg-deb', ['--contents', deb], { encoding: 'utf8' }).trim().split('\n')
  const files = lines.filter((line) => !line.startsWith('d'))
  const paths = files.map((line) => line.replace(/^(?:\S+\s+){5}\./, '').replace(/ -> .*$/, ''))
  return paths.filter((path) => existsSync(path))
}
