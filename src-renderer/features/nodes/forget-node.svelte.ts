import { shownText } from '#shared/format/shown-text.ts'
import type { AppState } from '../../live/app-state.svelte.ts'

interface NodeName {
  readonly id: string
  readonly name: string
}

/** The command "Forget node": asks first, then says what happened. */
export class ForgetNode {
  readonly #app: AppState
  /** The node that the dialog asks about. */
  node = $state.raw<NodeName>()
  busy = $state(false)
  /** Result of the last one, in one sentence. */
  done = $state<{ readonly ok: boolean; readonly text: string }>()

  constructor(app: AppState) {
    this.#app = app
  }

  /** Whether this operator may do it. */
  readonly isOffered: boolean = $derived.by(() => this.#app.session.may('forget-nodes'))

  /** What will happen, for whom. */
  get text(): string {
    const whose = this.#app.session.hasBackend ? 'for everyone in the team' : 'on this console'
    return (
      `It leaves the lists, counts and Prometheus metrics ${whose}, and its open alerts end. ` +
      'Its history is kept as long as all history. It is back by itself when it sends again.'
    )
  }

  readonly ask = (node: NodeName | undefined): void => {
    if (node && this.isOffered && !this.busy) this.node = { id: node.id, name: node.name }
  }

  readonly close = (): void => {
    this.node = undefined
  }

  readonly confirm = async (): Promise<void> => {
    const { node } = this
    this.close()
    if (!node || this.busy) return
    this.busy = true
    this.done = undefined
    const name = shownText(node.id)
    const result = await this.#app.bridge['nodes.forget']({ nodeId: node.id })
    this.busy = false
    if (!result.ok) this.done = { ok: false, text: `${name} was not forgotten. ${result.error.message}` }
    else if (result.value.kind === 'forgotten') this.done = { ok: true, text: `${name} was forgotten.` }
    else {
      this.#app.session.keep(result.value.action)
      this.done = { ok: true, text: `Not sent yet: ${name} is forgotten when the backend answers.` }
    }
  }
}
