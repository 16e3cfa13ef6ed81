import { Provider } from 'electron-updater'
import type { ResolvedUpdateFileInfo, UpdateInfo } from 'electron-updater'
import type { ProviderRuntimeOptions } from 'electron-updater/out/providers/Provider.js'
import type { PackageOnOffer } from '#shared/update/update-manifest.ts'
import type { SignedFeed } from './signed-feed.ts'

/** What `setFeedURL` passes on to the provider. */
export interface SignedFeedOptions {
  readonly provider: 'custom'
  readonly updateProvider: typeof SignedFeedProvider
  readonly feed: SignedFeed
}

/** Lets electron-updater read a signed feed, and nothing else: each way to a request of its own is replaced. */
export class SignedFeedProvider extends Provider<UpdateInfo> {
  readonly #feed: SignedFeed

  constructor({ feed }: SignedFeedOptions, _updater: unknown, runtime: ProviderRuntimeOptions) {
    super(runtime)
    this.#feed = feed
  }

  /** No header of the library, which would name this installation. */
  override setRequestHeaders(): void {
    super.setRequestHeaders(null)
  }

  async getLatestVersion(): Promise<UpdateInfo> {
    return updateInfoOf(await this.#feed.read())
  }

  resolveFiles({ files }: UpdateInfo): ResolvedUpdateFileInfo[] {
    return files.map((info) => ({ url: this.#feed.addressOf(info.url), info }))
  }
}

/** With the one file that is for this computer. */
function updateInfoOf({ version, notes, file }: PackageOnOffer): UpdateInfo {
  const { url, sha512 } = file
  return { version, files: [file], path: url, sha512, releaseDate: '', releaseNotes: notes }
}
