import type { DraftConnection } from '#shared/ipc/connection-views.ts'
import type { Bridge } from '../../bridge/bridge.ts'

/** More than any invitation: a file of this size is something else. Bytes. */
const largest = 262_144

/** Reads an invitation: a pasted link, a dropped file, or a file from the native dialog. It saves nothing. */
export class InvitationReader {
  readonly #bridge: Bridge
  readonly #onread: (draft: DraftConnection) => void
  text = $state('')
  /** One sentence. */
  problem = $state<string>()
  busy = $state(false)

  constructor(bridge: Bridge, onread: (draft: DraftConnection) => void) {
    this.#bridge = bridge
    this.#onread = onread
  }

  set(text: string): void {
    this.text = text
    this.problem = undefined
  }

  /** A link is read as soon as it is pasted: nobody types one. */
  async paste(text: string): Promise<void> {
    this.set(text)
    await this.read()
  }

  async read(): Promise<void> {
    if (this.busy) return
    const text = this.text.trim()
    this.problem = text === '' ? 'Paste the link that your colleague sent. It starts with remo://connect.' : undefined
    if (this.problem === undefined) await this.#read(text)
  }

  async drop(file: Pick<File, 'name' | 'size' | 'text'>): Promise<void> {
    if (this.busy) return
    this.problem = file.size > largest ? `${file.name} is too large for an invitation.` : undefined
    if (this.problem === undefined) await this.#read(await file.text())
  }

  async choose(): Promise<void> {
    if (this.busy) return
    this.busy = true
    this.problem = undefined
    const reply = await this.#bridge['connections.chooseInvitation']({})
    this.busy = false
    if (!reply.ok) this.problem = reply.error.message
    else if ('draft' in reply.value) this.#done(reply.value.draft)
  }

  async #read(text: string): Promise<void> {
    this.busy = true
    const reply = await this.#bridge['connections.readInvitation']({ text })
    this.busy = false
    if (reply.ok) this.#done(reply.value)
    else this.problem = reply.error.message
  }

  #done(draft: DraftConnection): void {
    this.text = ''
    this.#onread(draft)
  }
}
