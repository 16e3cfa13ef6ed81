import type { ConnectionForm } from './connection-form.ts'

/** Key of a connection that is not saved yet. No id has a colon. */
export const newConnection = ':new'
/** The same, from an invitation: it takes nothing from what is typed in a new connection. */
export const invitedConnection = ':invited'

/** Whether the connection of this key is saved nowhere. */
export function isUnsavedConnection(id: string): boolean {
  return id.startsWith(':')
}

/**
 * Forms that are not saved, by connection, with their typed passwords. They outlive the choice of another connection and
 * of another page, until they are saved or discarded. They are in the memory of the page only.
 */
export class ConnectionDrafts {
  kept = $state.raw<ReadonlyMap<string, ConnectionForm>>(new Map())
  /** The connection that another part of the window wants to show in the form. */
  wanted = $state<string>()
  /** Another part of the window wants a test of the connection in use. */
  wantsTest = $state(false)

  keep(id: string, form: ConnectionForm): void {
    this.kept = new Map([...this.kept, [id, form]])
  }

  drop(id: string): void {
    if (!this.kept.has(id)) return
    this.kept = new Map([...this.kept].filter(([key]) => key !== id))
  }

  /** Shows this form as a new connection, the next time that the connections are open. */
  offer(form: ConnectionForm, id = newConnection): void {
    this.keep(id, form)
    this.wanted = id
  }
}
