import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import type { CancellationToken, ProgressInfo } from 'electron-updater'
import type { ManifestFile } from '#shared/update/update-manifest.ts'
import type { Fetch } from '../backend/rest/rest-client.ts'
import { unreachableSentence } from '../backend/rest/unreachable-sentence.ts'
import { bytesOf, feedRequest, statusSentence } from './limited-get.ts'
import { UpdateFailure } from './update-failure.ts'

export interface PackageDownloadDeps {
  readonly fetch: Fetch
  /** Longest time without a byte, ms. */
  readonly silenceMs: number
  /** The file of the manifest that is to be downloaded. */
  readonly expected: () => ManifestFile
}

/** Options of electron-updater for one download. */
interface DownloadOptions {
  readonly cancellationToken: CancellationToken
  readonly onProgress?: (progress: ProgressInfo) => void
}

/**
 * Downloads packages in place of electron-updater's own executor, which has no time limit under Electron and follows
 * redirects to any address.
 */
export class PackageDownload {
  readonly #deps: PackageDownloadDeps

  constructor(deps: PackageDownloadDeps) {
    this.#deps = deps
  }

  /** The name and form that electron-updater expects. @throws UpdateFailure */
  download(url: URL, destination: string, { cancellationToken, onProgress }: DownloadOptions): Promise<string> {
    return cancellationToken.createPromise<string>((resolve, reject, onCancel) => {
      const canceled = new AbortController()
      onCancel(() => canceled.abort())
      this.#store(url, destination, { canceled, onProgress }).then(
        () => resolve(destination),
        (cause: unknown) => reject(cause instanceof Error ? cause : new Error(String(cause))),
      )
    })
  }

  async #store(
    url: URL,
    destination: string,
    { canceled, onProgress }: { canceled: AbortController; onProgress: DownloadOptions['onProgress'] },
  ): Promise<void> {
    const { fetch, silenceMs } = this.#deps
    const silence = new Silence(silenceMs, canceled)
    try {
      const response = await fetch(url.href, { ...feedRequest, signal: canceled.signal })
      if (!response.ok) throw new UpdateFailure(statusSentence(this.#deps.expected().url, response.status))
      const file = await open(destination, 'w', 0o600)
      try {
        await this.#copy(response, file, (received) => {
          silence.restart()
          onProgress?.(progressOf(received, this.#deps.expected().size))
        })
        await file.sync()
      } finally {
        await file.close()
      }
    } catch (cause) {
      throw silence.isOver
        ? new UpdateFailure(`The feed has sent nothing for ${silenceMs / 1000} s.`)
        : failureOf(cause)
    } finally {
      silence.end()
    }
  }

  async #copy(response: Response, file: FileHandle, onPart: (received: number) => void): Promise<void> {
    const { url: name, size, sha512 } = this.#deps.expected()
    const hash = createHash('sha512')
    let received = 0
    for await (const part of bytesOf(response)) {
      received += part.byteLength
      if (received > size) throw new UpdateFailure(`${name} is larger than the manifest says. It was deleted.`)
      hash.update(part)
      await file.write(part)
      onPart(received)
    }
    if (received < size) throw new UpdateFailure(`${name} ended before its last byte. Download it again.`)
    if (hash.digest('base64') !== sha512) {
      throw new UpdateFailure(
        `${name} is not the file that was signed. It was deleted. Tell the administrator of the feed.`,
      )
    }
  }
}

/** Ends a download that receives nothing for too long. */
class Silence {
  isOver = false
  readonly #timer: NodeJS.Timeout

  constructor(limitMs: number, request: AbortController) {
    this.#timer = setTimeout(() => {
      this.isOver = true
      request.abort()
    }, limitMs)
  }

  restart(): void {
    this.#timer.refresh()
  }

  end(): void {
    clearTimeout(this.#timer)
  }
}

function failureOf(cause: unknown): UpdateFailure {
  if (cause instanceof UpdateFailure) return cause
  const { code = '', message = String(cause) } = (cause ?? {}) as NodeJS.ErrnoException
  if (code === 'ENOSPC')
    return new UpdateFailure('The disk is full. Free some space, and download it again.', { cause })
  if (/^E(ACCES|PERM|ROFS|IO|DQUOT)$/.test(code)) {
    return new UpdateFailure(`ReMo cannot write the download (${message}).`, { cause })
  }
  return new UpdateFailure(`The download failed. ${unreachableSentence(cause, 0)} Download it again.`, { cause })
}

function progressOf(transferred: number, total: number): ProgressInfo {
  return { transferred, total, delta: 0, percent: (100 * transferred) / total, bytesPerSecond: 0 }
}
