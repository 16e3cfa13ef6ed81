import { app } from 'electron'
import { appOrigin } from './app-protocol.ts'
import { originOf } from './page-security.ts'

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
