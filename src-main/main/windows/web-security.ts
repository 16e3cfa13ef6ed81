import { shell } from 'electron'
import type { App, Session, WebContents } from 'electron'
import type { Log } from '#shared/log.ts'
import { externalLink } from './page-security.ts'
import { originOf } from './page-security.ts'

/** No page may ask for a device, a permission or, where the window comes from our own scheme, the network. */
export function hardenSession(session: Session, fromNetwork: boolean): void {
  session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.setSpellCheckerEnabled(false)
  if (fromNetwork) return
  const network = { urls: ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'ftp://*/*', 'file://*/*'] }
  session.webRequest.onBeforeRequest(network, (_details, decide) => decide({ cancel: true }))
}

/** Every page that is ever made stays on our own origin, opens no windows and embeds no other pages. */
export function hardenContents(app: App, origins: readonly string[], log: Log): void {
  app.on('web-contents-created', (_event, contents) => {
    const stay = (event: { preventDefault: () => void }, url: string): void => {
      if (origins.includes(originOf(url) ?? '')) return
      event.preventDefault()
      log.warn('navigation refused', { url: url.slice(0, 200) })
    }
    contents.on('will-navigate', (details) => stay(details, details.url))
    contents.on('will-redirect', (details) => stay(details, details.url))
    contents.on('will-frame-navigate', (details) => stay(details, details.url))
    contents.on('will-attach-webview', (event) => event.preventDefault())
    denyWindows(contents, log)
  })
}

function denyWindows(contents: WebContents, log: Log): void {
  contents.setWindowOpenHandler(({ url }) => {
    const link = externalLink(url)
    if (link === undefined) log.warn('window refused', { url: url.slice(0, 200) })
    else void shell.openExternal(link).catch((cause: unknown) => log.warn('browser did not open', { cause }))
    return { action: 'deny' }
  })
}
