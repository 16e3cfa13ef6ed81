import { extname, join, resolve, sep } from 'node:path'

/** A file of the built window. `type` is its media type. */
export interface PageAsset {
  readonly path: string
  readonly type: string
}

/** All kinds of files that a build of the window has; any other is not served. */
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
 * The file that an `app:` address stands for, or `undefined` when it is not below `root`. The path is decoded once,
 * as a file system would see it, so an encoded `..` is judged as what it is.
 */
export function pageAsset(root: string, address: string): PageAsset | undefined {
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  if (url.protocol !== 'app:' || url.host !== 'remo') return undefined
  const name = decoded(url.pathname)
  // A colon would name a stream or a drive on Windows, a backslash is a separator there.
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
