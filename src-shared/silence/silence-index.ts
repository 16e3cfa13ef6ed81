import type { Alert } from '../alert/alert.ts'
import { aroundWindow } from './around-window.ts'
import { compileMatchers, labelsOf } from './matchers.ts'
import type { Silence } from './silence.ts'

/** Finds the silences of an alert. Built once per change of the silences. */
export interface SilenceIndex {
  /** The silences that match the alert and are active at `now` (epoch ms), the one that ends last first. */
  readonly silencesOf: (alert: Alert, now: number) => readonly Silence[]
  /** Only a firing alert is silenced: one that ended needs no silence. */
  readonly isSilenced: (alert: Alert, now: number) => boolean
  /** The silences that are active at `now`. */
  readonly active: (now: number) => readonly Silence[]
  /** When the next window begins or ends, epoch ms; Infinity: never. */
  readonly unchangedUntil: (now: number) => number
}

export const noSilences: SilenceIndex = silenceIndex([])

export function silenceIndex(silences: readonly Silence[]): SilenceIndex {
  const compiled = silences.map((silence) => ({
    silence,
    matches: compileMatchers(silence.matchers),
    around: aroundWindow(silence),
  }))
  const activeAt = (now: number) => compiled.filter(({ around }) => around(now).isActive)
  const silencesOf = (alert: Alert, now: number): readonly Silence[] => {
    if (alert.phase !== 'firing') return []
    const labels = labelsOf(alert)
    return activeAt(now)
      .filter(({ matches }) => matches(labels))
      .toSorted((a, b) => b.around(now).until - a.around(now).until)
      .map(({ silence }) => silence)
  }
  return {
    silencesOf,
    isSilenced: (alert, now) => {
      if (alert.phase !== 'firing' || compiled.length === 0) return false
      const labels = labelsOf(alert)
      return compiled.some(({ around, matches }) => around(now).isActive && matches(labels))
    },
    active: (now) => activeAt(now).map(({ silence }) => silence),
    unchangedUntil: (now) => compiled.reduce((next, { around }) => Math.min(next, around(now).until), Infinity),
  }
}
