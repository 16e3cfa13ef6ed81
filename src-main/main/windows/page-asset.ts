import { extname, join, resolve, sep } from 'node:path'

/** A file of the built window. `type` is its media type. */
export interface PageAsset {
  readonly path: string
  readonly type: string
}

/** File types of the built window. Other types are not served. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
}

/**
 * The file of an `app:` address, or `undefined` if it is not below `root`. The path is decoded before the check, so an
 * encoded `..` does not pass.
 */
export function pageAsset(root: string, address: string): PageAsset | undefined {
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  if (url.protocol !== 'app:' || url.host !== 'remo') return undefined
  const name = decoded(url.pathname)
  // On Windows a colon marks a stream or a drive, and a backslash is a separator.
  if (name === undefined || /[\0\\:]/.test(name)) return undefined
  const base = resolve(root)
  const path = join(base, name === '/' ? 'index.html' : name)
  const type = types[extname(path)]
  return path.startsWith(base + sep) && type !== undefined ? { path, type } : undefined
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined // not percent-encoded UTF-8: no file of ours has such a name
  }
}
