import { formatCount, unitSpace } from '#shared/format/number.ts'
import { shownText } from '#shared/format/shown-text.ts'
import type { ConsoleItem } from '#shared/rest/consoles.ts'
import type { SecondChannel } from '#shared/rest/second-channel.ts'
import type { DisplayState } from '../../ui/values/display-state.ts'

const healthWords: Readonly<Record<ConsoleItem['health'], { readonly look: DisplayState; readonly text: string }>> = {
  live: { look: 'ok', text: 'Live' },
  'catching-up': { look: 'warning', text: 'Catching up' },
  blind: { look: 'critical', text: 'Blind' },
  empty: { look: 'unknown', text: 'No metrics' },
}

/** What a console can show now, and until when it shows nothing. `timeOf`: of a time, epoch ms. */
export function consoleState(
  { connected, lastSeenAt, health, doNotDisturbUntil }: ConsoleItem,
  now: number,
  timeOf: (at: number) => string,
): { readonly look: DisplayState; readonly text: string; readonly more?: string } {
  if (!connected) return { look: 'unknown', text: 'Not connected', more: `since ${timeOf(lastSeenAt)}` }
  const isHeldBack = doNotDisturbUntil !== null && doNotDisturbUntil > now
  return {
    ...healthWords[health],
    ...(isHeldBack ? { more: `do not disturb until ${timeOf(doNotDisturbUntil)}` } : {}),
  }
}

const formats: Readonly<Record<NonNullable<SecondChannel['format']>, string>> = {
  json: 'JSON',
  ntfy: 'ntfy',
  slack: 'Slack',
  alertmanager: 'Alertmanager',
}

/** `ntfy at https://ntfy.sh, signed` */
export function channelText({ enabled, format, host, signed }: SecondChannel): string {
  if (!enabled) return 'Off'
  const where = host === null ? '' : ` at ${shownText(host)}`
  return `${format === null ? 'On' : formats[format]}${where}${signed ? ', signed' : ''}`
}

/** When a message is sent. */
export function channelRule({ enabled, afterMinutes }: SecondChannel): string {
  if (!enabled) return 'No message is sent. An administrator sets NOTIFY_WEBHOOK_URL where the backend runs.'
  return (
    `If a critical alert fires for ${formatCount(afterMinutes)}${unitSpace}m, no console has shown it and nobody has ` +
    'acknowledged it, the backend sends a message.'
  )
}

/** `12:04:31, 2 alerts`; what waits, too. */
export function deliveryText({ lastDelivery, waiting }: SecondChannel, timeOf: (at: number) => string): string {
  const last = lastDelivery === null ? 'None yet' : `${timeOf(lastDelivery.at)}, ${alertsText(lastDelivery.alerts)}`
  return waiting === 0 ? last : `${last}; ${messagesText(waiting)} waiting`
}

/** Why the last message was not delivered; `undefined` if it was. */
export function deliveryProblem({ lastProblem }: SecondChannel, timeOf: (at: number) => string): string | undefined {
  if (lastProblem === null) return undefined
  const next = lastProblem.givenUp ? 'It is not tried again.' : 'The backend tries again.'
  return `${timeOf(lastProblem.at)}: ${shownText(lastProblem.problem)} ${next}`
}

function alertsText(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'alert' : 'alerts'}`
}

function messagesText(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'message' : 'messages'}`
}
