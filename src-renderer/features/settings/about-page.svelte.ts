import type { About, LicenseText } from '#shared/ipc/app-views.ts'
import type { Bridge } from '../../bridge/bridge.ts'
import { retryUntilOk } from '../../live/retry-until-ok.ts'

/** One library in the list. */
export type Library = About['licenses'][number]

/** The license text that is open. Neither reply nor problem: it is being read. */
export interface ShownLicense {
  readonly library: Library
  readonly reply?: LicenseText
  readonly problem?: string
}

/** Versions and libraries of this ReMo, and the text for a report. */
export class AboutPage {
  readonly #bridge: Bridge
  readonly #copy: (text: string) => boolean
  /** `undefined` until the first reply. */
  about = $state.raw<About>()
  /** Result of copying or opening, one sentence. */
  result = $state.raw<{ readonly ok: boolean; readonly text: string }>()

  license = $state.raw<ShownLicense>()

  /** @param copy puts a text into the clipboard; false if that was refused */
  constructor(bridge: Bridge, copy: (text: string) => boolean) {
    this.#bridge = bridge
    this.#copy = copy
  }

  /** @returns stops asking */
  follow(): () => void {
    return retryUntilOk(
      () => this.#bridge['app.about']({}),
      (about) => (this.about = about),
    )
  }

  /** The state in the text is that of now. */
  readonly copyReport = async (): Promise<void> => {
    const reply = await this.#bridge['app.about']({})
    if (reply.ok) {
      this.about = reply.value
      this.result = this.#copy(reply.value.report)
        ? { ok: true, text: 'Copied. It has no secrets and no names of nodes.' }
        : { ok: false, text: 'Not copied: the system refused it. The diagnostics bundle has the same text.' }
    } else this.result = { ok: false, text: `Not copied. ${reply.error.message}` }
  }

  /** A reply to a library that is no longer the open one is dropped. */
  readonly showLicense = async (library: Library): Promise<void> => {
    const { name, version } = library
    const shown: ShownLicense = { library }
    this.license = shown
    const reply = await this.#bridge['app.licenseText']({ name, version })
    if (this.license !== shown) return
    this.license = reply.ok ? { library, reply: reply.value } : { library, problem: reply.error.message }
  }

  readonly hideLicense = (): void => {
    this.license = undefined
  }

  readonly openFolder = async (folder: 'data' | 'logs'): Promise<void> => {
    const reply = await this.#bridge['app.openFolder']({ folder })
    this.result = reply.ok ? undefined : { ok: false, text: reply.error.message }
  }
}
