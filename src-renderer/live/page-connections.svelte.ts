import type { ConnectionItem, ConnectionsView } from '#shared/ipc/connection-views.ts'
import type { Bridge } from '../bridge/bridge.ts'
import { retryUntilOk } from './retry-until-ok.ts'

/** All connections, as the main process has them. */
export class PageConnections {
  readonly #bridge: Bridge
  view = $state.raw<ConnectionsView>()
  /** Why the last switch failed, one sentence. */
  problem = $state<string>()

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  readonly items: readonly ConnectionItem[] = $derived(this.view?.items ?? [])
  readonly inUse: ConnectionItem | undefined = $derived(this.items.find(({ inUse }) => inUse))

  /** Takes the view of a push, and of our own calls before their push arrives. */
  readonly take = (view: ConnectionsView): void => {
    this.view = view
  }

  /** @returns one sentence, if ReMo cannot switch. The page reloads itself once it has. */
  async use(id: string): Promise<string | undefined> {
    const reply = await this.#bridge['connections.use']({ id })
    if (reply.ok) this.take(reply.value)
    this.problem = reply.ok ? undefined : reply.error.message
    return this.problem
  }

  /** @returns stops following */
  follow(): () => void {
    const off = this.#bridge.on('connections.changed', this.take)
    const stop = retryUntilOk(
      () => this.#bridge['connections.list']({}),
      (view) => {
        this.view ??= view
      },
    )
    return () => {
      off()
      stop()
    }
  }
}
