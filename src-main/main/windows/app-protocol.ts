import { readFile } from 'node:fs/promises'
import { app, protocol } from 'electron'
import { pageAsset } from './page-asset.ts'
import type { PageAsset } from './page-asset.ts'
import { originOf } from './page-security.ts'

/** The window is served from here, never from `file:`: an origin of its own, with headers of its own. */
const appOrigin = 'app://remo'

/**
 * `style-src 'unsafe-inline'` is for style attributes in the markup of chart tooltips and of positioned popups;
 * a style can not run code, and with `default-src 'none'` it can not fetch anything either.
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

/** The address of the page, and the origins that count as ours. The development server only while developing. */
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

/** Must run before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the files of the built window below `root`, and nothing else. */
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
