import type { Log } from '#shared/log.ts'
import { BusError } from '../dbus/bus-error.ts'
import type { Bus } from '../dbus/bus.ts'
import type { BusMessage } from '../dbus/bus-message.ts'
import type { DesktopPopup } from './desktop-popup.ts'
import type { LeftPopupsFile } from './left-popups.ts'
import { isServerGone, popupProblem } from './popup-problem.ts'
import { isSticky } from './popup-system.ts'
import type { PopupFacts, PopupSystem } from './popup-system.ts'
import { askInhibited, askServer, canStartServer, Deadline, serverCall } from './server-contact.ts'
import { propertiesInterface, serverName, serverPath } from './server-contact.ts'
import type { ServerContact } from './server-contact.ts'
import { buttonOf, clickKey, notifyArguments, notifySignature } from './server-popup.ts'

export interface BusPopupsDeps {
  /** The session bus. */
  readonly bus: Pick<Bus, 'call' | 'follow'>
  readonly left: LeftPopupsFile
  /** Address of the picture of every popup; empty: none. */
  readonly icon: () => string
  readonly log: Log
  /** Without an answer of the server within this time, a popup counts as not shown. Default 10 s. */
  readonly answerLimitMs?: number
  /** So long a server that restarts is waited for. Default 3 s. */
  readonly restartMs?: number
}

/** A popup on the screen. */
interface OnScreen {
  /** The server's number; 0: its server has ended, and another one shall show it. */
  readonly id: number
  readonly popup: DesktopPopup
}

type FactChange = { readonly [Key in keyof PopupFacts]?: PopupFacts[Key] | undefined }

const answerLimitMs = 10_000
const restartMs = 3000
/** At the exit, so long for the last popups to leave the screen. */
const endMs = 1000
const noServer = new BusError('refused', 'no server', 'org.freedesktop.DBus.Error.ServiceUnknown')
const signals = { sender: serverName, path: serverPath, interface: serverName }
const busSignals = { sender: 'org.freedesktop.DBus', interface: 'org.freedesktop.DBus' }

/**
 * Popups of a Linux desktop: `org.freedesktop.Notifications` on the session bus. A server that restarts is asked again
 * what it can do, and gets the sticky popups again that went with the one before.
 */
export class BusPopups implements PopupSystem {
  readonly #deps: BusPopupsDeps
  readonly #onScreen = new Map<string, OnScreen>()
  /** The last call for each tag: they must not overtake each other. */
  readonly #turns = new Map<string, Promise<unknown>>()
  readonly #listeners: Array<() => void> = []
  readonly #arrivals = new Set<() => void>()
  readonly #unfollow: () => void
  #contact: Promise<ServerContact> | undefined
  #known: ServerContact | undefined
  /** A server was there, so the next one may be on its way. */
  #mayReturn = false
  #facts: PopupFacts = { isInhibited: false }
  #isLeftClosed = false
  #isEnded = false

