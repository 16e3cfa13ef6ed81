import type { App } from 'electron'
import { AlertId } from '#shared/alert/alert.ts'

/** `remo://alert/<id>` → the id; anything else → `undefined`. Any program can pass a link, so it is not trusted. */
export function alertIdOfLink(link: string): string | undefined {
  const match = /^remo:\/\/alert\/([0-9a-f-]{36})\/?$/i.exec(link)
  const id = AlertId.safeParse(match?.[1]?.toLowerCase())
  return id.success ? id.data : undefined
}

interface LinkDeps {
  readonly app: App
  /** Link that the operating system passed to this start. */
  readonly first: string | undefined
  /** Brings the window to the front and shows the alert, if given. */
  readonly open: (alertId?: string) => void
}

/** Follows `remo://alert/<id>` links. A second start brings the window of the first one to the front. */
export function acceptDeepLinks({ app, first, open }: LinkDeps): void {
  // An unpackaged app would bind the scheme to a bare Electron on the developer's computer.
  if (app.isPackaged) app.setAsDefaultProtocolClient('remo')
  const follow = (link: unknown): void => open(typeof link === 'string' ? alertIdOfLink(link) : undefined)
  app.on('second-instance', (...[, , , data]) => follow((data as { link?: unknown } | null)?.link))
  // macOS passes links to the running app instead of starting a second one.
  app.on('open-url', (event, link) => {
    event.preventDefault()
    follow(link)
  })
  app.on('activate', () => open())
  if (first !== undefined) follow(first)
}
