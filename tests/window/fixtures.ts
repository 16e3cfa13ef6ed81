/** Pages of the window in Chromium, on example data. One Electron for all tests: starting it takes longest. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, expect, test as base, type ElectronApplication, type Page } from '@playwright/test'
import { startVirtualDesktop } from '../../scripts/desktop/virtual-desktop.ts'
import { electronPath } from '../support/running-console.ts'
import { servePages } from './pages.ts'

/** Pixels; as large as on a laptop unless a test needs less. */
type Size = Readonly<Record<'width' | 'height', number>>
export type Open = (path: string, size?: Size) => Promise<Page>

interface Shell {
  readonly app: ElectronApplication
  readonly page: Page
  readonly address: string
  readonly errors: string[]
}

export const test = base.extend<{ readonly open: Open }, { readonly shell: Shell }>({
  shell: [
    async ({}, use) => {
      const dir = mkdtempSync(join(tmpdir(), 'remo-window-'))
      const [desktop, pages] = await Promise.all([
        startVirtualDesktop({ dir: join(dir, 'desktop') }),
        servePages(join(dir, 'pages')),
      ])
      const app = await _electron.launch({
        executablePath: electronPath(),
        chromiumSandbox: process.getuid?.() !== 0,
        args: [join(import.meta.dirname, 'electron-main.cjs'), `--user-data-dir=${join(dir, 'profile')}`],
        env: desktop.env as Record<string, string>,
      })
      const page = await app.firstWindow()
      await page.emulateMedia({ reducedMotion: 'reduce' })
      const errors: string[] = []
      page.on('pageerror', (error) => errors.push(String(error)))
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text())
      })
      await use({ app, page, address: pages.address, errors })
      await app.close()
      await pages.close()
      await desktop.stop()
      rmSync(dir, { recursive: true, force: true })
    },
    // It builds the pages, at the same time as the other worker.
    { scope: 'worker', timeout: 300_000 },
  ],
  /** Loads a page from the start. A test fails if the page reports an error, a refused policy included. */
  open: async ({ shell: { page, address, errors } }, use, testInfo) => {
    errors.length = 0
    await use(async (path, size = { width: 1360, height: 860 }) => {
      await page.setViewportSize(size)
      await page.goto('about:blank') // another address after `#` alone would not load
      await page.goto(`${address}/${path}`)
      return page
    })
    if (testInfo.status !== testInfo.expectedStatus) await page.screenshot({ path: testInfo.outputPath('window.png') })
    expect(errors).toEqual([])
  },
})

export { expect }
