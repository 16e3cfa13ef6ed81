import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, request } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { signFeed } from '../../src-shared/update/feed-signature.ts'
import type { Certificates } from './certificates.ts'

type Answer = (response: ServerResponse) => void

/** A folder with updates on a real https server of this computer, whose certificate one authority has signed. */
export class UpdateFeed {
  readonly #keys = generateKeyPairSync('ed25519')
  readonly #answers = new Map<string, Answer>()
  readonly #server: ReturnType<typeof createServer>
  /** Paths that were asked for. */
  readonly requests: string[] = []
  /** Headers of the last request. */
  headers: IncomingMessage['headers'] = {}

  private constructor({ keystore }: Certificates) {
    const pem = readFileSync(keystore, 'utf8')
    this.#server = createServer({ key: pem, cert: pem }, ({ url = '', headers }, response) => {
      this.requests.push(url)
      this.headers = headers
      const answer = this.#answers.get(decodeURIComponent(url))
      if (answer) answer(response)
      else response.writeHead(404).end('<html>Not found</html>')
    })
  }

  static async start(certificates: Certificates): Promise<UpdateFeed> {
    const feed = new UpdateFeed(certificates)
    await new Promise<void>((resolve) => feed.#server.listen(0, '127.0.0.1', resolve))
    return feed
  }

  get url(): string {
    return `https://localhost:${(this.#server.address() as AddressInfo).port}/remo/`
  }

  /** The public key, as base64 of 32 bytes. */
  get key(): string {
    return this.#keys.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')
  }

  signatureOf(bytes: Uint8Array): string {
    return signFeed(bytes, (message) => sign(null, message, this.#keys.privateKey).toString('base64'))
  }

  /** Answers for one file of the folder. */
  answer(name: string, answer: Answer): void {
    this.#answers.set(`/remo/${name}`, answer)
  }

  put(name: string, content: Uint8Array | string): void {
    this.answer(name, (response) => response.end(content))
  }

  remove(name: string): void {
    this.#answers.delete(`/remo/${name}`)
  }

  /** Publishes one package with its manifest and signature. @returns the manifest */
  publish(version: string, content: Uint8Array, { name = `remo_${version}_amd64.deb`, notes = '- new' } = {}): string {
    const sha512 = createHash('sha512').update(content).digest('base64')
    const manifest = `version: ${version}
files:
  - url: ${name}
    sha512: ${sha512}
    size: ${content.byteLength}
path: ${name}
sha512: ${sha512}
releaseDate: '2026-12-01T10:00:00.000Z'
releaseNotes: |
  ${notes.replaceAll('\n', '\n  ')}
`
    this.put(name, content)
    this.putSigned(manifest)
    return manifest
  }

  putSigned(manifest: string): void {
    this.put('latest-linux.yml', manifest)
    this.put('latest-linux.yml.sig', this.signatureOf(Buffer.from(manifest)))
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }
}

/** `fetch` that trusts one authority, and handles redirects as Electron's does. */
export function fetchTrusting(ca: string) {
  const authority = readFileSync(ca)
  return (url: string, { signal, headers }: RequestInit): Promise<Response> =>
    new Promise((resolve, reject) => {
      const sent = request(
        url,
        { ca: authority, headers: Object.fromEntries(new Headers(headers)), ...(signal ? { signal } : {}) },
        (response) => {
          const { statusCode: status = 0 } = response
          if (status >= 300 && status < 400) return reject(new TypeError('redirect mode is "error"'))
          resolve(new Response(Readable.toWeb(response) as ReadableStream, { status }))
        },
      )
      sent.on('error', reject).end()
    })
}
