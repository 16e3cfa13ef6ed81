import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { _electron, type ElectronApplication, type Page } from '@playwright/test'
import type { VirtualDesktop } from '../desktop/virtual-desktop.ts'
import { electronPath } from '../../tests/support/running-console.ts'

/** Every picture exists in both. */
export const themes = ['light', 'dark'] as const

/** Pixels of a new window. */
const windowSize = { width: 1360, height: 860 } as const
/** A little more: Chromium makes a window smaller that would fill the screen. */
export const screenSize = { width: windowSize.width + 1, height: windowSize.height + 1 } as const

/** Where nothing reacts to the pointer. */
const restPoint = { x: 660, y: 14 } as const
/** The data folder of a ReMo without flags and variables. */
const dataDir = join(homedir(), '.local', 'share', 'remo')

const run = promisify(execFile)

interface Launch {
  readonly desktop: VirtualDesktop
  /** Folder for the pictures. */
  readonly pictures: string
  /** Content of settings.json; absent: there is none. */
  readonly settings?: object
  /** PEM file of the authority that signed the backend's certificate. */
  readonly authority?: string
}

/** Without a history that is read at the start, a few servers send this many messages/s at most. */
const calmRate = 20

/** The built app, as its operator has it, with a camera. */
export class PictureConsole {
  readonly page: Page
  readonly #app: ElectronApplication
  readonly #desktop: VirtualDesktop
  readonly #pictures: string

  private constructor(app: ElectronApplication, page: Page, { desktop, pictures }: Launch) {
    this.#app = app
    this.page = page
    this.#desktop = desktop
    this.#pictures = pictures
  }

  static async start(launch: Launch): Promise<PictureConsole> {
    if (launch.settings) {
      mkdirSync(dataDir, { recursive: true })
      writeFileSync(join(dataDir, 'settings.json'), JSON.stringify(launch.settings))
    }
    const app = await _electron.launch({
      executablePath: electronPath(),
      chromiumSandbox: true,
      colorScheme: null, // the app decides
      args: ['.', '--force-device-scale-factor=1'],
      env: { ...(launch.desktop.env as Record<string, string>), NODE_EXTRA_CA_CERTS: launch.authority ?? '' },
    })
    const page = await app.firstWindow()
    page.setDefaultTimeout(30_000)
    await page.getByRole('navigation', { name: 'Pages' }).waitFor()
    return new PictureConsole(app, page, launch)
  }

  /** Of programs on its desktop. */
  get env(): NodeJS.ProcessEnv {
    return this.#desktop.env
  }

  /** Waits until the history of the servers is read and drawn. */
  async untilCaughtUp(): Promise<void> {
    await this.page.getByRole('banner').getByRole('status').filter({ hasText: 'Live' }).waitFor()
    const isCalm = (most: number): boolean => {
      const rate = Number(/([\d.]+) messages\/s/.exec(document.querySelector('footer')?.textContent ?? '')?.[1])
      return rate > 0 && rate < most && !/· 0 values/.test(document.querySelector('footer')?.textContent ?? '')
    }
    await this.page.waitForFunction(isCalm, calmRate)
  }

  /** Writes `<name>-light.png` and `<name>-dark.png` of the window. */
  async take(name: string): Promise<void> {
    await this.#inBothThemes(async (theme) => {
      await this.page.screenshot({ path: this.#file(name, theme), animations: 'disabled', caret: 'hide' })
    })
  }

  /** The same of the whole screen: with notifications. */
  async takeScreen(name: string): Promise<void> {
    await this.#inBothThemes(async (theme) => {
      const file = this.#file(name, theme)
      await this.#desktop.screenshot(file)
      await run('convert', [file, '-crop', `${windowSize.width}x${windowSize.height}+0+0`, '+repage', file])
    })
  }

  async quit(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#app.once('close', () => resolve()))
    await this.#app.evaluate(({ app }) => app.quit()).catch(() => undefined)
    await closed
  }

  async #inBothThemes(take: (theme: string) => Promise<void>): Promise<void> {
    await this.page.mouse.move(restPoint.x, restPoint.y)
    for (const theme of themes) {
      await this.#setTheme(theme)
      await take(theme)
    }
    await this.#setTheme('light')
  }

  /** As the setting in Appearance does it. Resolves when the window has drawn itself in the theme. */
  async #setTheme(theme: (typeof themes)[number]): Promise<void> {
    await this.page.evaluate(async (value) => {
      const { remo } = window as unknown as Record<'remo', Record<string, (request: object) => Promise<unknown>>>
      await remo['settings.set']?.({ key: 'appearance.theme', value })
    }, theme)
    await this.page.waitForFunction((name) => matchMedia(`(prefers-color-scheme: ${name})`).matches, theme)
    await this.page.evaluate(async () => {
      await document.fonts.ready
      await Promise.allSettled(document.getAnimations().map(({ finished }) => finished))
      for (let frame = 0; frame < 4; frame++) await new Promise(requestAnimationFrame)
    })
  }

  #file(name: string, theme: string): string {
    return join(this.#pictures, `${name}-${theme}.png`)
  }
}
