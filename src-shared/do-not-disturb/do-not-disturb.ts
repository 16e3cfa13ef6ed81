import { z } from 'zod'
import { dayMs, hourMs, minuteMs } from '../format/time-units.ts'
import { nextTimeOfDay } from '../format/zone-time.ts'
import type { ZoneOffset } from '../format/zone-time.ts'
import { quietUntil } from './quiet-hours.ts'
import type { QuietSchedule } from './quiet-hours.ts'

/** How long to hold notifications back. Each has an end. `morning`: until the next 08:00. */
export const PauseChoice = z.enum(['15m', '1h', '4h', 'morning'])
export type PauseChoice = z.infer<typeof PauseChoice>
export const pauseChoices = PauseChoice.options

/** What the command line and a second start can ask for. */
export const PauseRequest = z.enum([...pauseChoices, 'off'])
export type PauseRequest = z.infer<typeof PauseRequest>

/** What a person can ask for. `extend`: 15 minutes more. `off`: the pause and the quiet hours of now end. */
export const DoNotDisturbRequest = z.enum([...pauseChoices, 'extend', 'off'])
export type DoNotDisturbRequest = z.infer<typeof DoNotDisturbRequest>

/** A pause that a person began. Epoch ms. */
const Pause = z.object({ from: z.number(), until: z.number(), choice: PauseChoice.optional() })

/** What outlives a restart. A value that cannot be used counts as missing. */
export const DoNotDisturbState = z.object({
  pause: Pause.optional().catch(undefined),
  /** Quiet hours up to this time were ended by a person. */
  skipQuietUntil: z.number().optional().catch(undefined),
  /** Since when notifications are held back. It stays until their digest was shown. */
  heldSince: z.number().optional().catch(undefined),
})
export type DoNotDisturbState = z.infer<typeof DoNotDisturbState>

/** Do not disturb at a time: `undefined` while it is off. Epoch ms. */
export interface ActivePause {
  readonly until: number
  readonly cause: 'pause' | 'quiet-hours'
  /** The choice that is in force to its end; none after an extension, or if quiet hours follow. */
  readonly choice?: PauseChoice
}

const morningMinute = 8 * 60
const lengths: Readonly<Record<Exclude<PauseChoice, 'morning'>, number>> = {
  '15m': 15 * minuteMs,
  '1h': hourMs,
  '4h': 4 * hourMs,
}
const extensionMs = 15 * minuteMs
/** However often a pause is extended, it ends within this time. */
const longestMs = dayMs

/** End of a choice that is made now. `offsetAt`: of the zone in which ReMo writes times. */
export function choiceEnd(choice: PauseChoice, now: number, offsetAt: ZoneOffset): number {
  return choice === 'morning' ? nextTimeOfDay(morningMinute, now, offsetAt) : now + lengths[choice]
}

/** What is in force now. A pause and quiet hours that touch are one, with one end. */
export function activePause(state: DoNotDisturbState, schedule: QuietSchedule, now: number): ActivePause | undefined {
  const pauseEnd = state.pause?.until ?? -Infinity
  let until = Math.max(now, pauseEnd)
  const isPaused = pauseEnd > now
  // Quiet hours may follow the pause. What follows them begins a week later at most.
  until = quietEndAt(state, schedule, until) ?? until
  if (until <= now) return undefined
  const choice = isPaused && until === pauseEnd ? state.pause?.choice : undefined
  return { until, cause: isPaused ? 'pause' : 'quiet-hours', ...(choice === undefined ? {} : { choice }) }
}

function quietEndAt(state: DoNotDisturbState, schedule: QuietSchedule, at: number): number | undefined {
  if (at < (state.skipQuietUntil ?? -Infinity)) return undefined
  return quietUntil(schedule, at)
}

/** A new choice replaces the one before. */
export function withChoice(
  state: DoNotDisturbState,
  choice: PauseChoice,
  { now, offsetAt }: { readonly now: number; readonly offsetAt: ZoneOffset },
): DoNotDisturbState {
  return { ...state, pause: { from: now, until: choiceEnd(choice, now, offsetAt), choice } }
}

/** Whether the end can be moved: no pause is longer than a day from now. */
export function canExtend(active: ActivePause, now: number): boolean {
  return active.until + extensionMs <= now + longestMs
}

/** The end is 15 minutes later. */
export function extended(state: DoNotDisturbState, active: ActivePause, now: number): DoNotDisturbState {
  if (!canExtend(active, now)) return state
  return { ...state, pause: { from: state.pause?.from ?? now, until: active.until + extensionMs } }
}

/** Ends the pause, and the quiet hours of now. The next quiet hours begin as usual. */
export function ended(state: DoNotDisturbState, schedule: QuietSchedule, now: number): DoNotDisturbState {
  const { pause: _, skipQuietUntil: __, ...rest } = state
  const quietEnd = quietUntil(schedule, now)
  return quietEnd === undefined ? rest : { ...rest, skipQuietUntil: quietEnd }
}

/** After the clock was set back, a pause keeps its length, so that it ends when the person expects it. */
export function afterClock(state: DoNotDisturbState, now: number): DoNotDisturbState {
  const { pause } = state
  if (pause === undefined || now >= pause.from) return state
  return { ...state, pause: { ...pause, from: now, until: now + (pause.until - pause.from) } }
}

/** Do not disturb, as it decides about a notification. `until` in epoch ms; `undefined`: off. */
export interface DoNotDisturb {
  readonly until: number | undefined
  readonly criticalBreaksThrough: boolean
}
export const disturbanceAllowed: DoNotDisturb = { until: undefined, criticalBreaksThrough: true }

/**
 * What a notification is about. `alert`: one or more alerts of this severity. `blind`: monitoring is blind. `digest`:
 * what happened meanwhile. `information`: anything else, such as that monitoring is restored.
 */
export type NotificationTopic =
  | { readonly kind: 'alert'; readonly severity: 'critical' | 'warning' }
  | { readonly kind: 'blind' | 'digest' | 'information' }

/**
 * Whether do not disturb holds a notification back. Critical alerts and blindness break through, if the setting allows
 * it. The one place that decides this.
 */
export function isHeldBack(topic: NotificationTopic, doNotDisturb: DoNotDisturb, now: number): boolean {
  const { until, criticalBreaksThrough } = doNotDisturb
  if (until === undefined || now >= until) return false
  return !(criticalBreaksThrough && isCritical(topic))
}

function isCritical(topic: NotificationTopic): boolean {
  return topic.kind === 'blind' || (topic.kind === 'alert' && topic.severity === 'critical')
}
