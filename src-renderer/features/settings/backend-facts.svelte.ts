import type { SettingSource } from '#shared/settings/app-settings.ts'
import { formatCount, unitSpace } from '#shared/format/number.ts'
import type { AppState } from '../../live/app-state.svelte.ts'

/** The backend of the connection in use, where its address is from, and a check on request. */
export class BackendFacts {
  readonly #app: AppState
  checking = $state(false)
  /** Result of the last check. */
  checked = $state.raw<{ readonly ok: boolean; readonly text: string }>()

  constructor(app: AppState) {
    this.#app = app
  }

  readonly address: string | undefined = $derived.by(() => {
    const session = this.#app.session.now
    if (session !== undefined && session.kind !== 'standalone') return session.backendUrl
    return this.#app.connections.inUse?.connection.backendUrl ?? this.#app.info?.backendUrl
  })

  readonly team: string | undefined = $derived.by(() => this.#app.connections.inUse?.connection.team)

  /** Where a field of the connection is from. */
  source(field: 'backendUrl' | 'team'): SettingSource | undefined {
    const { inUse } = this.#app.connections
    if (inUse === undefined) return undefined
    const name = inUse.fixed[field]
    if (name !== undefined) return { kind: name.startsWith('-') ? 'flag' : 'variable', name }
    return { kind: inUse.origin === 'saved' && inUse.connection[field] !== undefined ? 'file' : 'default' }
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
}
