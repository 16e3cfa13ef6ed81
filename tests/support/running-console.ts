import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, errors, type ElectronApplication, type Page } from '@playwright/test'
import { readMetric } from './read-metric.ts'

/** Twice this and the steps of a test are less than its timeout. */
const connectsWithinMs = 25_000

export interface ConsoleOptions {
  readonly env: NodeJS.ProcessEnv
  readonly bootstrap: string
  /** Data folder of an earlier run. */
  readonly dataDir?: string
  readonly metricsPort: number
  readonly args?: readonly string[]
}

/** The real app, started like by a user, with its own data folder. */
export class RunningConsole {
  readonly app: ElectronApplication
  readonly dataDir: string
  readonly metricsUrl: string

  readonly #exited: Promise<void>

  private constructor(app: ElectronApplication, dataDir: string, metricsUrl: string) {
    this.app = app
    this.#exited = new Promise((resolve) => app.once('close', () => resolve()))
    this.dataDir = dataDir
    this.metricsUrl = metricsUrl
  }

  static async start(options: ConsoleOptions): Promise<RunningConsole> {
    const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'remo-console-'))
    const launch = (): Promise<ElectronApplication> =>
      _electron.launch({
        executablePath: electronPath(),
        timeout: connectsWithinMs,
        // Chromium's sandbox does not run as root. Root runs this with a private engine, or without an ordinary user.
        chromiumSandbox: process.getuid?.() !== 0,
        args: ['.', ...(options.args ?? [])],
        env: {
          ...(options.env as Record<string, string>),
          KAFKA_BOOTSTRAP_SERVERS: options.bootstrap,
          REMO_DATA_DIR: dataDir,
          PROMETHEUS_PORT: String(options.metricsPort),
        },
      })
    // On a busy computer Playwright may never connect to an app that opens no window, although that runs. Playwright
    // ends it after the timeout.
    const app = await launch().catch((error: unknown) => {
      if (!(error instanceof errors.TimeoutError)) throw error
      return launch()
    })
    return new RunningConsole(app, dataDir, `http://127.0.0.1:${options.metricsPort}/metrics`)
  }

  async window(): Promise<Page> {
    const page = await this.app.firstWindow()
    await page.getByRole('navigation', { name: 'Pages' }).waitFor()
    return page
  }

  /** One sample of `/metrics`; `undefined` if the series does not exist. `labels` in exposition format. */
  metric(name: string, labels = ''): Promise<number | undefined> {
    return readMetric(this.metricsUrl, name, labels)
  }

  /** Quits like the menu, unless it has already exited, and waits for the process to exit. */
  async quit(): Promise<void> {
    await this.app.evaluate(({ app }) => app.quit()).catch(() => undefined)
    await this.#exited
  }

  /** Kills the process, like a power cut. */
  async kill(): Promise<void> {
    this.app.process().kill('SIGKILL')
    await this.#exited
  }
}

/** The runtime from the bootstrap of this machine. */
export function electronPath(): string {
  const path = process.env.ELECTRON_EXEC_PATH
  if (path === undefined)
    throw new Error('ELECTRON_EXEC_PATH is not set: run these tests with `npm test`, which provides Electron')
  return path
}
