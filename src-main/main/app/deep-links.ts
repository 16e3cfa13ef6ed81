import type { App } from 'electron'
import { AlertId } from '#shared/alert/alert.ts'

/** `remo://alert/<id>` → the alert; anything else → `undefined`. Links come from outside: nothing else is believed. */
export function alertIdOfLink(link: string): string | undefined {
  const match = /^remo:\/\/alert\/([0-9a-f-]{36})\/?$/i.exec(link)
  const id = AlertId.safeParse(match?.[1]?.toLowerCase())
  return id.success ? id.data : undefined
}

interface LinkDeps {
  readonly app: App
  /** The link that this start came with. */
  readonly first: string | undefined
  /** Brings the window to the front, on an alert if one is named. */
  readonly open: (alertId?: string) => void
}

/** `remo://alert/<id>` from the desktop, and second starts: the first one comes to the front. */
export function acceptDeepLinks({ app, first, open }: LinkDeps): void {
  // Unpackaged, the scheme would be bound to a bare Electron on the developer's machine.
  if (app.isPackaged) app.setAsDefaultProtocolClient('remo')
  const follow = (link: unknown): void => open(typeof link === 'string' ? alertIdOfLink(link) : undefined)
  app.on('second-instance', (...[, , , data]) => follow((data as { link?: unknown } | null)?.link))
  // macOS hands links to the running app instead of starting a second one.
  app.on('open-url', (event, link) => {
    event.preventDefault()
    follow(link)
  })
  app.on('activate', () => open())
  if (first !== undefined) follow(first)
}
