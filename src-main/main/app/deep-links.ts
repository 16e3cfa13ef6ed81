import type { App } from 'electron'
import { AlertId } from '#shared/alert/alert.ts'
import { PauseRequest } from '#shared/do-not-disturb/do-not-disturb.ts'
import type { IpcPushOf } from '#shared/ipc/contract.ts'
import { readInvitation } from '#shared/settings/invitation.ts'
import { linkScheme } from './app-identity.ts'
import { EarlyRequests } from './early-requests.ts'

/** `remo://alert/<id>` → the id; anything else → `undefined`. Any program can pass a link, so it is not trusted. */
function alertIdOfLink(link: string): string | undefined {
  const match = /^remo:\/\/alert\/([0-9a-f-]{36})\/?$/i.exec(link)
  const id = AlertId.safeParse(match?.[1]?.toLowerCase())
  return id.success ? id.data : undefined
}

/**
 * Where a link leads: an alert, or the form of a new connection. A wrong invitation leads to the page where one can be
 * pasted: there the problem is said. Anything else leads nowhere, and only shows the window.
 */
export function targetOfLink(link: string): IpcPushOf<'navigate'> | undefined {
  const alertId = alertIdOfLink(link)
  if (alertId !== undefined) return { alertId }
  if (!/^remo:\/\/connect\b/i.test(link)) return undefined
  const read = readInvitation(link)
  const connections = { page: 'settings', section: 'connections' } as const
  return read.ok ? { ...connections, invitation: { ...read.invitation, keyPasted: false } } : connections
}

/** What a second start passes on to the running console. It comes from another process, so it is not trusted. */
export interface SecondStart {
  readonly link?: string | undefined
  readonly doNotDisturb?: PauseRequest | undefined
}

/**
 * What a second start asks for. Only a link and a plain start show the window: a person who asks for quiet does not want
 * to see it.
 */
export function readSecondStart(data: unknown): { readonly link?: string; readonly doNotDisturb?: PauseRequest } {
  const { link, doNotDisturb } = (data ?? {}) as Readonly<Record<string, unknown>>
  const request = PauseRequest.safeParse(doNotDisturb)
  return {
    ...(typeof link === 'string' ? { link } : {}),
    ...(request.success ? { doNotDisturb: request.data } : {}),
  }
}

/** What other starts ask for, and links that macOS passes as events. */
export interface EarlyStarts {
  /** Not checked yet; `undefined`: only show the window. */
  readonly links: EarlyRequests<unknown>
  readonly pauses: EarlyRequests<PauseRequest>
}

interface LinkDeps {
  readonly app: App
  /** Link that the operating system passed to this start as an argument. */
  readonly first: string | undefined
  /** What came as events. */
  readonly early: EarlyStarts
  /** Brings the window to the front. */
  readonly open: () => void
  /** The same, and shows this place. */
  readonly navigate: (to: IpcPushOf<'navigate'>) => void
  readonly doNotDisturb: { readonly request: (request: PauseRequest) => void }
}

/** Collects what other starts ask for from the first moment on: call it before the app is ready. */
export function collectStarts(app: App): EarlyStarts {
  const early: EarlyStarts = { links: new EarlyRequests(), pauses: new EarlyRequests() }
  app.on('second-instance', (...[, , , data]) => {
    const { link, doNotDisturb } = readSecondStart(data)
    if (doNotDisturb !== undefined) early.pauses.receive(doNotDisturb)
    if (doNotDisturb === undefined || link !== undefined) early.links.receive(link)
  })
  // macOS passes links to the running app instead of starting a second one.
  app.on('open-url', (event, link) => {
    event.preventDefault()
    early.links.receive(link)
  })
  return early
}

/**
 * Follows `remo://alert/<id>` and `remo://connect?…` links. A second start brings the window of the first one to the
 * front, unless it only asks for do not disturb.
 */
export function acceptDeepLinks({ app, first, early, open, navigate, doNotDisturb }: LinkDeps): void {
  // An unpackaged app would bind the scheme to a bare Electron on the developer's computer.
  if (app.isPackaged) app.setAsDefaultProtocolClient(linkScheme)
  const follow = (link: unknown): void => {
    const target = typeof link === 'string' ? targetOfLink(link) : undefined
    if (target) navigate(target)
    else open()
  }
  app.on('activate', () => open())
  if (first !== undefined) follow(first)
  early.links.followBy(follow)
  early.pauses.followBy((request) => doNotDisturb.request(request))
}
