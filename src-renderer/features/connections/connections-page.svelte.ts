import type { ConnectionItem, DraftConnection } from '#shared/ipc/connection-views.ts'
import type { AppState } from '../../live/app-state.svelte.ts'
import {
  invitedConnection,
  isUnsavedConnection,
  newConnection,
  type ConnectionDrafts,
} from './connection-drafts.svelte.ts'
import { ConnectionEditor } from './connection-editor.svelte.ts'
import { formOf } from './connection-form.ts'

/** The list of connections, the form of the selected one, and what can be done with it. */
export class ConnectionsPage {
  readonly #app: AppState
  readonly drafts: ConnectionDrafts
  readonly editor: ConnectionEditor
  problem = $state.raw<{ readonly message: string }>()
  /** Id of the connection that ReMo is switching to. */
  switching = $state<string>()
  removing = $state(false)
  /** The connection whose invitation is open. */
  invited = $state.raw<{ readonly name: string; readonly link: string }>()
  /** Where the invitation was saved. */
  savedTo = $state<string>()
  /** The dialog for an invitation is open. */
  reading = $state(false)
  #opened = false

  constructor(app: AppState, drafts: ConnectionDrafts) {
    this.#app = app
    this.drafts = drafts
    this.editor = new ConnectionEditor(app, drafts)
  }

  get items(): readonly ConnectionItem[] {
    return this.#app.connections.items
  }

  readonly loaded: boolean = $derived.by(() => this.#app.connections.view !== undefined)
  /** Why another connection cannot be used now. */
  readonly switchProblem: string | undefined = $derived.by(() => this.#app.connections.view?.switchProblem)
  /** Keys of the connections that are saved nowhere: in the form, or with edits that wait. */
  readonly unsavedIds: readonly string[] = $derived.by(() =>
    [newConnection, invitedConnection].filter((id) => id === this.editor.id || this.drafts.kept.has(id)),
  )
  /** The selected one. */
  readonly item: ConnectionItem | undefined = $derived.by(() => this.editor.item)
  readonly canRemove: boolean = $derived(this.item?.origin === 'saved' && !this.item.inUse)
  readonly canInvite: boolean = $derived(this.item !== undefined && this.item.origin !== 'demo')

  /** Follows the test. @returns stops, and keeps the edits */
  follow(): () => void {
    const stop = this.editor.test.follow()
    return () => {
      stop()
      this.editor.keepEdits()
    }
  }

  /**
   * Opens what another part of the window wants, else the connection in use. Call it with each new list: an open form
   * without edits follows it.
   *
   * @returns whether another part of the window wants a test of the connection in use, whose form is open then
   */
  takeList(): boolean {
    const isGone = !isUnsavedConnection(this.editor.id) && this.item === undefined
    if (this.drafts.wanted !== undefined) this.editor.openWanted()
    else if (!this.#opened || isGone) this.#selectInUse()
    else this.editor.refresh()
    this.#opened = true
    if (!this.drafts.wantsTest) return false
    this.drafts.wantsTest = false
    this.#selectInUse()
    return this.item !== undefined && this.item.origin !== 'demo'
  }

  /** Whether the form of this connection has edits that are not saved. */
  isUnsaved(id: string): boolean {
    return id === this.editor.id ? this.editor.edited && !this.editor.readOnly : this.drafts.kept.has(id)
  }

  readonly select = (id: string): void => {
    this.problem = undefined
    this.editor.open(id)
  }

  readonly add = (): void => this.select(newConnection)

  async use(id: string): Promise<void> {
    if (this.switching !== undefined) return
    this.problem = undefined
    this.switching = id
    const message = await this.#app.connections.use(id)
    this.switching = undefined
    if (message !== undefined) this.problem = { message }
  }

  async remove(): Promise<void> {
    const { item } = this
    this.removing = false
    if (!item || !this.canRemove) return
    const reply = await this.#app.bridge['connections.remove']({ id: item.connection.id })
    if (!reply.ok) {
      this.problem = reply.error
      return
    }
    this.editor.discard()
    this.#app.connections.take(reply.value)
    this.#selectInUse()
  }

  async invite(): Promise<void> {
    const { item } = this
    if (!item) return
    this.problem = undefined
    this.savedTo = undefined
    const reply = await this.#app.bridge['connections.invite']({ id: item.connection.id })
    if (reply.ok) this.invited = { name: item.connection.name, link: reply.value.link }
    else this.problem = reply.error
  }

  async saveInvitation(): Promise<void> {
    const { item } = this
    if (!item) return
    const reply = await this.#app.bridge['connections.saveInvitation']({ id: item.connection.id })
    if (!reply.ok) this.problem = reply.error
    else if (reply.value.saved) this.savedTo = reply.value.path
  }

  readonly closeInvitation = (): void => {
    this.invited = undefined
  }

  /** Shows an invitation as a new connection. Nothing is saved. */
  readonly take = (draft: DraftConnection): void => {
    this.reading = false
    this.drafts.offer(formOf(draft), invitedConnection)
    this.editor.openWanted()
  }

  #selectInUse(): void {
    this.select(this.#app.connections.inUse?.connection.id ?? newConnection)
  }
}
