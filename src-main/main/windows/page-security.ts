import type { App, Session, Shell, WebContents, WebPreferences } from 'electron'
import type { Log } from '#shared/log.ts'

/**
 * Scheme, host and port of an address. `URL.origin` is 'null' for schemes that the URL standard does not know, such
 * as `app:`, so it is put together here; a `URL` parse comes first, so look-alikes of a prefix do not pass.
 */
export function originOf(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined
  const { protocol, host } = new URL(address)
  return `${protocol}//${host}`
}

/** What a frame is, as far as trust goes. `WebFrameMain` of Electron is one. */
interface WebFrame {
  readonly url: string
  readonly parent: object | null
}

/** Whether a call comes from the top frame of our own page. A frame that is gone, or is inside another, is not ours. */
export function isTrustedFrame(frame: WebFrame | null, origins: readonly string[]): boolean {
  if (frame === null || frame.parent !== null) return false
  const origin = originOf(frame.url)
  return origin !== undefined && origins.includes(origin)
}

/** What the page may do: be a web page. Said in full, though most are Electron's defaults: a default can change. */
export function pageOptions(preload: string): WebPreferences {
  return {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
  }
}

/** Documentation that the window may send an operator to. Addresses can come from alert data: nothing else opens. */
const trustedHosts = new Set(['kafka.apache.org', 'prometheus.io', 'www.electronjs.org'])

/** The address to hand to the system's browser, or `undefined` where it must not be opened. */
export function externalLink(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  const plain = url.protocol === 'https:' && url.port === '' && url.username === '' && url.password === ''
  return plain && trustedHosts.has(url.hostname) ? url.href : undefined
}

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

interface HardenDeps {
  readonly app: App
  readonly shell: Pick<Shell, 'openExternal'>
  /** Of our own page. */
  readonly origins: readonly string[]
  readonly log: Log
}

/** Every page that is ever made stays on our own origin, opens no windows and embeds no other pages. */
export function hardenContents({ app, shell, origins, log }: HardenDeps): void {
  app.on('web-contents-created', (_event, contents) => {
    const refuseForeign = (event: { preventDefault: () => void }, url: string): void => {
      if (origins.includes(originOf(url) ?? '')) return
      event.preventDefault()
      log.warn('navigation refused', { url: url.slice(0, 200) })
    }
    contents.on('will-navigate', (details) => refuseForeign(details, details.url))
    contents.on('will-redirect', (details) => refuseForeign(details, details.url))
    contents.on('will-frame-navigate', (details) => refuseForeign(details, details.url))
    contents.on('will-attach-webview', (event) => event.preventDefault())
    denyWindows(contents, shell, log)
  })
}

function denyWindows(contents: WebContents, shell: HardenDeps['shell'], log: Log): void {
  contents.setWindowOpenHandler(({ url }) => {
    const link = externalLink(url)
    if (link === undefined) log.warn('window refused', { url: url.slice(0, 200) })
    else void shell.openExternal(link).catch((cause: unknown) => log.warn('browser did not open', { cause }))
    return { action: 'deny' }
  })
}
