import type { CacheUsage } from '#shared/ipc/app-views.ts'
import { formatBytes } from '#shared/format/number.ts'
import type { Bridge } from '../../bridge/bridge.ts'
import { whileVisible } from '../../live/while-visible.ts'

/** How often the usage is asked for, ms. It costs the console a few milliseconds. */
const refreshMs = 5000

export interface Outcome {
  readonly ok: boolean
  readonly text: string
}

/** The cache of the connection in use: what it takes, and what a person does with it. */
export class CachePage {
  readonly #bridge: Bridge
  /** `undefined` until the first reply. */
  usage = $state.raw<CacheUsage>()
  /** Why the usage is not known. */
  problem = $state<string>()
  compacting = $state(false)
  compacted = $state.raw<Outcome>()
  saving = $state(false)
  saved = $state.raw<Outcome>()
  /** The dialog asks. */
  asking = $state(false)
  deleting = $state(false)
  deleted = $state.raw<Outcome>()
  folderProblem = $state<string>()

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  /** @returns stops asking */
  follow(): () => void {
    void this.refresh()
    return whileVisible(refreshMs, () => void this.refresh())
  }

  async refresh(): Promise<void> {
    const reply = await this.#bridge['cache.usage']({})
    if (reply.ok) this.usage = reply.value
    this.problem = reply.ok ? undefined : reply.error.message
  }

  readonly compact = async (): Promise<void> => {
    this.compacting = true
    this.compacted = undefined
    const reply = await this.#bridge['cache.compact']({})
    this.compacting = false
    if (!reply.ok) this.compacted = { ok: false, text: `Not compacted. ${reply.error.message}` }
    else {
      const { before, after } = reply.value
      const text = after < before ? `Gave ${formatBytes(before - after)} back.` : 'There was nothing to give back.'
      this.compacted = { ok: true, text }
    }
    await this.refresh()
  }

  readonly saveDiagnostics = async (): Promise<void> => {
    this.saving = true
    this.saved = undefined
    const reply = await this.#bridge['app.saveDiagnostics']({})
    this.saving = false
    if (!reply.ok) this.saved = { ok: false, text: `Not saved. ${reply.error.message}` }
    else if (reply.value.saved) this.saved = { ok: true, text: `Saved as ${reply.value.path}.` }
  }

  readonly openFolder = async (folder: 'data' | 'logs'): Promise<void> => {
    const reply = await this.#bridge['app.openFolder']({ folder })
    this.folderProblem = reply.ok ? undefined : reply.error.message
  }

  readonly ask = (): void => {
    this.asking = true
  }

  readonly close = (): void => {
    this.asking = false
  }

  /** The page is loaded again when the new cache is open. */
  readonly delete = async (): Promise<void> => {
    this.asking = false
    this.deleting = true
    this.deleted = undefined
    const reply = await this.#bridge['cache.delete']({})
    this.deleting = false
    this.deleted = reply.ok
      ? { ok: true, text: 'The cache was deleted.' }
      : { ok: false, text: `Not deleted. ${reply.error.message}` }
    await this.refresh()
  }
}
