import type { App } from 'electron'
import { AlertId } from '#shared/alert/alert.ts'
import type { IpcPushOf } from '#shared/ipc/contract.ts'
import { readInvitation } from '#shared/settings/invitation.ts'
import { linkScheme } from './app-identity.ts'
import { EarlyLinks } from './early-links.ts'

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

interface LinkDeps {
  readonly app: App
  /** Link that the operating system passed to this start as an argument. */
  readonly first: string | undefined
  /** Links that came as events. */
  readonly early: EarlyLinks
  /** Brings the window to the front. */
  readonly open: () => void
  /** The same, and shows this place. */
  readonly navigate: (to: IpcPushOf<'navigate'>) => void
}

/** Collects links from the first moment on: call it before the app is ready. */
export function collectLinks(app: App): EarlyLinks {
  const links = new EarlyLinks()
  app.on('second-instance', (...[, , , data]) => links.receive((data as { link?: unknown } | null)?.link))
  // macOS passes links to the running app instead of starting a second one.
  app.on('open-url', (event, link) => {
    event.preventDefault()
    links.receive(link)
  })
  return links
}

/** Follows `remo://alert/<id>` and `remo://connect?…` links. A second start brings the window of the first one to the front. */
export function acceptDeepLinks({ app, first, early, open, navigate }: LinkDeps): void {
  // An unpackaged app would bind the scheme to a bare Electron on the developer's computer.
  if (app.isPackaged) app.setAsDefaultProtocolClient(linkScheme)
  const follow = (link: unknown): void => {
    const target = typeof link === 'string' ? targetOfLink(link) : undefined
    if (target) navigate(target)
    else open()
  }
  app.on('activate', () => open())
  if (first !== undefined) follow(first)
  early.followBy(follow)
}
