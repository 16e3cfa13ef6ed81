/** The installed app on a desktop, seen from outside: by its user, the desktop, Kafka and Prometheus. */
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect as expectPage, type Page } from '@playwright/test'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { processesOf } from '../support/app-processes.ts'
import { requireInstalled } from '../support/dpkg.ts'
import { dataFolder, emptyHome, type InstalledApp, program, userEnvironment } from '../support/installed-app.ts'
import { InstalledDesktop } from '../support/installed-desktop.ts'
import { allowSilence, breach, calm } from '../support/node-steps.ts'
import { addCpuThreshold } from '../support/window-steps.ts'

const patient = expectPage.configure({ timeout: 20_000 })
const node = 'installed-1'
let on: InstalledDesktop
let servers: ChildProcess
let app: InstalledApp
let window: Page

beforeAll(async () => {
  await requireInstalled()
  on = await InstalledDesktop.start()
  const env = { ...process.env, METRIC_SOURCE: 'simulated', KAFKA_BOOTSTRAP_SERVERS: on.kafka.bootstrap }
  servers = spawn(process.execPath, ['producers/main.ts', '--nodes', '3'], { env, stdio: 'ignore' })
  await on.producer.send({ nodeId: node, at: Date.now(), metrics: calm })
  const home = emptyHome()
  mkdirSync(dataFolder(home), { recursive: true })
  writeFileSync(join(dataFolder(home), 'settings.json'), JSON.stringify({ version: 1, startup: { onLogin: true } }))
  app = await on.launch({ home })
  window = await app.window()
  await allowSilence(window)
})

afterAll(async () => {
  servers.kill()
  await on.end()
})

test('shows live data in the window and at the endpoint', async () => {
  await expect.poll(() => app.metric('remo_console_live')).toBe(1)
  await expect.poll(() => app.metric('remo_kafka_connected')).toBe(1)
  await patient(window.getByRole('group', { name: `${node} CPU` })).toContainText(/20\.5\s%/)
  await expect.poll(() => app.metric('remo_node_cpu_usage_ratio', `node="${node}"`)).toBeCloseTo(0.205, 10)
  // The three of the producer program, whose topics may appear later.
  await patient(window.getByRole('group', { name: / CPU$/ })).toHaveCount(4, { timeout: 40_000 })
})

test("runs its page in Chromium's sandbox, and nothing of it as root", () => {
  const processes = processesOf(app.pid)
  const page = processes.filter(({ command }) => command.includes('--type=renderer'))
  expect(page).toHaveLength(1)
  expect(page[0]?.status).toMatch(/^Seccomp:\s+2$/m)
  expect(page[0]?.status).toMatch(/^NoNewPrivs:\s+1$/m)
  // A network namespace of its own: the page reaches no address, whatever it tries.
  const network = (pid: number) => execFileSync('readlink', [`/proc/${pid}/ns/net`], { encoding: 'utf8' })
  expect(network(page[0]?.pid ?? 0)).not.toBe(network(app.pid))
  expect(processes.filter(({ command }) => command.includes('--no-sandbox'))).toEqual([])
  const users = processes.map(({ status }) => /^Uid:\s+(\d+)/m.exec(status)?.[1])
  expect(new Set(users)).toEqual(new Set([String(process.getuid?.())]))
})

test('has an icon in the tray, which says what needs attention', async () => {
  await expect.poll(() => on.tray.tooltip()).toMatch(/^ReMo: /)
  expect(await on.tray.picture()).toMatch(/^\d+x\d+:/)
})

test('notifies about a critical alert, and a link opens it in the running app', async () => {
  on.notifications.clear()
  await addCpuThreshold(window, node)
  await breach(window, on.producer, node)
  await expect.poll(() => on.notifications.displayed()).toBe(1)
  await expect.poll(() => on.tray.tooltip()).toMatch(/1 critical/)
  expect(on.notifications.collect()[0]?.summary).toMatch(new RegExp(`^\\[CRITICAL\\].*${node}`))

  const id = await alertOf(window)
  await window.getByRole('link', { name: 'Overview' }).click()
  const second = spawnSync(program, [`remo://alert/${id}`], { env: desktopOf(app), encoding: 'utf8', timeout: 60_000 })
  expect([second.status, second.stdout]).toEqual([0, expect.stringContaining('ReMo is already running')])
  await expect.poll(() => window.url()).toContain(`#/alerts/${id}`)
  await patient(window.getByRole('list', { name: 'Timeline' })).toBeVisible()

  // As the desktop opens a link that was clicked somewhere else: by the entry that the package installed.
  await window.getByRole('link', { name: 'Overview' }).click()
  const handler = execFileSync('xdg-mime', ['query', 'default', 'x-scheme-handler/remo'], {
    env: desktopOf(app),
    encoding: 'utf8',
  })
  expect(handler.trim()).toBe('remo.desktop')
  const opened = spawnSync('xdg-open', [`remo://alert/${id}`], {
    env: desktopOf(app),
    encoding: 'utf8',
    timeout: 60_000,
  })
  expect([opened.status, opened.stderr]).toEqual([0, expect.anything()])
  await expect.poll(() => window.url()).toContain(`#/alerts/${id}`)
})

test('starts on login by the entry that the setting wrote', async () => {
  const entry = join(app.home, '.config', 'autostart', 'remo.desktop')
  expect(execFileSync('desktop-file-validate', [entry], { encoding: 'utf8' })).toBe('')
  const exec = /^Exec=(.*)$/m.exec(readFileSync(entry, 'utf8'))?.[1] ?? ''
  expect(exec.split(' ')[0]).toBe('/usr/lib/remo/remo')
  // What the desktop does at the next login. The app runs already, so it only shows its window.
  const run = spawnSync('sh', ['-c', exec], { env: desktopOf(app), encoding: 'utf8', timeout: 60_000 })
  expect([run.status, run.stdout]).toEqual([0, expect.stringContaining('ReMo is already running')])
})

test('a logout stops it in order', async () => {
  expect(await app.quit()).toBe(143)
  const log = readFileSync(join(dataFolder(app.home), 'logs', 'remo.log'), 'utf8')
  expect(log.trimEnd().split('\n').at(-1)).toMatch(/stopped code=143$/)
  expect(log).not.toMatch(/ (?:WARN|ERROR) .*sandbox/)
})

/** What the desktop passes to another program of the same user. */
function desktopOf({ home }: InstalledApp): NodeJS.ProcessEnv {
  return { ...userEnvironment(on.env, home), KAFKA_BOOTSTRAP_SERVERS: on.kafka.bootstrap }
}

/** Id of the one open alert. */
async function alertOf(page: Page): Promise<string> {
  const ids = await page.evaluate(async () => {
    const { remo } = globalThis as unknown as {
      remo: Record<'alerts.list', (request: object) => Promise<{ value: Array<{ id: string; nodeId: string }> }>>
    }
    return (await remo['alerts.list']({ open: true })).value
  })
  return ids.find(({ nodeId }) => nodeId === node)?.id ?? ''
}
