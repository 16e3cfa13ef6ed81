import type { ConnectionItem } from '#shared/ipc/connection-views.ts'
import type { SettingSource } from '#shared/settings/app-settings.ts'
import { formatCount, unitSpace } from '#shared/format/number.ts'
import type { AppState } from '../../live/app-state.svelte.ts'

/** The backend of the connection in use, where its address is from, and a check on request. */
export class BackendFacts {
  readonly #app: AppState
  /** The connection in use; `undefined` until the first reply. */
  item = $state.raw<ConnectionItem>()
  checking = $state(false)
  /** Result of the last check. */
  checked = $state.raw<{ readonly ok: boolean; readonly text: string }>()

  constructor(app: AppState) {
    this.#app = app
  }

  readonly address: string | undefined = $derived.by(() => {
    const session = this.#app.session.now
    if (session !== undefined && session.kind !== 'standalone') return session.backendUrl
    return this.item?.connection.backendUrl ?? this.#app.info?.backendUrl
  })

  readonly team: string | undefined = $derived(this.item?.connection.team)

  /** Where a field of the connection is from. */
  source(field: 'backendUrl' | 'team'): SettingSource | undefined {
    const { item } = this
    if (item === undefined) return undefined
    const name = item.fixed[field]
    if (name !== undefined) return { kind: name.startsWith('-') ? 'flag' : 'variable', name }
    return { kind: item.origin === 'saved' && item.connection[field] !== undefined ? 'file' : 'default' }
  }

  readonly check = async (): Promise<void> => {
    this.checking = true
    this.checked = undefined
    const reply = await this.#app.bridge['backend.check']({})
    this.checking = false
    if (!reply.ok) this.checked = { ok: false, text: reply.error.message }
    else if (reply.value.reachable)
      this.checked = { ok: true, text: `It answered after ${formatCount(reply.value.ms)}${unitSpace}ms.` }
    else this.checked = { ok: false, text: `Not reachable. ${reply.value.detail ?? ''}`.trim() }
  }

  /** @returns stops following */
  follow(): () => void {
    const { bridge } = this.#app
    const take = (items: readonly ConnectionItem[]): void => {
      this.item = items.find(({ inUse }) => inUse)
    }
    void bridge['connections.list']({}).then((reply) => {
      if (reply.ok && this.item === undefined) take(reply.value.items)
    })
    return bridge.on('connections.changed', ({ items }) => take(items))
  }
}
