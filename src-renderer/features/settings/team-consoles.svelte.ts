import type { ConsolesView, SecondChannelView } from '#shared/ipc/console-calls.ts'
import type { IpcFailure, IpcResult } from '#shared/ipc/contract.ts'
import { heartbeatEveryMs, type ConsoleItem } from '#shared/rest/consoles.ts'
import type { AppState } from '../../live/app-state.svelte.ts'

/** What the backend answered: nothing yet, a view, or why it is not available. */
export type Loaded<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'unavailable'; readonly failure: IpcFailure }
  | { readonly kind: 'loaded'; readonly view: T }

/** Where there is no answer, the backend is asked again after this time. */
const retryMs = 5_000
const loading = { kind: 'loading' } as const

/** The consoles of the team and the second channel, as the backend knows them. */
export class TeamConsoles {
  readonly #app: AppState
  consoles = $state.raw<Loaded<ConsolesView>>(loading)
  channel = $state.raw<Loaded<SecondChannelView>>(loading)
  testing = $state(false)
  /** Result of the last test. `answer`: the first characters of what the receiver sent. */
  tested = $state.raw<{ readonly ok: boolean; readonly text: string; readonly answer?: string }>()
  #run = 0

  constructor(app: AppState) {
    this.#app = app
  }

  /** Who asks, as a text that changes with it. `undefined`: nobody is signed in. */
  readonly asks: string | undefined = $derived.by(() => {
    const { user, link } = this.#app.session
    return user === undefined ? undefined : `${user.username} ${link?.reachable ?? false}`
  })

  /** Of the team, those that are connected first. */
  readonly rows: readonly ConsoleItem[] = $derived.by(() => {
    if (this.consoles.kind !== 'loaded' || this.consoles.view.kind !== 'consoles') return []
    return this.consoles.view.consoles.toSorted((a, b) => Number(b.connected) - Number(a.connected))
  })

  isOwn({ id, user }: ConsoleItem): boolean {
    const { consoles } = this
    if (consoles.kind !== 'loaded' || consoles.view.kind !== 'consoles') return false
    return id === consoles.view.ownId && user === this.#app.session.user?.username
  }

  /** Asks now and each 30 s, sooner while there is no answer. Call it again for another user. @returns stops asking */
  follow(): () => void {
    const run = ++this.#run
    let timer: ReturnType<typeof setTimeout> | undefined
    this.consoles = loading
    this.channel = loading
    const ask = async (): Promise<void> => {
      const { bridge } = this.#app
      const [consoles, channel] = await Promise.all([bridge['consoles.list']({}), bridge['secondChannel.get']({})])
      if (run !== this.#run) return
      this.consoles = loadedOf(consoles)
      this.channel = loadedOf(channel)
      timer = setTimeout(() => void ask(), consoles.ok && channel.ok ? heartbeatEveryMs : retryMs)
    }
    void ask()
    return () => {
      if (run === this.#run) this.#run++
      clearTimeout(timer)
    }
  }

  readonly test = async (): Promise<void> => {
    const { bridge } = this.#app
    this.testing = true
    this.tested = undefined
    const reply = await bridge['secondChannel.test']({})
    this.testing = false
    if (!reply.ok) this.tested = { ok: false, text: reply.error.message }
    else {
      const { delivered, message, answer } = reply.value
      this.tested = { ok: delivered, text: message, ...(answer.trim() === '' ? {} : { answer }) }
    }
    const run = this.#run
    const channel = await bridge['secondChannel.get']({})
    if (run === this.#run && channel.ok) this.channel = loadedOf(channel)
  }
}

function loadedOf<T>(result: IpcResult<T>): Loaded<T> {
  return result.ok ? { kind: 'loaded', view: result.value } : { kind: 'unavailable', failure: result.error }
}
