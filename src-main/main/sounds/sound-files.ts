import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SoundKind } from '#shared/notification/sound-kind.ts'

/** Not the origin of the window: calls of that are refused to this one. */
export const playerOrigin = 'app://player'

const policy = "default-src 'none'; media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
const page = '<!doctype html><meta charset="utf-8" /><title>Sounds of ReMo</title>'

/** What the page that plays sounds gets: itself, the sounds of ReMo, and the own file that was read last. */
export class SoundFiles {
  readonly #folder: string
  #own: Uint8Array<ArrayBuffer> | undefined
  #ownNumber = 0

  /** @param folder with `critical.wav` and the others */
  constructor(folder: string) {
    this.#folder = folder
  }

  urlOf(kind: SoundKind): string {
    return `${playerOrigin}/${kind}.wav`
  }

  /** From now on these bytes are the own file. @returns its address. Its number keeps Chromium from using the one before */
  serveOwn(bytes: Uint8Array<ArrayBuffer>): string {
    this.#own = bytes
    return `${playerOrigin}/own?${++this.#ownNumber}`
  }

  async respond({ method, url, headers }: Pick<Request, 'method' | 'url' | 'headers'>): Promise<Response> {
    const { pathname, host } = new URL(url)
    if (method !== 'GET' || `app://${host}` !== playerOrigin) return answer(404)
    if (pathname === '/player.html') return answer(200, { body: page, type: 'text/html; charset=utf-8' })
    const bytes = await this.#soundAt(pathname)
    return bytes ? part(bytes, headers.get('range')) : answer(404)
  }

  async #soundAt(pathname: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (pathname === '/own') return this.#own
    const kind = SoundKind.options.find((option) => pathname === `/${option}.wav`)
    return kind && new Uint8Array(await readFile(join(this.#folder, `${kind}.wav`)))
  }
}

/** Chromium asks for ranges, so that it can look at the end of a file first. */
function part(bytes: Uint8Array<ArrayBuffer>, range: string | null): Response {
  const type = 'application/octet-stream'
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? []
  if (first === undefined) return answer(200, { body: bytes, type })
  const from = Number(first)
  const to = Math.min(last ? Number(last) : Infinity, bytes.length - 1)
  if (from > to) return answer(416, { range: `bytes */${bytes.length}` })
  return answer(206, { body: bytes.subarray(from, to + 1), type, range: `bytes ${from}-${to}/${bytes.length}` })
}

interface Answer {
  readonly body?: string | Uint8Array<ArrayBuffer>
  readonly type?: string
  readonly range?: string
}

function answer(status: number, { body, type = 'text/plain; charset=utf-8', range }: Answer = {}): Response {
  return new Response(body ?? null, {
    status,
    headers: {
      'content-type': type,
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-store',
      'accept-ranges': 'bytes',
      // Without it, Chromium takes a file for a stream that has no length.
      ...(body === undefined ? {} : { 'content-length': String(body.length) }),
      ...(range === undefined ? {} : { 'content-range': range }),
    },
  })
}
