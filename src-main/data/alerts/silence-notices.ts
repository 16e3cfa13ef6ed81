import { aroundWindow } from '#shared/silence/around-window.ts'
import type { SilenceWindow } from '#shared/silence/schedule.ts'
import type { Silence } from '#shared/silence/silence.ts'
import { KnownWindows, type KnownWindow, type SilenceNotice, silenceNotices } from '#shared/silence/silence-notices.ts'
import type { ConsoleStore } from '../../store/console-store.ts'
import type { StorageMonitor } from '../storage-monitor.ts'
import type { Silences } from './silences.ts'

/** Key of the windows that were announced. */
const knownKey = 'silences.known-windows'

export interface SilenceNoticesDeps {
  readonly store: Pick<ConsoleStore, 'meta'>
  readonly storage: Pick<StorageMonitor, 'write'>
  readonly silences: Pick<Silences, 'inEffect'>
  readonly emit: (event: 'silences.due', notices: SilenceNotice[]) => void
}

/** Announces that silences begin and end. What was announced is stored first: a crash in between is silent. */
export class SilenceNotices {
  readonly #deps: SilenceNoticesDeps
  #known: readonly KnownWindow[]

  constructor(deps: SilenceNoticesDeps) {
    this.#deps = deps
    this.#known = storedWindows(deps.store.meta.get(knownKey))
  }

  /** Called once a second. `now`: epoch ms. */
  tick(now: number): void {
    const { store, storage, silences, emit } = this.#deps
    const { notices, known } = silenceNotices(silences.inEffect, this.#known, { now, windowOf })
    if (known !== this.#known) {
      storage.write(() => store.meta.set(knownKey, JSON.stringify(known)))
      this.#known = known
    }
    if (notices.length > 0) emit('silences.due', [...notices])
  }
}

function windowOf(silence: Silence, now: number): SilenceWindow | undefined {
  const { isActive, ...window } = aroundWindow(silence)(now)
  return isActive ? window : undefined
}

function storedWindows(text: string | undefined): readonly KnownWindow[] {
  if (text === undefined) return []
  try {
    const read = KnownWindows.safeParse(JSON.parse(text))
    return read.success ? read.data : []
  } catch {
    return []
  }
}
