import { readFile } from 'node:fs/promises'
import { app, protocol } from 'electron'
import { pageAsset } from './page-asset.ts'
import type { PageAsset } from './page-asset.ts'
import { originOf } from './page-security.ts'

/** The window is never loaded from `file:`. This gives it its own origin and headers. */
const appOrigin = 'app://remo'

/**
 * `style-src 'unsafe-inline'` is for style attributes in chart tooltips and positioned popups. A style cannot run code,
 * and `default-src 'none'` prevents fetching.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ')

/** Address of the page, and the trusted origins. In development the page comes from the development server. */
export interface PageAddress {
  readonly page: string
  readonly origins: readonly string[]
  readonly fromNetwork: boolean
}

export function pageAddress(): PageAddress {
  const development = app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL']
  const origin = development === undefined ? undefined : originOf(development)
  if (development === undefined || origin === undefined) {
    return { page: `${appOrigin}/index.html`, origins: [appOrigin], fromNetwork: false }
  }
  return { page: development, origins: [appOrigin, origin], fromNetwork: true }
}

/** Call it before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the files of the built window below `root`, and nothing else. @returns stops serving */
export function serveApp(root: string): () => void {
  protocol.handle('app', async (request) => {
    const asset = request.method === 'GET' ? pageAsset(root, request.url) : undefined
    return asset === undefined ? plain(404) : fileResponse(asset)
  })
  return () => protocol.unhandle('app')
}

async function fileResponse({ path, type }: PageAsset): Promise<Response> {
  try {
    const body = await readFile(path)
    return new Response(new Uint8Array(body), { headers: headers(type) })
  } catch (error) {
    return plain((error as NodeJS.ErrnoException).code === 'ENOENT' ? 404 : 500)
  }
}

function plain(status: number): Response {
  return new Response(null, { status, headers: headers('text/plain; charset=utf-8') })
}

function headers(type: string): Record<string, string> {
  return {
    'content-type': type,
    'content-security-policy': contentSecurityPolicy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
  }
}
