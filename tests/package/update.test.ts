/** The installed app and a feed: a real https server, the real updater, apt-get as root. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect as expectPage, type Locator, type Page } from '@playwright/test'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startVirtualDesktop, type VirtualDesktop } from '../../scripts/desktop/virtual-desktop.ts'
import { freePort } from '../../scripts/process/free-port.ts'
import { makeCertificates, type Certificates } from '../support/certificates.ts'
import { dpkg, packages, packageState, requireInstalled } from '../support/dpkg.ts'
import { dataFolder, emptyHome, InstalledApp } from '../support/installed-app.ts'
import { pkexecPackage } from '../support/pkexec-package.ts'
import { UpdateFeed } from '../support/update-feed.ts'

const patient = expectPage.configure({ timeout: 30_000 })
const newer = '9.9.9'
let dir: string
let desktop: VirtualDesktop
let certificates: Certificates
let feed: UpdateFeed
let deb: Buffer
let app: InstalledApp

beforeAll(async () => {
  await requireInstalled()
  dir = mkdtempSync(join(tmpdir(), 'remo-update-test-'))
  deb = readFileSync(nextPackage())
  certificates = await makeCertificates(dir)
  feed = await UpdateFeed.start(certificates)
  desktop = await startVirtualDesktop({ dir: join(dir, 'desktop') })
}, 240_000)

afterAll(async () => {
  await app.quit()
  await desktop.stop()
  await feed.stop()
  if (packageState().startsWith(newer)) await dpkg('--install', '--force-downgrade', packages.current)
  rmSync(dir, { recursive: true })
})

/** The same files as a newer version. */
function nextPackage(): string {
  const tree = join(dir, 'next')
  execFileSync('dpkg-deb', ['--raw-extract', packages.current, tree])
  const control = join(tree, 'DEBIAN', 'control')
  writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*$/m, `Version: ${newer}`))
  const target = join(dir, 'next.deb')
  // Not compressed: that would take longer than the test.
  execFileSync('dpkg-deb', ['-Znone', '--build', '--root-owner-group', tree, target], { stdio: 'pipe' })
  return target
}

async function start(home = emptyHome()): Promise<Page> {
  const env = {
    ...desktop.env,
    REMO_UPDATE_FEED: feed.url,
    REMO_UPDATE_KEY: feed.key,
    REMO_EXTRA_CA_CERTS: certificates.ca,
  }
  mkdirSync(dataFolder(home), { recursive: true })
  app = new InstalledApp({ env, home, metricsPort: await freePort(), args: ['--demo'] })
  const window = await app.window()
  await window.evaluate(() => (location.hash = '#/settings/updates'))
  await version(window).waitFor()
  return window
}

const version = (window: Page): Locator => window.getByRole('group', { name: /^Version \d/ })
const press = (window: Page, name: string) => window.getByRole('button', { name, exact: true }).click()

/** The app that a restart has started: nobody's child. Its lock has its process id. */
const restarted = (home: string): number =>
  Number(
    readlinkSync(join(dataFolder(home), 'SingletonLock'))
      .split('-')
      .at(-1),
  )

test('asks nobody before the button is pressed, and trusts only what the key has signed', async () => {
  const manifest = feed.publish(newer, deb)
  const window = await start()
  expect(feed.requests).toEqual([])
  feed.put('latest-linux.yml', manifest.replace(newer, '9.9.8'))
  await press(window, 'Check now')
  await patient(version(window).getByRole('alert')).toContainText('is not signed by the key in your settings')
  feed.putSigned(manifest)
  await press(window, 'Check now')
  await patient(version(window)).toContainText(`Version ${newer} is available`)
  await patient(window.getByRole('contentinfo')).toContainText(`${newer} available`)
  expect(Object.keys(feed.headers).filter((name) => /staging|cookie|authorization/.test(name))).toEqual([])
  await app.quit()
})

test('a package that was changed on the server is not kept', async () => {
  feed.publish(newer, deb)
  const changed = Buffer.from(deb)
  changed.writeUInt8(changed.readUInt8(deb.byteLength - 1) ^ 1, deb.byteLength - 1)
  feed.put(`remo_${newer}_amd64.deb`, changed)
  const window = await start()
  await press(window, 'Check now')
  await press(window, 'Download')
  await patient(version(window).getByRole('alert')).toContainText('is not the file that was signed')
  await app.quit()
})

test('without pkexec the operator gets the command', async (context) => {
  if (hasPkexec()) return context.skip()
  feed.publish(newer, deb)
  const window = await start()
  await press(window, 'Check now')
  await press(window, 'Download')
  await patient(version(window)).toContainText('This computer has no pkexec')
  await patient(window.getByText(/^sudo apt install \//)).toContainText(`remo_${newer}_amd64.deb`)
  await app.quit()
})

test('downloads, verifies, installs as root, and restarts', async () => {
  const installed = await dpkg('--install', '--force-overwrite', pkexecPackage(dir))
  expect(installed).toMatchObject({ code: 0 })
  feed.publish(newer, deb)
  const home = emptyHome()
  const window = await start(home)
  await press(window, 'Check now')
  await press(window, 'Download')
  await patient(version(window)).toContainText('is downloaded and verified. The system asks for a password')
  expect(packageState()).toBe(`${packages.version} installed`)
  const { pid } = app
  await press(window, 'Install and restart')
  expect(await app.exited).toBe(0)
  expect(packageState()).toBe(`${newer} installed`)
  await expect.poll(() => restarted(home)).not.toBe(pid)
  // A busy computer stores the history of the demo less quickly.
  await expect.poll(() => app.metric('remo_console_live'), { timeout: 40_000 }).toBe(1)
  process.kill(restarted(home), 'SIGTERM')
})

function hasPkexec(): boolean {
  try {
    execFileSync('test', ['-x', '/usr/bin/pkexec'])
    return true
  } catch {
    return false
  }
}
