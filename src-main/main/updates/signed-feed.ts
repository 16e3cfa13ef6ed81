import { createPublicKey, verify } from 'node:crypto'
import { checkFeedSignature, signatureNameOf } from '#shared/update/feed-signature.ts'
import type { FeedCrypto } from '#shared/update/feed-signature.ts'
import { manifestLimit, packageOf, signatureLimit, UpdateManifest } from '#shared/update/update-manifest.ts'
import type { PackageKind, PackageOnOffer } from '#shared/update/update-manifest.ts'
import { parse } from 'yaml'
import type { Fetch } from '../backend/rest/rest-client.ts'
import { limitedGet } from './limited-get.ts'
import { UpdateFailure } from './update-failure.ts'

export interface SignedFeedDeps {
  /** Folder, with a slash at the end. */
  readonly url: string
  /** From `readFeedKey`. */
  readonly key: string
  /** Name of the manifest for this computer. */
  readonly manifestName: string
  readonly type: PackageKind
  readonly arch: string
  readonly fetch: Fetch
  /** For each of the two small files, ms. */
  readonly limitMs: number
}

const feedCrypto: FeedCrypto = {
  verify: (message, { signature, key }) => {
    const publicKey = createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' })
    return verify(null, message, publicKey, Buffer.from(signature, 'base64'))
  },
}

/** The folder of an organisation. Nothing of its manifest is read before its signature was checked. */
export class SignedFeed {
  readonly #deps: SignedFeedDeps

  constructor(deps: SignedFeedDeps) {
    this.#deps = deps
  }

  /** Address of a file in the folder. */
  addressOf(name: string): URL {
    return new URL(encodeURIComponent(name), this.#deps.url)
  }

  /**
   * What the feed has for this computer now.
   * @throws UpdateFailure if it cannot be read, is not signed, or has nothing for this computer
   */
  async read(): Promise<PackageOnOffer> {
    const { manifestName, type, arch, key } = this.#deps
    const signatureName = signatureNameOf(manifestName)
    // One after the other: a feed that lacks its manifest should not be blamed for its signature.
    const manifest = await this.#get(manifestName, manifestLimit)
    const signature = Buffer.from(await this.#get(signatureName, signatureLimit)).toString('latin1')
    const verdict = checkFeedSignature({ manifest, signature, key }, feedCrypto)
    if (verdict === 'malformed')
      throw new UpdateFailure(`${signatureName} of the feed is no signature. Nothing was read.`)
    if (verdict === 'wrong') {
      const sentence = `${manifestName} of the feed is not signed by the key in your settings, or it was changed.`
      throw new UpdateFailure(`${sentence} Nothing was read. Tell the administrator of the feed.`)
    }
    const offer = packageOf(readManifest(manifest, manifestName), type, arch)
    if (!offer) throw new UpdateFailure(`The feed has no package for this computer (${type}, ${arch}).`)
    return offer
  }

  #get(name: string, mostBytes: number): Promise<Uint8Array> {
    const { fetch, limitMs } = this.#deps
    return limitedGet(fetch, this.addressOf(name), { limitMs, mostBytes })
  }
}

function readManifest(bytes: Uint8Array, name: string): UpdateManifest {
  try {
    const value: unknown = parse(Buffer.from(bytes).toString('utf8'), { logLevel: 'silent' })
    return UpdateManifest.parse(value)
  } catch (cause) {
    throw new UpdateFailure(`This ReMo does not understand ${name} of the feed. Update it by hand.`, { cause })
  }
}
