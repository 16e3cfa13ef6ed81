import type { SoundKind } from '#shared/notification/sound-kind.ts'
import type { Bridge } from '../../bridge/bridge.ts'
import type { PageSettings } from '../../live/page-settings.svelte.ts'

/** Result of the last test of a sound. */
export interface SoundResult {
  readonly ok: boolean
  readonly text: string
}

/** The tests of the sounds, and the choice of a file. */
export class SoundPage {
  readonly #bridge: Bridge
  readonly #settings: PageSettings
  /** Which sound is requested now. */
  testing = $state<SoundKind>()
  choosing = $state(false)
  results = $state.raw<Readonly<Partial<Record<SoundKind, SoundResult>>>>({})
  /** Why no file could be chosen. */
  problem = $state<string>()

  constructor(bridge: Bridge, settings: PageSettings) {
    this.#bridge = bridge
    this.#settings = settings
  }

  async test(kind: SoundKind): Promise<void> {
    this.testing = kind
    this.results = {}
    const reply = await this.#bridge['sound.test']({ kind })
    this.testing = undefined
    this.results = { [kind]: resultOf(reply) }
    // The file was tried: whether it can be played is a fact of the settings.
    await this.#settings.refresh()
  }

  /** Asks for a file in the dialog of the system, and uses it. */
  readonly choose = async (): Promise<void> => {
    this.choosing = true
    this.problem = undefined
    const reply = await this.#bridge['sound.chooseFile']({})
    this.choosing = false
    if (!reply.ok) this.problem = reply.error.message
    else if ('file' in reply.value) await this.#use(reply.value.file)
  }

  readonly clear = async (): Promise<void> => {
    this.problem = undefined
    await this.#use('')
  }

  async #use(file: string): Promise<void> {
    this.results = {}
    if (await this.#settings.set('sound.file', file)) await this.#settings.refresh()
  }
}

function resultOf(reply: Awaited<ReturnType<Bridge['sound.test']>>): SoundResult {
  if (!reply.ok) return { ok: false, text: `Not played. ${reply.error.message}` }
  const { played, problem } = reply.value
  if (!played) return { ok: false, text: `Not played. ${problem ?? ''}`.trim() }
  if (problem !== undefined) return { ok: false, text: problem }
  return { ok: true, text: 'Played. If it was silent, look at the volume and the output of the system.' }
}
