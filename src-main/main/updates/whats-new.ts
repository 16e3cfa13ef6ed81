import { z } from 'zod'
import type { Log } from '#shared/log.ts'
import { changelogSection } from '#shared/update/release-notes.ts'
import { isUpdate } from '#shared/update/update-version.ts'
import type { WhatsNew } from '#shared/update/updates-view.ts'
import { StateFile } from '../app/state-file.ts'

const Versions = z.object({
  /** Version of the last run. */
  last: z.string().optional(),
  /** Newest version whose notes the operator has seen, or needs not to see. */
  seen: z.string().optional(),
})
type Versions = z.infer<typeof Versions>

export interface VersionHistoryDeps {
  readonly path: string
  /** Version that runs. */
  readonly version: string
  /** CHANGELOG.md of this version. */
  readonly changelog: string
  /** ReMo ran here before this file existed: up to 0.1.0. */
  readonly ranBefore: boolean
  readonly log: Log
}

/** Which versions ran here, to show once what is new in this one. A new user is told nothing: all is new. */
export class VersionHistory {
  readonly #deps: VersionHistoryDeps
  readonly #file: StateFile<Versions>
  /** Another version ran before this one. */
  readonly isChanged: boolean

  constructor(deps: VersionHistoryDeps) {
    const { path, version, ranBefore, log } = deps
    this.#deps = deps
    this.#file = new StateFile(path, Versions, log)
    const { last } = this.#file.value
    this.isChanged = last === undefined ? ranBefore : last !== version
    if (last === undefined && !ranBefore) this.#file.update({ seen: version })
    if (last !== version) this.#file.update({ last: version })
  }

  get whatsNew(): WhatsNew {
    const { version, changelog } = this.#deps
    const { seen } = this.#file.value
    const notes = changelogSection(changelog, version)
    return { version, notes, isUnseen: notes !== '' && (seen === undefined || isUpdate(version, seen)) }
  }

  /** The operator has seen the notes of this version. */
  see(): void {
    this.#file.update({ seen: this.#deps.version })
  }

  flush(): Promise<void> {
    return this.#file.flush()
  }
}
