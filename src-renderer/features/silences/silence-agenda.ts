import type { Alert } from '#shared/alert/alert.ts'
import { compileMatchers, labelsOf } from '#shared/silence/matchers.ts'
import { endOf, nextWindow, windowAt, windowsBetween, type SilenceWindow } from '#shared/silence/schedule.ts'
import { endsSoonMs } from '#shared/silence/silence-notices.ts'
import type { Silence } from '#shared/silence/silence.ts'
import { dayMs } from '#shared/format/time-units.ts'

/** A window begins or ends. Times are epoch ms. */
export interface AgendaItem {
  readonly silence: Silence
  readonly kind: 'begins' | 'ends'
  readonly at: number
  readonly window: SilenceWindow
  /** When operators get the notice before the end; absent for a short window. */
  readonly noticeAt?: number
}

/** What happens next to these silences, soonest first. */
export function agendaOf(silences: readonly Silence[], now: number, most: number): readonly AgendaItem[] {
  return silences
    .flatMap((silence): AgendaItem[] => {
      const active = windowAt(silence, now)
      const next = nextWindow(silence, now)
      return [
        ...(active ? [{ silence, kind: 'ends' as const, at: active.until, window: active, ...noticeOf(active) }] : []),
        ...(next ? [{ silence, kind: 'begins' as const, at: next.from, window: next }] : []),
      ]
    })
    .sort((a, b) => a.at - b.at)
    .slice(0, most)
}

function noticeOf({ from, until }: SilenceWindow): { noticeAt?: number } {
  return until - endsSoonMs > from ? { noticeAt: until - endsSoonMs } : {}
}

export interface Hidden {
  readonly alerts: number
  /** Of them, those that still fired at the end. */
  readonly stillFiring: number
}

/** The console keeps resolved alerts this long: before it, nobody knows here. */
const knownMs = 7 * dayMs

/** How many alerts a silence hid in its last window; `undefined` if that is too long ago to know. */
export function hiddenBy(silence: Silence, alerts: readonly Alert[], now: number): Hidden | undefined {
  const end = endOf(silence) ?? now
  if (now - end > knownMs) return undefined
  const window = windowsBetween(silence, end - knownMs, end).at(-1)
  if (!window) return { alerts: 0, stillFiring: 0 }
  const matches = compileMatchers(silence.matchers)
  const hidden = alerts.filter(
    (alert) =>
      alert.openedAt < window.until && (alert.resolvedAt ?? Infinity) > window.from && matches(labelsOf(alert)),
  )
  const stillFiring = hidden.filter(({ resolvedAt = Infinity }) => resolvedAt > window.until)
  return { alerts: hidden.length, stillFiring: stillFiring.length }
}

/** `hid 6 alerts, 1 still fired`, `hid nothing`. */
export function hiddenText({ alerts, stillFiring }: Hidden): string {
  if (alerts === 0) return 'hid nothing'
  const hid = alerts === 1 ? 'hid 1 alert' : `hid ${alerts} alerts`
  return stillFiring === 0 ? hid : `${hid}, ${stillFiring} still fired`
}
