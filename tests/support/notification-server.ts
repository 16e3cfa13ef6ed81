import dbus, { type Message, type MessageBus } from 'dbus-next'

const name = 'org.freedesktop.Notifications'
const path = '/org/freedesktop/Notifications'

/** A call of `Notify`, as the server received it. */
export interface ReceivedPopup {
  readonly id: number
  readonly replaces: number
  readonly summary: string
  readonly body: string
  readonly actions: readonly string[]
  readonly hints: Readonly<Record<string, unknown>>
  readonly timeout: number
}

export interface ServerOptions {
  readonly capabilities?: readonly string[]
  /** The number of the first popup. */
  readonly firstId?: number
  /** It answers `Notify` with this error. */
  readonly refusal?: string
  /** KDE's property; absent: the server has none. */
  readonly isInhibited?: boolean
}

/** A notification server that a test controls, on a real bus. */
export class NotificationServer {
  readonly received: ReceivedPopup[] = []
  /** Numbers of the popups on the screen. */
  readonly onScreen = new Set<number>()
  readonly closedByCall: number[] = []
  readonly #bus: MessageBus
  readonly #options: ServerOptions
  readonly #waiting: Array<() => void> = []
  #isSlow = false
  #isInhibited: boolean | undefined
  #nextId: number

  private constructor(bus: MessageBus, options: ServerOptions) {
    this.#bus = bus
    this.#options = options
    this.#isInhibited = options.isInhibited
    this.#nextId = options.firstId ?? 1
  }

  static async start(busAddress: string, options: ServerOptions = {}): Promise<NotificationServer> {
    const bus = dbus.sessionBus({ busAddress })
    // The bus of a test may be killed.
    bus.on('error', () => undefined)
    const server = new NotificationServer(bus, options)
    bus.addMethodHandler((message: Message) => server.#take(message))
    await bus.requestName(name, 0)
    return server
  }

  /** The server ends, and its popups with it. */
  stop(): void {
    this.#bus.disconnect()
  }

  /** Answers nothing, until `answer`. */
  freeze(): void {
    this.#isSlow = true
  }

  /** Answers what waits, and everything from now on. */
  answer(): void {
    this.#isSlow = false
    for (const reply of this.#waiting.splice(0)) reply()
  }

  /** The person presses a button, or clicks (`default`). */
  press(id: number, key: string): void {
    this.#signal('ActionInvoked', 'us', [id, key])
  }

  /** The person closes it. */
  dismiss(id: number): void {
    this.onScreen.delete(id)
    this.#signal('NotificationClosed', 'uu', [id, 2])
  }

  inhibit(isInhibited: boolean): void {
    this.#isInhibited = isInhibited
    const changed = { Inhibited: new dbus.Variant('b', isInhibited) }
    const body = [name, changed, []]
    this.#send(dbus.Message.newSignal(path, 'org.freedesktop.DBus.Properties', 'PropertiesChanged', 'sa{sv}as', body))
  }

  /** Nothing, if the server was stopped or the bus killed. */
  #send(message: Message): void {
    try {
      this.#bus.send(message)
    } catch {
      // The calls that it still received have no answer then, as with a server that was killed.
    }
  }

  #signal(member: string, signature: string, body: unknown[]): void {
    this.#send(dbus.Message.newSignal(path, name, member, signature, body))
  }

  #take(message: Message): boolean {
    if (message.path !== path) return false
    const reply = (): void => this.#reply(message)
    if (this.#isSlow) this.#waiting.push(reply)
    else reply()
    return true
  }

  #reply(message: Message): void {
    const answer = (signature: string, body: unknown[]): void =>
      this.#send(dbus.Message.newMethodReturn(message, signature, body))
    switch (message.member) {
      case 'GetServerInformation':
        return answer('ssss', ['test-server', 'ReMo', '7', '1.2'])
      case 'GetCapabilities':
        return answer('as', [this.#options.capabilities ?? ['body', 'body-markup', 'actions']])
      case 'Notify':
        return this.#notify(message, answer)
      case 'CloseNotification': {
        const id = message.body[0] as number
        this.closedByCall.push(id)
        if (this.onScreen.delete(id)) this.#signal('NotificationClosed', 'uu', [id, 3])
        return answer('', [])
      }
      case 'Get':
        if (this.#isInhibited !== undefined) return answer('v', [new dbus.Variant('b', this.#isInhibited)])
        return this.#fail(message, 'org.freedesktop.DBus.Error.UnknownProperty')
      default:
        this.#fail(message, 'org.freedesktop.DBus.Error.UnknownMethod')
    }
  }

  #notify(message: Message, answer: (signature: string, body: unknown[]) => void): void {
    const { refusal } = this.#options
    if (refusal !== undefined) return this.#fail(message, 'org.freedesktop.DBus.Error.AccessDenied', refusal)
    const [, replaces, , summary, body, actions, hints, timeout] = message.body as [
      string,
      number,
      string,
      string,
      string,
      string[],
      Record<string, { value: unknown }>,
      number,
    ]
    const id = replaces === 0 ? this.#nextId++ : replaces
    const bare = Object.fromEntries(Object.entries(hints).map(([key, { value }]) => [key, value]))
    this.received.push({ id, replaces, summary, body, actions, hints: bare, timeout })
    this.onScreen.add(id)
    answer('u', [id])
  }

  #fail(message: Message, error: string, text = 'no'): void {
    // The type of dbus-next names the wrong parameter.
    this.#send(dbus.Message.newError(message as unknown as string, error, text))
  }
}
