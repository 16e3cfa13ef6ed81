import dbus, { type Message, type MessageBus } from 'dbus-next'

const properties = 'org.freedesktop.DBus.Properties'

/** A program that locks the screen, at its name on a bus: a test controls it. */
export class ScreenSaver {
  isActive: boolean
  readonly #bus: MessageBus
  readonly #name: string
  readonly #path: string

  private constructor(bus: MessageBus, name: string, isActive: boolean) {
    this.#bus = bus
    this.#name = name
    this.#path = `/${name.replaceAll('.', '/')}`
    this.isActive = isActive
  }

  static async start(busAddress: string, name: string, isActive = false): Promise<ScreenSaver> {
    const bus = connected(busAddress)
    const saver = new ScreenSaver(bus, name, isActive)
    bus.addMethodHandler((message: Message) => {
      if (message.member !== 'GetActive' || message.path !== saver.#path) return false
      bus.send(dbus.Message.newMethodReturn(message, 'b', [saver.isActive]))
      return true
    })
    await bus.requestName(name, 0)
    return saver
  }

  activate(isActive: boolean): void {
    this.isActive = isActive
    this.#bus.send(dbus.Message.newSignal(this.#path, this.#name, 'ActiveChanged', 'b', [isActive]))
  }

  stop(): void {
    this.#bus.disconnect()
  }
}

export interface LogindSession {
  /** Of `XDG_SESSION_ID`. */
  readonly id: string
  readonly path: string
  isLocked: boolean
}

/** logind with sessions of a test. `display`: path of the graphical one. */
export class Logind {
  readonly #bus: MessageBus
  readonly #sessions: readonly LogindSession[]
  readonly #display: string

  private constructor(bus: MessageBus, sessions: readonly LogindSession[], display: string) {
    this.#bus = bus
    this.#sessions = sessions
    this.#display = display
  }

  static async start(busAddress: string, sessions: readonly LogindSession[], display: string): Promise<Logind> {
    const bus = connected(busAddress)
    const logind = new Logind(bus, sessions, display)
    bus.addMethodHandler((message: Message) => logind.#take(message))
    await bus.requestName('org.freedesktop.login1', 0)
    return logind
  }

  lock(session: LogindSession, isLocked: boolean): void {
    session.isLocked = isLocked
    const changed = { LockedHint: new dbus.Variant('b', isLocked) }
    const body = ['org.freedesktop.login1.Session', changed, []]
    this.#bus.send(dbus.Message.newSignal(session.path, properties, 'PropertiesChanged', 'sa{sv}as', body))
  }

  stop(): void {
    this.#bus.disconnect()
  }

  #take(message: Message): boolean {
    const { member, path, body } = message
    const reply = (signature: string, value: unknown): boolean => {
      this.#bus.send(dbus.Message.newMethodReturn(message, signature, [value]))
      return true
    }
    const session = this.#sessions.find((one) => (member === 'GetSession' ? one.id === body[0] : one.path === path))
    if (member === 'GetSession' && session) return reply('o', session.path)
    if (member === 'Get' && body[1] === 'LockedHint' && session)
      return reply('v', new dbus.Variant('b', session.isLocked))
    if (member === 'Get' && body[1] === 'Display') return reply('v', new dbus.Variant('(so)', ['1', this.#display]))
    // The type of dbus-next names the wrong parameter.
    this.#bus.send(dbus.Message.newError(message as unknown as string, 'org.freedesktop.login1.NoSessionForPID', 'no'))
    return true
  }
}

function connected(busAddress: string): MessageBus {
  const bus = dbus.sessionBus({ busAddress })
  // The bus of a test may be killed.
  bus.on('error', () => undefined)
  return bus
}
