import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import dbus, { type Message, type MessageBus } from 'dbus-next'

export interface ReceivedNotification {
  readonly summary: string
  readonly body: string
}

/** A call of `Notify` as the daemon received it, seen on the bus. */
export interface NotifyCall extends ReceivedNotification {
  /** The daemon's number of the popup to replace; 0: none. */
  readonly replaces: number
  /** Labels of the buttons. The click on the popup is none. */
  readonly buttons: readonly string[]
  readonly urgency: 'low' | 'normal' | 'critical'
  /** It stays until somebody closes it. */
  readonly isSticky: boolean
  readonly hints: Readonly<Record<string, unknown>>
}

interface DunstEntry {
  readonly id: { readonly data: number }
  readonly summary: { readonly data: string }
  readonly body: { readonly data: string }
}

const name = 'org.freedesktop.Notifications'
const urgencies = ['low', 'normal', 'critical'] as const

function notifyCall({ body }: Message): NotifyCall {
  const [, replaces, , summary, text, actions, hints, timeout] = body as [
    string,
    number,
    string,
    string,
    string,
    string[],
    Record<string, { value: unknown }>,
    number,
  ]
  const plain = (words: string): string => words.replaceAll('\u202f', ' ')
  const bare = Object.fromEntries(Object.entries(hints).map(([key, { value }]) => [key, value]))
  return {
    replaces,
    summary: plain(summary),
    body: plain(text),
    buttons: actions.filter((_label, at) => at % 2 === 1 && actions[at - 1] !== 'default').map(plain),
    urgency: urgencies[Number(bare['urgency'] ?? 1)] ?? 'normal',
    isSticky: timeout === 0,
    hints: bare,
  }
}

/** Notifications in the notification daemon (dunst), read from the daemon. */
export class Notifications {
  readonly #env: NodeJS.ProcessEnv
  readonly #chosenButton: string
  readonly #calls: NotifyCall[] = []
  #monitor: MessageBus | undefined
  /** The daemon's id of the newest notification to ignore. */
  #seen = 0

  /** @param chosenButton see `VirtualDesktop` */
  constructor(env: NodeJS.ProcessEnv, chosenButton = '') {
    this.#env = env
    this.#chosenButton = chosenButton
  }

  /**
   * Watches the bus from now on, for `calls`.
   * @param onCall called when a call is seen
   */
  async listen(onCall: (call: NotifyCall) => void = () => undefined): Promise<this> {
    const bus = dbus.sessionBus({ busAddress: this.#env['DBUS_SESSION_BUS_ADDRESS'] ?? '' })
    this.#monitor = bus
    // A bus ends the connection of a monitor that answers what it sees.
    bus.addMethodHandler(() => true)
    bus.on('message', (message: Message) => {
      if (message.member !== 'Notify' || message.interface !== name) return
      const call = notifyCall(message)
      this.#calls.push(call)
      onCall(call)
    })
    const rule = `type='method_call',interface='${name}',member='Notify'`
    const monitoring = 'org.freedesktop.DBus.Monitoring'
    const to = { destination: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus', interface: monitoring }
    await bus.call(new dbus.Message({ ...to, member: 'BecomeMonitor', signature: 'asu', body: [[rule], 0] }))
    return this
  }

  /** Stops listening. */
  end(): void {
    this.#monitor?.disconnect()
  }

  /** All popups that programs sent, oldest first, also those that were replaced later. Spaces are plain. */
  calls(): readonly NotifyCall[] {
    return this.#calls
  }

  #dunstctl(...args: readonly string[]): string {
    return execFileSync('dunstctl', [...args], { env: this.#env, encoding: 'utf8' })
  }

  /** Number of notifications on the screen. */
  displayed(): number {
    return Number(this.#dunstctl('count', 'displayed'))
  }

  /** Moves displayed notifications into the daemon's history and returns the history, newest first. */
  collect(): readonly ReceivedNotification[] {
    this.#dunstctl('close-all')
    return this.closed()
  }

  /** Notifications that are no longer on the screen, newest first: closed by a person, or withdrawn. */
  closed(): readonly ReceivedNotification[] {
    const fresh = this.#history().filter(({ id }) => id.data > this.#seen)
    return fresh.map(({ summary, body }) => ({ summary: summary.data, body: body.data }))
  }

  /** Clicks the topmost notification. */
  click(): void {
    this.#dunstctl('action', '0')
  }

  /** Presses the button with this label, on the topmost notification that has one. Units follow a narrow space there. */
  press(label: string): void {
    writeFileSync(this.#chosenButton, label.replace(/(?<=\d) (?=[a-z])/, '\u202f'))
    this.#dunstctl('context')
  }

  /** Clears the screen; `collect` returns only later notifications. */
  clear(): void {
    this.#dunstctl('close-all')
    this.#seen = Math.max(this.#seen, ...this.#history().map(({ id }) => id.data))
  }

  #history(): readonly DunstEntry[] {
    const { data } = JSON.parse(this.#dunstctl('history')) as { data: readonly (readonly DunstEntry[])[] }
    return data.flat()
  }
}
