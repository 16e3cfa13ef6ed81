import { mkdir } from 'node:fs/promises'
import { AppImageUpdater, CancellationToken, DebUpdater, MacUpdater, NsisUpdater, RpmUpdater } from 'electron-updater'
import type { AppUpdater } from 'electron-updater'
import { DownloadedUpdateHelper } from 'electron-updater/out/DownloadedUpdateHelper.js'
import type { Log } from '#shared/log.ts'
import { isUpdate } from '#shared/update/update-version.ts'
import type { ManifestFile, PackageKind } from '#shared/update/update-manifest.ts'
import type { UpdateOffer } from '#shared/update/updates-view.ts'
import type { Fetch } from '../backend/rest/rest-client.ts'
import { PackageDownload } from './package-download.ts'
import { SignedFeed } from './signed-feed.ts'
import { SignedFeedProvider } from './signed-feed-provider.ts'
import type { SignedFeedOptions } from './signed-feed-provider.ts'
import { UpdateFailure } from './update-failure.ts'

export interface UpdaterEngineDeps {
  readonly type: PackageKind
  /** `process.arch` */
  readonly arch: string
  readonly manifestName: string
  /** Folder of the feed, and the key of `readFeedKey`. */
  readonly feed: { readonly url: string; readonly key: string }
  /** Version that runs. */
  readonly installed: string
  /** Folder for downloads: of this instance alone, so that two of them never write the same file. */
  readonly cacheDir: string
  /** `resources/app-update.yml`, which has the publisher of a signed installer for Windows. */
  readonly configPath: string
  readonly fetch: Fetch
  readonly limits?: { readonly answerMs: number; readonly silenceMs: number }
  readonly log: Log
}

const usualLimits = { answerMs: 15_000, silenceMs: 30_000 }
const updaters = { deb: DebUpdater, rpm: RpmUpdater, appimage: AppImageUpdater, nsis: NsisUpdater, mac: MacUpdater }

/** Parts of electron-updater beyond its public API, as version 6.8.10 has them. Look here first after an upgrade. */
interface UpdaterInternals {
  httpExecutor: PackageDownload
  downloadedUpdateHelper: DownloadedUpdateHelper
  /** Of gradual releases. Without this, the library writes a random id of this installation into a file. */
  stagingUserIdPromise: { readonly value: Promise<string> }
}

/** electron-updater for one feed: it finds, downloads and checks. It installs only on Windows and macOS. */
export class UpdaterEngine {
  readonly #deps: UpdaterEngineDeps
  readonly #updater: AppUpdater
  #file: ManifestFile | undefined
  #download: CancellationToken | undefined

  constructor(deps: UpdaterEngineDeps) {
    const { feed, type, arch, manifestName, fetch, limits = usualLimits } = deps
    this.#deps = deps
    const updater: AppUpdater = new updaters[type](undefined, adapterOf(deps))
    updater.logger = loggerOf(deps.log)
    updater.autoDownload = false
    updater.autoInstallOnAppQuit = false
    updater.allowDowngrade = false
    // A difference would be built of files that nobody signed, and saves little: a package is compressed as a whole.
    updater.disableDifferentialDownload = true
    updater.disableWebInstaller = true
    const expected = (): ManifestFile => {
      if (!this.#file) throw new UpdateFailure('There is nothing to download.')
      return this.#file
    }
    const internals: UpdaterInternals = {
      httpExecutor: new PackageDownload({ fetch, silenceMs: limits.silenceMs, expected }),
      downloadedUpdateHelper: new DownloadedUpdateHelper(deps.cacheDir),
      stagingUserIdPromise: { value: Promise.resolve('') },
    }
    Object.assign(updater, internals)
    const signed = new SignedFeed({ ...feed, type, arch, manifestName, fetch, limitMs: limits.answerMs })
    const options: SignedFeedOptions = { provider: 'custom', updateProvider: SignedFeedProvider, feed: signed }
    updater.setFeedURL(options)
    this.#updater = updater
  }

  /** What the feed offers, if it is an update. @throws UpdateFailure */
  async check(): Promise<UpdateOffer | undefined> {
    const result = await this.#updater.checkForUpdates()
    if (!result?.isUpdateAvailable) return undefined
    const { version, files, releaseNotes } = result.updateInfo
    if (!isUpdate(version, this.#deps.installed)) return undefined
    const [file] = files
    this.#file = file as ManifestFile // the provider has made it of one
    return { version, notes: typeof releaseNotes === 'string' ? releaseNotes : '', size: this.#file.size }
  }

  /**
   * Downloads what the last check found, and checks it.
   * @param onProgress bytes so far
   * @returns path of the file; `undefined` if it was canceled
   * @throws UpdateFailure
   */
  async download(onProgress: (received: number) => void): Promise<string | undefined> {
    const token = (this.#download = new CancellationToken())
    const listener = ({ transferred }: { readonly transferred: number }): void => onProgress(transferred)
    this.#updater.on('download-progress', listener)
    try {
      await mkdir(this.#deps.cacheDir, { recursive: true, mode: 0o700 })
      const [file] = await this.#updater.downloadUpdate(token)
      if (file === undefined) throw new UpdateFailure('The download has no file.')
      return file
    } catch (cause) {
      if (token.cancelled) return undefined
      if (cause instanceof UpdateFailure) throw cause
      throw new UpdateFailure(`The download failed: ${(cause as Error).message}`, { cause })
    } finally {
      this.#updater.off('download-progress', listener)
    }
  }

  cancel(): void {
    this.#download?.cancel()
  }

  /** SHA-512 of the offered file, base64. */
  get sha512(): string | undefined {
    return this.#file?.sha512
  }

  /** Windows and macOS: starts the installer of the system as the last step of this process. */
  installAtEnd(restart: boolean): void {
    this.#updater.quitAndInstall(true, restart)
  }
}

/** The library never quits ReMo, and never hears that it quits: ReMo has its own order. */
function adapterOf({
  installed,
  cacheDir,
  configPath,
}: UpdaterEngineDeps): ConstructorParameters<typeof DebUpdater>[1] {
  return {
    version: installed,
    name: 'ReMo',
    isPackaged: true,
    appUpdateConfigPath: configPath,
    userDataPath: cacheDir,
    baseCachePath: cacheDir,
    whenReady: () => Promise.resolve(),
    relaunch: () => undefined,
    quit: () => undefined,
    onQuit: () => undefined,
  }
}

/** Its messages are details: each failure has a line of ReMo itself. */
function loggerOf(log: Log): NonNullable<AppUpdater['logger']> {
  const debug = (message: unknown): void => log.debug('updater', { message: String(message) })
  return { info: debug, warn: debug, error: debug, debug }
}