  constructor(deps: BusPopupsDeps) {
    this.#deps = deps
    this.#unfollow = deps.bus.follow({
      rules: [
        { ...busSignals, member: 'NameOwnerChanged', arg0: serverName },
        { ...signals, member: 'ActionInvoked' },
        { ...signals, member: 'NotificationClosed' },
        { ...signals, interface: propertiesInterface, member: 'PropertiesChanged', arg0: serverName },
      ],
      onSignal: (signal) => this.#take(signal),
      onConnected: () => this.#arrived(),
      onLost: () => {
        this.#leave()
        this.#learn({ problem: popupProblem(new BusError('closed', ''), undefined) })
      },
    })
    // Without a bus nobody arrives, and the reason must be known.
    inBackground(this.#meet(this.#deadline))
  }

  get facts(): PopupFacts {
    return this.#facts
  }

  onFacts(listener: () => void): void {
    this.#listeners.push(listener)
  }

  show(popup: DesktopPopup): Promise<string | undefined> {
    return this.#inTurn(popup.tag, () => this.#show(popup))
  }

  withdraw(tag: string): void {
    const remove = async (): Promise<void> => {
      const shown = this.#onScreen.get(tag)
      this.#forget(tag)
      if (shown) await this.#close(shown.id)
    }
    inBackground(this.#inTurn(tag, remove))
  }

  async end(): Promise<void> {
    this.#isEnded = true
    this.#unfollow()
    const ids = [...this.#onScreen.values()].map(({ id }) => id)
    this.#onScreen.clear()
    this.#remember()
    await Promise.all(ids.map((id) => this.#close(id, endMs)))
    await this.#deps.left.flush()
  }

  get #deadline(): Deadline {
    return new Deadline(this.#deps.answerLimitMs ?? answerLimitMs)
  }

  #inTurn<T>(tag: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(tag) ?? Promise.resolve()).then(work, work)
    this.#turns.set(tag, turn)
    const done = (): void => {
      if (this.#turns.get(tag) === turn) this.#turns.delete(tag)
    }
    turn.then(done, done)
    return turn
  }

  async #show(popup: DesktopPopup): Promise<string | undefined> {
    const deadline = this.#deadline
    try {
      const notified = this.#notify(popup, deadline)
      const asked = this.#contact
      await notified.catch(async (error: unknown) => {
        if (!this.#mayReturn || !isServerGone(error)) throw error
        if (this.#contact === asked || !this.#contact) await this.#nextServer()
        await this.#notify(popup, deadline)
      })
      this.#learn({ problem: undefined })
      return undefined
    } catch (error) {
      const shown = this.#onScreen.get(popup.tag)
      this.#forget(popup.tag)
      // What it says is no longer true.
      if (shown) inBackground(this.#close(shown.id))
      const problem = popupProblem(error, this.#known?.title)
      this.#learn({ problem })
      return problem
    }
  }

  async #notify(popup: DesktopPopup, deadline: Deadline): Promise<void> {
    const server = await this.#meet(deadline)
    const before = this.#onScreen.get(popup.tag)?.id ?? 0
    const body = notifyArguments(popup, { server, replaces: before, icon: this.#deps.icon() })
    const limit = { ...deadline.forCall, onLate: ([late]: readonly unknown[]) => this.#tooLate(late) }
    const [id] = await this.#deps.bus.call(serverCall('Notify', notifySignature, body), limit)
    if (typeof id !== 'number') throw new Error('Notify returned no number')
    if (this.#isEnded) return this.#close(id)
    this.#onScreen.set(popup.tag, { id, popup })
    this.#remember()
    // A server that cannot replace would stack.
    if (before !== id) inBackground(this.#close(before))
  }

  /** It counts as not shown, so it must not stay. */
  #tooLate(id: unknown): void {
    const isShown = [...this.#onScreen.values()].some((shown) => shown.id === id)
    if (typeof id === 'number' && !isShown) inBackground(this.#close(id))
  }

  async #close(id: number, limitMs = this.#deadline.leftMs): Promise<void> {
    if (id === 0) return
    const call = { ...serverCall('CloseNotification', 'u', [id]), onlyRunning: true }
    // One that is closed already is no failure.
    await this.#deps.bus.call(call, { limitMs }).catch(() => undefined)
  }

  /** Asks the server what it can do, once until another one has its name. */
  #meet(deadline: Deadline): Promise<ServerContact> {
    if (this.#contact) return this.#contact
    const asked = askServer(this.#deps.bus, deadline)
    this.#contact = asked
    asked.then(
      (contact) => {
        if (this.#contact === asked) this.#met(contact)
      },
      (error: unknown) => {
        if (this.#contact !== asked) return
        this.#contact = undefined
        this.#learn({ problem: popupProblem(error, undefined) })
      },
    )
    return asked
  }

  #met(contact: ServerContact): void {
    this.#known = contact
    this.#mayReturn = true
    const { title, capabilities } = contact
    this.#deps.log.info('notification server', { server: title, capabilities: [...capabilities] })
    this.#learn({ problem: undefined, server: title, hasButtons: capabilities.has('actions') })
    this.#closeLeft(contact)
    inBackground(this.#learnInhibited())
    for (const { popup } of this.#onScreen.values()) inBackground(this.show(popup))
  }

  /** Those of a run that was killed: nothing would follow a click on them. */
  #closeLeft({ bus, owner }: ServerContact): void {
    const { value } = this.#deps.left
    if (!this.#isLeftClosed && value.bus === bus && value.owner === owner) {
      for (const id of value.ids) inBackground(this.#close(id))
    }
    this.#isLeftClosed = true
  }

  async #learnInhibited(): Promise<void> {
    this.#learn({ isInhibited: await askInhibited(this.#deps.bus, this.#deadline) })
  }

  #take({ member, sender, body }: BusMessage): void {
    if (member === 'NameOwnerChanged') {
      this.#leave()
      if (body[2] === '') inBackground(this.#judgeAbsence())
      else this.#arrived()
    } else if (sender !== this.#known?.owner) return
    else if (member === 'PropertiesChanged') inBackground(this.#learnInhibited())
    else this.#takeEnd(body, member === 'ActionInvoked')
  }

  /** The popup with this number was clicked, or closed. */
  #takeEnd([id, key]: readonly unknown[], isAction: boolean): void {
    const found = [...this.#onScreen].find(([, shown]) => shown.id === id)
    if (!found) return
    const [tag, { id: number, popup }] = found
    this.#forget(tag)
    popup.onClose?.()
    if (!isAction) return
    // Not every server closes it by itself.
    inBackground(this.#close(number))
    const button = buttonOf(popup, String(key))
    if (button) popup.onAction?.(button.action)
    else if (key === clickKey) popup.onClick()
  }

  /** The server has ended, and its popups with it. Sticky ones are for the next server. */
  #leave(): void {
    this.#contact = undefined
    this.#known = undefined
    for (const [tag, { popup }] of [...this.#onScreen]) {
      if (isSticky(popup)) this.#onScreen.set(tag, { id: 0, popup })
      else {
        this.#onScreen.delete(tag)
        popup.onClose?.()
      }
    }
  }

  #arrived(): void {
    for (const resolve of [...this.#arrivals]) resolve()
    inBackground(this.#meet(this.#deadline))
  }

  /** A server that ends while it has nothing to show is started again by the next popup. */
  async #judgeAbsence(): Promise<void> {
    await this.#nextServer()
    if (this.#contact) return
    const canStart = await canStartServer(this.#deps.bus, this.#deadline)
    if (!canStart && !this.#contact)
      this.#learn({ problem: popupProblem(noServer, undefined), server: undefined, hasButtons: undefined })
  }

  /** Waits for the next server, if one was there. */
  #nextServer(): Promise<void> {
    return new Promise((resolve) => {
      const arrive = (): void => {
        clearTimeout(timer)
        this.#arrivals.delete(arrive)
        resolve()
      }
      const timer = setTimeout(() => {
        this.#mayReturn = false
        arrive()
      }, this.#deps.restartMs ?? restartMs)
      this.#arrivals.add(arrive)
    })
  }

  #forget(tag: string): void {
    if (this.#onScreen.delete(tag)) this.#remember()
  }

  #remember(): void {
    if (!this.#known) return
    const { bus, owner } = this.#known
    const ids = [...this.#onScreen.values()].map(({ id }) => id).filter((id) => id !== 0)
    this.#deps.left.update({ bus, owner, ids })
  }

  #learn(change: FactChange): void {
    const { isInhibited = false, ...facts } = { ...this.#facts, ...change }
    const known = Object.entries(facts).filter(([, value]) => value !== undefined)
    const next: PopupFacts = { ...(Object.fromEntries(known) as Omit<PopupFacts, 'isInhibited'>), isInhibited }
    if (JSON.stringify(next) === JSON.stringify(this.#facts)) return
    this.#facts = next
    for (const listener of this.#listeners) listener()
  }
}

/** Why it failed is in the facts, or does not matter. */
function inBackground(work: Promise<unknown>): void {
  work.catch(() => undefined)
}
