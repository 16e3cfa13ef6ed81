import type { Bus } from './bus.ts'
import type { BusCall, BusMessage } from './bus-message.ts'

export interface ScreenLockDeps {
  readonly session: Pick<Bus, 'call' | 'follow'>
  readonly system: Pick<Bus, 'call' | 'follow'>
  readonly env: NodeJS.ProcessEnv
  readonly pid: number
  /** The screen was locked or unlocked. It counts as unlocked until something says otherwise. */
  readonly onChange: (isLocked: boolean) => void
  /** Whether a source answers has changed. */
  readonly onKnown: (isKnown: boolean) => void
}

const limit = { limitMs: 5000 }
const properties = 'org.freedesktop.DBus.Properties'
const owners = { sender: 'org.freedesktop.DBus', interface: 'org.freedesktop.DBus', member: 'NameOwnerChanged' }

const logind = { destination: 'org.freedesktop.login1', path: '/org/freedesktop/login1' }
const manager = 'org.freedesktop.login1.Manager'
const sessionInterface = 'org.freedesktop.login1.Session'
/** The user's own object. Its property `Display` is the graphical session. */
const ownUser = { path: '/org/freedesktop/login1/user/self', interface: 'org.freedesktop.login1.User' }

/** Programs that lock the screen, each with its object. The interface has the name of the program. */
const screenSavers: ReadonlyArray<readonly [name: string, path: string]> = [
  ['org.freedesktop.ScreenSaver', '/org/freedesktop/ScreenSaver'],
  ['org.gnome.ScreenSaver', '/org/gnome/ScreenSaver'],
  ['org.cinnamon.ScreenSaver', '/org/cinnamon/ScreenSaver'],
  ['org.mate.ScreenSaver', '/org/mate/ScreenSaver'],
  ['org.xfce.ScreenSaver', '/org/xfce/ScreenSaver'],
]

/**
 * Follows the lock of a Linux screen, of which Electron has no event. Two kinds of sources know it: logind for the
 * session of this user, and the program that locks. The screen is locked if one of them says so. A source that ends, or
 * does not answer, says nothing.
 */
export class ScreenLockWatch {
  readonly #deps: ScreenLockDeps
  readonly #sources = new Map<string, boolean>()
  /** Number of the newest question or signal of each source. */
  readonly #newest = new Map<string, number>()
  readonly #unfollow: ReadonlyArray<() => void>
  #sessionPath: string | undefined
  #isLocked = false

  constructor(deps: ScreenLockDeps) {
    this.#deps = deps
    const { session, system } = deps
    this.#unfollow = [
      system.follow({
        rules: [
          { ...owners, arg0: logind.destination },
          { sender: logind.destination, interface: properties, member: 'PropertiesChanged', arg0: sessionInterface },
        ],
        onSignal: (signal) => this.#takeLogind(signal),
        onConnected: () => this.#askLogind(),
        onLost: () => this.#learn(logind.destination, undefined),
      }),
      session.follow({
        rules: screenSavers.flatMap(([name]) => [
          { ...owners, arg0: name },
          { sender: name, interface: name, member: 'ActiveChanged' },
        ]),
        onSignal: (signal) => this.#takeScreenSaver(signal),
        onConnected: () => {
          for (const [name, path] of screenSavers) this.#askScreenSaver(name, path)
        },
        onLost: () => {
          for (const [name] of screenSavers) this.#learn(name, undefined)
        },
      }),
    ]
  }

  end(): void {
    for (const unfollow of this.#unfollow) unfollow()
  }

  #takeLogind({ member, path, body }: BusMessage): void {
    if (member === 'NameOwnerChanged') {
      this.#sessionPath = undefined
      this.#learn(logind.destination, undefined)
      if (body[2] !== '') this.#askLogind()
    } else if (path === this.#sessionPath) this.#askLogind()
  }

  #takeScreenSaver({ member, interface: name, body }: BusMessage): void {
    if (member === 'ActiveChanged') return this.#learn(name, body[0] === true)
    const found = screenSavers.find(([known]) => known === body[0])
    if (!found) return
    if (body[2] === '') this.#learn(found[0], undefined)
    else this.#askScreenSaver(...found)
  }

  #askLogind(): void {
    const ask = async (): Promise<boolean | undefined> => {
      this.#sessionPath ??= await this.#findSession()
      const [isLocked] = await this.#deps.system.call(
        property(this.#sessionPath, sessionInterface, 'LockedHint'),
        limit,
      )
      return isLocked === true
    }
    this.#learnFrom(logind.destination, ask())
  }

  /** The session of this program. One that systemd started for the user belongs to none: then the graphical one. */
  async #findSession(): Promise<string> {
    const { system, env, pid } = this.#deps
    const id = env['XDG_SESSION_ID']
    const find = async (member: string, signature: string, argument: unknown): Promise<unknown> => {
      const [path] = await system.call({ ...logind, interface: manager, member, signature, body: [argument] }, limit)
      return path
    }
    const display = async (): Promise<unknown> => {
      const [value] = await system.call(property(ownUser.path, ownUser.interface, 'Display'), limit)
      return Array.isArray(value) ? value[1] : undefined
    }
    const byPid = (): Promise<unknown> => find('GetSessionByPID', 'u', pid)
    const path = await (id ? find('GetSession', 's', id).catch(byPid) : byPid()).catch(display)
    if (typeof path !== 'string' || !path.startsWith('/org/')) throw new Error('logind knows no session of this user')
    return path
  }

  #askScreenSaver(name: string, path: string): void {
    const call = { destination: name, path, interface: name, member: 'GetActive', onlyRunning: true }
    this.#learnFrom(
      name,
      this.#deps.session.call(call, limit).then(([isActive]) => isActive === true),
    )
  }

  /**
   * Without an answer, the source says nothing. An answer that is behind a newer signal or question is old: promises
   * settle after the signals that were read with them.
   */
  #learnFrom(source: string, answer: Promise<boolean | undefined>): void {
    const asked = this.#count(source)
    const learn = (isLocked: boolean | undefined): void => {
      if (this.#newest.get(source) === asked) this.#set(source, isLocked)
    }
    answer.then(learn, () => learn(undefined))
  }

  #learn(source: string, isLocked: boolean | undefined): void {
    this.#count(source)
    this.#set(source, isLocked)
  }

  #count(source: string): number {
    const next = (this.#newest.get(source) ?? 0) + 1
    this.#newest.set(source, next)
    return next
  }

  #set(source: string, isLocked: boolean | undefined): void {
    const wasKnown = this.#sources.size > 0
    if (isLocked === undefined) this.#sources.delete(source)
    else this.#sources.set(source, isLocked)
    const isKnown = this.#sources.size > 0
    if (isKnown !== wasKnown) this.#deps.onKnown(isKnown)
    const isAnyLocked = [...this.#sources.values()].includes(true)
    if (isAnyLocked === this.#isLocked) return
    this.#isLocked = isAnyLocked
    this.#deps.onChange(isAnyLocked)
  }
}

function property(path: string, of: string, name: string): BusCall {
  const { destination } = logind
  return { destination, path, interface: properties, member: 'Get', signature: 'ss', body: [of, name] }
}
