import type { IpcResult } from '#shared/ipc/contract.ts'
import type { UpdatesView, WhatsNew } from '#shared/update/updates-view.ts'
import type { Bridge } from '../bridge/bridge.ts'
import { retryUntilOk } from './retry-until-ok.ts'

/** Updates of this ReMo, as the main process has them, and what is new in the version that runs. */
export class PageUpdates {
  readonly #bridge: Bridge
  /** `undefined` until the first reply. */
  view = $state.raw<UpdatesView>()
  whatsNew = $state.raw<WhatsNew>()
  /** Why the last request was refused, one sentence. */
  refused = $state<string>()

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  /** Version that is on its way, and how far it is, in few words. */
  readonly hint: string | undefined = $derived.by(() => {
    const phase = this.view?.phase
    if (phase?.kind === 'available') return `${phase.offer.version} available`
    if (phase?.kind === 'ready') return `${phase.offer.version} ready to install`
    if (phase?.kind === 'installed') return `restart for ${phase.offer.version}`
    return undefined
  })

  readonly check = (): Promise<void> => this.#ask(this.#bridge['updates.check']({}))
  readonly download = (): Promise<void> => this.#ask(this.#bridge['updates.download']({}))
  readonly cancel = (): Promise<void> => this.#ask(this.#bridge['updates.cancel']({}))
  readonly install = (): Promise<void> => this.#ask(this.#bridge['updates.install']({}))
  readonly restart = (): Promise<void> => this.#ask(this.#bridge['updates.restart']({}))
  readonly setOnQuit = (onQuit: boolean): Promise<void> => this.#ask(this.#bridge['updates.setOnQuit']({ onQuit }))

  /** The operator has seen what is new. */
  readonly seeWhatsNew = async (): Promise<void> => {
    if (!this.whatsNew?.isUnseen) return
    this.whatsNew = { ...this.whatsNew, isUnseen: false }
    await this.#bridge['updates.seeWhatsNew']({})
  }

  /** @returns stops following */
  follow(): () => void {
    const stops = [
      this.#bridge.on('updates.changed', (view) => (this.view = view)),
      retryUntilOk(
        () => this.#bridge['updates.get']({}),
        (view) => (this.view ??= view),
      ),
      retryUntilOk(
        () => this.#bridge['updates.whatsNew']({}),
        (news) => (this.whatsNew ??= news),
      ),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }

  async #ask(asked: Promise<IpcResult<UpdatesView>>): Promise<void> {
    this.refused = undefined
    const reply = await asked
    if (reply.ok) this.view = reply.value
    else this.refused = reply.error.message
  }
}
