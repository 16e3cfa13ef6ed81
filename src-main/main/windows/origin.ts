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
export interface WebFrame {
  readonly url: string
  readonly parent: object | null
}

/** Whether a call comes from the top frame of our own page. A frame that is gone, or is inside another, is not ours. */
export function isTrustedFrame(frame: WebFrame | null, origins: readonly string[]): boolean {
  if (frame === null || frame.parent !== null) return false
  const origin = originOf(frame.url)
  return origin !== undefined && origins.includes(origin)
}
