import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from '@playwright/test'
import { readMetric } from './read-metric.ts'

export interface InstalledOptions {
  /** Of the desktop, with `KAFKA_BOOTSTRAP_SERVERS` and the like. */
  readonly env: NodeJS.ProcessEnv
  /** Home of the user. Default: a new, empty one. */
  readonly home?: string
  readonly metricsPort: number
  readonly args?: readonly string[]
}

/** The program that a user starts. */
export const program = '/usr/bin/remo'

/** A new home without any file. */
export function emptyHome(): string {
  return mkdtempSync(join(tmpdir(), 'remo-home-'))
}

/** The default data folder of a user. */
export function dataFolder(home: string): string {
  return join(home, '.local', 'share', 'remo')
}

/** What a user's programs have: nothing of this process leaks into the app. */
export function userEnvironment(env: NodeJS.ProcessEnv, home: string): NodeJS.ProcessEnv {
  const names = [
    'PATH',
    'LANG',
    'USER',
    'XDG_RUNTIME_DIR',
    'DISPLAY',
    'DBUS_SESSION_BUS_ADDRESS',
    'DBUS_SYSTEM_BUS_ADDRESS',
  ]
  return { ...Object.fromEntries(names.map((name) => [name, env[name]])), HOME: home }
}

/**
 * The installed app, started like by a user. Nothing drives it from inside, because its fuses forbid that: the window
 * answers by Chromium's protocol for developers, everything else by its endpoint, files and messages.
 */
export class InstalledApp {
  readonly home: string
  readonly metricsUrl: string
  readonly process: ChildProcess
  /** Epoch ms. */
  readonly startedAt = Date.now()
  /** Its exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>
  #output = ''
  #browser: Browser | undefined

  constructor({ env, home = emptyHome(), metricsPort, args = [] }: InstalledOptions) {
    const { HOME: _, ...given } = env
    this.home = home
    this.metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`
    this.process = spawn(program, ['--remote-debugging-port=0', ...args], {
      cwd: home,
      env: { ...userEnvironment(env, home), ...onlyReMo(given), PROMETHEUS_PORT: String(metricsPort) },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.process.stdout, this.process.stderr])
      stream?.on('data', (text: Buffer) => (this.#output += text.toString()))
    this.exited = once(this.process, 'exit').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals)
  }

  get pid(): number {
    return this.process.pid ?? 0
  }

  /** What it has printed so far. */
  get output(): string {
    return this.#output
  }

  /**
   * The page in its window, when it shows its navigation.
   * @throws Error with what the app has printed, if it exits instead
   */
  async window(): Promise<Page> {
    try {
      this.#browser ??= await chromium.connectOverCDP(await this.#debugger())
      const [context] = this.#browser.contexts()
      const page = context?.pages()[0] ?? (await context?.waitForEvent('page'))
      await page?.getByRole('navigation', { name: 'Pages' }).waitFor()
      if (page) return page
    } catch (cause) {
      throw new Error(`The app shows no window. It printed:\n${this.#output}`, { cause })
    }
    throw new Error('The app has no window.')
  }

  metric(name: string, labels = ''): Promise<number | undefined> {
    return readMetric(this.metricsUrl, name, labels)
  }

  /** Asks it to stop, as a logout does. @returns its exit code, or the signal that ended it */
  async quit(): Promise<number | NodeJS.Signals> {
    await this.#browser?.close()
    this.#browser = undefined
    this.process.kill('SIGTERM')
    return this.exited
  }

  async #debugger(): Promise<string> {
    const address = () => /DevTools listening on (ws:\S+)/.exec(this.#output)?.[1]
    const ended = this.exited.then((code) => {
      throw new Error(`the app exited with ${String(code)}:\n${this.#output}`)
    })
    ended.catch(() => undefined) // it ends some day
    for (;;) {
      const found = address()
      if (found !== undefined) return found
      await Promise.race([once(this.process.stderr ?? this.process, 'data'), ended])
    }
  }
}

/** Variables of ReMo. */
function onlyReMo(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => /^(?:KAFKA|REMO|PROMETHEUS)_/.test(name)))
}
