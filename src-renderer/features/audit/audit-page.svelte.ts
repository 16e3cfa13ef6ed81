import type { IpcFailure } from '#shared/ipc/contract.ts'
import type { AuditAction, AuditEntry } from '#shared/rest/audit.ts'
import type { Bridge } from '../../bridge/bridge.ts'
import { movedSelection } from '../../ui/lists/list-selection.ts'

/** The audit of the backend, newest first, page by page. */
export class AuditPage {
  readonly #bridge: Bridge
  entries = $state.raw<readonly AuditEntry[]>([])
  action = $state<AuditAction | ''>('')
  text = $state('')
  loaded = $state(false)
  problem = $state.raw<IpcFailure>()
  #next = $state<string>()
  #selectedId = $state<string>()
  /** A later request wins. */
  #asked = 0

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  readonly selected: AuditEntry | undefined = $derived(this.entries.find(({ id }) => id === this.#selectedId))

  get hasMore(): boolean {
    return this.#next !== undefined
  }

  /** Reads the first page again. */
  async read(): Promise<void> {
    await this.#ask(undefined)
  }

  async more(): Promise<void> {
    if (this.#next !== undefined) await this.#ask(this.#next)
  }

  select(id: string): void {
    this.#selectedId = id
  }

  move(delta: number): void {
    const next = movedSelection(
      this.entries.map(({ id }) => id),
      this.#selectedId,
      delta,
    )
    if (next !== undefined) this.select(next)
  }

  async #ask(cursor: string | undefined): Promise<void> {
    const asked = ++this.#asked
    const text = this.text.trim()
    const result = await this.#bridge['audit.list']({
      ...(cursor === undefined ? {} : { cursor }),
      ...(this.action === '' ? {} : { action: this.action }),
      ...(text === '' ? {} : { text }),
    })
    if (asked !== this.#asked) return
    this.loaded = true
    this.problem = result.ok ? undefined : result.error
    if (!result.ok) return
    this.entries = cursor === undefined ? result.value.entries : [...this.entries, ...result.value.entries]
    this.#next = result.value.next
  }
}
