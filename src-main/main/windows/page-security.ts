import type { WebPreferences } from 'electron'

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
