import { pauseChoices, type PauseChoice } from '#shared/do-not-disturb/do-not-disturb.ts'
import { daysText, type QuietHours } from '#shared/do-not-disturb/quiet-hours.ts'
import { unitSpace } from '#shared/format/number.ts'
import { dayPrefix, type ZoneOffset } from '#shared/format/zone-time.ts'
import type { DoNotDisturbView } from '#shared/ipc/do-not-disturb-view.ts'
import { clockMinutes } from '../../live/local-time.ts'
import { timeStyleAt } from '../../live/time-style.svelte.ts'

/** Of the zone in which the window writes times. */
export const shownOffset: ZoneOffset = (at) => timeStyleAt(at).offsetMinutes

export const choiceLabel: Readonly<Record<PauseChoice, string>> = {
  '15m': `15${unitSpace}m`,
  '1h': `1${unitSpace}h`,
  '4h': `4${unitSpace}h`,
  morning: 'Until 08:00',
}
export const choices = pauseChoices

/** "12:46", "tomorrow 08:00", "Mon 07:00". */
export function timeAhead(at: number, now: number): string {
  return dayPrefix(at, now, shownOffset) + clockMinutes(at)
}

/** Below a choice: "until 12:46"; for the morning, which names its time, the day: "tomorrow". */
export function choiceHint(choice: PauseChoice, end: number, now: number): string {
  if (choice !== 'morning') return `until ${timeAhead(end, now)}`
  const day = dayPrefix(end, now, shownOffset).trim()
  return day === '' ? 'today' : day
}

/** "So far held back: 3 warnings. You get one digest at 12:46." */
export function heldText(held: DoNotDisturbView['held'], until: string): string {
  const parts = [
    held.critical > 0 ? `${held.critical} critical` : '',
    held.warning > 0 ? `${held.warning} ${held.warning === 1 ? 'warning' : 'warnings'}` : '',
    held.blind > 0 ? 'blind monitoring' : '',
  ].filter((part) => part !== '')
  if (parts.length === 0) return `Nothing is held back so far. It ends at ${until}.`
  return `So far held back: ${parts.join(', ')}. You get one digest at ${until}.`
}

/** "Mon to Fri, Europe/Zurich. Next: today 22:00." */
export function quietHint(hours: QuietHours, here: string, next: string | undefined): string {
  const zone = hours.zone === 'local' ? here : hours.zone
  return `${sentenceCase(daysText(hours.days))}, ${zone}.${hours.on && next !== undefined ? ` Next: ${next}.` : ''}`
}

/** "today 22:00", "tomorrow 22:00". */
export function nextQuietText(at: number, now: number): string {
  return `${dayPrefix(at, now, shownOffset) === '' ? 'today ' : ''}${timeAhead(at, now)}`
}

function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** "7", "7:00" and "07:00" are 07:00. `undefined`: no time of day. */
export function readTimeOfDay(text: string): string | undefined {
  const match = /^(\d{1,2})(?::(\d{2}))?$/.exec(text.trim())
  const [hour, minute] = [Number(match?.[1]), Number(match?.[2] ?? 0)] as const
  if (!match || hour > 23 || minute > 59) return undefined
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
}
