import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { DataCalls } from '../../src-main/threads/data-calls.ts'

type Asked = 'counters.get' | 'health.report' | 'rules.list' | 'rules.save' | 'alerts.list'

/** `undefined` while the thread restarts. */
type Answers = { [C in Asked]: ReturnType<DataCalls[C]> | undefined } & {
  /** Of the whole process. CPU in µs since its start. */
  usage: { readonly rssBytes: number; readonly cpu: NodeJS.CpuUsage }
  stop: undefined
}

/** To the process over IPC. */
export interface Question {
  readonly id: number
  readonly call: keyof Answers
  readonly request: object
}

interface Answer {
  readonly id: number
  readonly result: never
}

export interface DataProcessOptions {
  readonly dataDir: string
  readonly bootstrap: string
  readonly topicPattern: string
}

const program = new URL('./data-program.ts', import.meta.url)

/** The console's data thread in a process of its own, so that a test can kill it. */
export class DataProcess {
  readonly #child: ChildProcess
  readonly #exited: Promise<unknown>
  readonly #waiting = new Map<number, (result: never) => void>()
  #asked = 0

  constructor({ dataDir, bootstrap, topicPattern }: DataProcessOptions) {
    const execArgv = ['--disable-warning=TimeoutNegativeWarning']
    this.#child = fork(program, [dataDir, bootstrap, topicPattern], { execArgv })
    this.#exited = once(this.#child, 'exit')
    this.#child.on('message', ({ id, result }: Answer) => {
      this.#waiting.get(id)?.(result)
      this.#waiting.delete(id)
    })
  }

  /** Never settles if the process is killed. `request`: of the data thread's call; default: an empty one. */
  ask<C extends keyof Answers>(call: C, request: object = {}): Promise<Answers[C]> {
    const id = this.#asked++
    return new Promise<Answers[C]>((resolve) => {
      this.#waiting.set(id, resolve)
      this.#child.send({ id, call, request } satisfies Question, () => undefined)
    })
  }

  /** Records stored since its start. */
  async stored(): Promise<number> {
    const counters = await this.ask('counters.get')
    return Object.values(counters?.messagesByTopic ?? {}).reduce((sum, count) => sum + count, 0)
  }

  /** Freezes it, as sleep does. */
  pause(): void {
    this.#child.kill('SIGSTOP')
  }

  resume(): void {
    this.#child.kill('SIGCONT')
  }

  /** Like a power cut. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#exited
  }

  /** Orderly: the store is closed. */
  async stop(): Promise<void> {
    await this.ask('stop')
    this.#child.disconnect()
    await this.#exited
  }
}
