import { truncate } from '../alert/alert-text.ts'
import type { Alert } from '../alert/alert.ts'
import { shownText } from '../format/shown-text.ts'
import { minuteMs } from '../format/time-units.ts'
import { compileMatchers, labelsOf } from '../silence/matchers.ts'
import type { SilenceNotice } from '../silence/silence-notices.ts'
import type { Silence } from '../silence/silence.ts'
import type { PopupText } from './popup-text.ts'

/** A silence that begins this long after it was made was planned, ms. */
const plannedMs = minuteMs

/** As for alerts: title and body together. */
const longestText = 200

/**
 * Whether a silence was made ahead of its time: a maintenance window. Its start and end concern everybody; those of a
 * silence that somebody made at once are known to its author.
 */
function isMaintenance({ schedule, createdAt }: Silence): boolean {
  return schedule.kind === 'weekly' || schedule.startsAt - createdAt >= plannedMs
}

/**
 * Whether the operator of this console gets the notice as a popup.
 *
 * | notice                  | maintenance window | made at once          |
 * |-------------------------|--------------------|-----------------------|
 * | it began                | everybody          | nobody: they know     |
 * | ten minutes to its end  | its authors        | its authors           |
 * | it ended                | everybody          | its authors           |
 *
 * Its authors are who made it and who changed it last.
 * @param user who works at this console; `undefined` if nobody is signed in
 */
export function isForOperator({ kind, silence }: SilenceNotice, user: string | undefined): boolean {
  const isAuthor = user !== undefined && (silence.createdBy === user || silence.updatedBy === user)
  if (kind === 'ends-soon') return isAuthor
  return isMaintenance(silence) || (kind === 'ended' && isAuthor)
}

export interface SilencePopupFacts {
  /** All firing alerts. */
  readonly firing: readonly Alert[]
  /** A time of the operator's clock, with the day if it is another one. `at`: epoch ms. */
  readonly timeOf: (at: number) => string
}

/** Text of the popup. `withoutDetails`: what is left of it without the words and names of persons. */
export function silencePopup(
  notice: SilenceNotice,
  facts: SilencePopupFacts,
): PopupText & { readonly withoutDetails: PopupText } {
  const { kind, silence, until } = notice
  const name = isMaintenance(silence) ? 'Maintenance window' : 'Silence'
  const what = {
    began: `${name} began`,
    'ends-soon': `${name} ends at ${facts.timeOf(until)}`,
    ended: `${name} ended`,
  }[kind]
  const title = truncate(`${what}: ${shownText(silence.comment)}`, longestText / 2)
  const body = truncate(bodyOf(notice, facts), longestText - title.length)
  return { title, body, withoutDetails: { title: what, body: '' } }
}

function bodyOf({ kind, silence, until }: SilenceNotice, { firing, timeOf }: SilencePopupFacts): string {
  const matches = compileMatchers(silence.matchers)
  const count = firing.filter((alert) => alert.phase === 'firing' && matches(labelsOf(alert))).length
  const alerts = count === 1 ? '1 alert' : `${count} alerts`
  if (kind === 'began') {
    const silenced = count === 0 ? 'It silences no alert now.' : `${alerts} ${count === 1 ? 'is' : 'are'} silenced.`
    return `${silenced} Until ${timeOf(until)}, by ${shownText(silence.createdBy)}.`
  }
  if (count === 0) return kind === 'ended' ? 'None of its alerts fires.' : 'None of its alerts fires now.'
  const verb = count === 1 ? 'fires' : 'fire'
  return kind === 'ended' ? `${alerts} still ${verb}.` : `${alerts} ${verb}. Extend it if the work takes longer.`
}
