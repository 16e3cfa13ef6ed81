import { execFileSync } from 'node:child_process'

export interface ReceivedNotification {
  readonly summary: string
  readonly body: string
}

interface DunstEntry {
  readonly id: { readonly data: number }
  readonly summary: { readonly data: string }
  readonly body: { readonly data: string }
}

/** Notifications in the notification daemon (dunst), read from the daemon. */
export class Notifications {
  readonly #env: NodeJS.ProcessEnv
  /** The daemon's id of the newest notification to ignore. */
  #seen = 0

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env
  }

  #dunstctl(...args: readonly string[]): string {
    return execFileSync('dunstctl', [...args], { env: this.#env, encoding: 'utf8' })
  }

  /** Number of notifications on the screen. */
  displayed(): number {
    return Number(this.#dunstctl('count', 'displayed'))
  }

  /** Moves displayed notifications into the daemon's history and returns the history, newest first. */
  collect(): readonly ReceivedNotification[] {
    this.#dunstctl('close-all')
    return this.closed()
  }

  /** Notifications that are no longer on the screen, newest first: closed by a person, withdrawn, or replaced. */
  closed(): readonly ReceivedNotification[] {
    const fresh = this.#history().filter(({ id }) => id.data > this.#seen)
    return fresh.map(({ summary, body }) => ({ summary: summary.data, body: body.data }))
  }

  /** Clicks the topmost notification. */
  click(): void {
    this.#dunstctl('action', '0')
  }

  /** Clears the screen; `collect` returns only later notifications. */
  clear(): void {
    this.#dunstctl('close-all')
    this.#seen = Math.max(this.#seen, ...this.#history().map(({ id }) => id.data))
  }

  #history(): readonly DunstEntry[] {
    const { data } = JSON.parse(this.#dunstctl('history')) as { data: readonly (readonly DunstEntry[])[] }
    return data.flat()
  }
}
