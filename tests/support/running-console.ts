import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from '@playwright/test'

export interface ConsoleOptions {
  readonly env: NodeJS.ProcessEnv
  readonly bootstrap: string
  /** A folder of an earlier run, to start on its data. */
  readonly dataDir?: string
  readonly metricsPort: number
  readonly args?: readonly string[]
}

/** The real app, started as a user starts it, with a data folder of its own. */
export class RunningConsole {
  readonly app: ElectronApplication
  readonly dataDir: string
  readonly metricsUrl: string

  readonly #gone: Promise<void>

  private constructor(app: ElectronApplication, dataDir: string, metricsUrl: string) {
    this.app = app
    this.#gone = new Promise((resolve) => app.once('close', () => resolve()))
    this.dataDir = dataDir
    this.metricsUrl = metricsUrl
  }

  static async start(options: ConsoleOptions): Promise<RunningConsole> {
    const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'remo-console-'))
    const app = await _electron.launch({
      executablePath: electronPath(),
      // Chromium refuses its sandbox to root, who runs this beside a private engine, or where no ordinary user can be had.
      chromiumSandbox: process.getuid?.() !== 0,
      args: ['.', ...(options.args ?? [])],
      env: {
        ...(options.env as Record<string, string>),
        KAFKA_BOOTSTRAP_SERVERS: options.bootstrap,
        REMO_DATA_DIR: dataDir,
        PROMETHEUS_PORT: String(options.metricsPort),
      },
    })
    return new RunningConsole(app, dataDir, `http://127.0.0.1:${options.metricsPort}/metrics`)
  }

  async window(): Promise<Page> {
    const page = await this.app.firstWindow()
    await page.getByRole('navigation').waitFor()
    return page
  }

  /** One sample of `/metrics`; `undefined` while the series is not there. `labels` as written in the exposition. */
  async metric(name: string, labels = ''): Promise<number | undefined> {
    const response = await fetch(this.metricsUrl).catch(() => undefined)
    if (response === undefined) return undefined
    const series = labels === '' ? name : `${name}{${labels}}`
    const line = (await response.text()).split('\n').find((text) => text.startsWith(`${series} `))
    return line === undefined ? undefined : Number(line.slice(series.length + 1))
  }

  /** Quits as the menu does, unless it is gone already, and waits until the process is gone. */
  async quit(): Promise<void> {
    await this.app.evaluate(({ app }) => app.quit()).catch(() => undefined)
    await this.#gone
  }

  /** What a power cut does to the process. */
  async kill(): Promise<void> {
    this.app.process().kill('SIGKILL')
    await this.#gone
  }
}

/** The runtime that the bootstrap chose for this machine. */
export function electronPath(): string {
  const path = process.env.ELECTRON_EXEC_PATH
  if (path === undefined)
    throw new Error('ELECTRON_EXEC_PATH is not set: run these tests by `npm test`, which provides Electron')
  return path
}
