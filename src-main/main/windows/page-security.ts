import type { App, Session, Shell, WebContents, WebPreferences } from 'electron'
import type { Log } from '#shared/log.ts'

/**
 * Scheme, host and port of an address. `URL.origin` is 'null' for schemes outside the URL standard, such as `app:`.
 * Because the address is parsed, a host that only begins like the trusted one does not pass.
 */
export function originOf(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined
  const { protocol, host } = new URL(address)
  return `${protocol}//${host}`
}

/** The part of Electron's `WebFrameMain` that trust depends on. */
interface WebFrame {
  readonly url: string
  readonly parent: object | null
}

/** Whether a call comes from the top frame of ReMo's page. Removed (`null`) and nested frames are not trusted. */
export function isTrustedFrame(frame: WebFrame | null, origins: readonly string[]): boolean {
  if (frame === null || frame.parent !== null) return false
  const origin = originOf(frame.url)
  return origin !== undefined && origins.includes(origin)
}

/** Options of the sandboxed page. Explicit even if they are Electron's defaults: a default can change. */
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

/** Documentation sites that links may open. Addresses can come from alert data, so no other host is allowed. */
const trustedHosts = new Set(['kafka.apache.org', 'prometheus.io', 'www.electronjs.org'])

/** The address to open in the system's browser, or `undefined` if it is not allowed. */
export function externalLink(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  const plain = url.protocol === 'https:' && url.port === '' && url.username === '' && url.password === ''
  return plain && trustedHosts.has(url.hostname) ? url.href : undefined
}

/** Denies devices, permissions and, unless the page comes from the development server, the network. */
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
  /** Origins of ReMo's page. */
  readonly origins: readonly string[]
  readonly log: Log
}

/** Keeps every page on the trusted origins. Pages open no windows and embed no other pages. */
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
