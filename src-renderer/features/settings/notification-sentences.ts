import { formatDuration } from '#shared/format/duration.ts'
import { formatCount } from '#shared/format/number.ts'
import { minuteMs, secondMs } from '#shared/format/time-units.ts'
import type { SettingValues } from '#shared/settings/app-settings.ts'
import type { NodeMatch } from './my-nodes-text.ts'

/** What happens, and which notification follows. */
export interface NotificationSentence {
  readonly what: string
  readonly then: string
}

const none = 'none. It is in the window and in the tray.'
const duration = (seconds: number): string => formatDuration(seconds * secondMs)

/** What ReMo notifies about with these settings. The planner (`src-shared/notification`) decides; this says it in words. */
export function notificationSentences(values: SettingValues, mine: NodeMatch): readonly NotificationSentence[] {
  return [
    ...severitySentences(values),
    ...manySentences(values),
    ...lifeSentences(values),
    ...nodeSentences(values, mine),
    {
      what: 'An acknowledged or silenced alert, and one of a node that is offline as a whole',
      then: 'none.',
    },
    { what: 'After sleep, or after a minute without Kafka', then: 'one digest of what came.' },
    {
      what: 'Do not disturb',
      then: values['notifications.criticalBreaksThrough']
        ? 'only what is critical, and one digest of the rest at its end.'
        : 'none, and one digest at its end.',
    },
    ...screenSentences(values),
    ...consoleSentences(values),
  ]
}

/** Whether any alert of a node can pop up. */
function notifiesAny(values: SettingValues): boolean {
  return values['notifications.critical'] || values['notifications.warning']
}

function severitySentences(values: SettingValues): readonly NotificationSentence[] {
  return [
    {
      what: 'A critical alert',
      then: values['notifications.critical']
        ? 'one notification. It stays until you close it, acknowledge the alert, or the alert ends.'
        : none,
    },
    {
      what: 'A warning',
      then: values['notifications.warning']
        ? `one notification ${afterText(values['notifications.warningWaitSeconds'])}.`
        : none,
    },
  ]
}

function afterText(seconds: number): string {
  return seconds === 0 ? 'at once' : `after ${duration(seconds)}`
}

function manySentences(values: SettingValues): readonly NotificationSentence[] {
  if (!notifiesAny(values)) return []
  const wait = values['notifications.criticalWaitSeconds']
  const first =
    values['notifications.critical'] && wait > 0
      ? ` The first critical one of a quiet hour comes at once, others after ${duration(wait)}.`
      : ''
  return [
    {
      what: 'Several of one rule',
      then: `one notification with the worst nodes and the count.${first}`,
    },
    {
      what: 'From 20 new alerts in a minute',
      then: 'one summary, with the count of now. Never more than six notifications a minute.',
    },
  ]
}

function lifeSentences(values: SettingValues): readonly NotificationSentence[] {
  if (!notifiesAny(values)) return []
  const ended = values['notifications.resolved']
  const minutes = values['notifications.reminderMinutes']
  const endedText = {
    off: 'none.',
    critical: 'a quiet notification with value and duration, if it was critical and was shown.',
    all: 'a quiet notification with value and duration, if it was shown.',
  } as const
  return [
    { what: 'An alert ends', then: endedText[ended] },
    ...(values['notifications.critical']
      ? [
          {
            what: 'Nobody acknowledges a critical alert',
            then: minutes === 0 ? 'no reminder.' : `a reminder every ${formatDuration(minutes * minuteMs)}.`,
          },
        ]
      : []),
  ]
}

function nodeSentences(values: SettingValues, { matched, total }: NodeMatch): readonly NotificationSentence[] {
  if (values['notifications.nodes'] !== 'mine' || !notifiesAny(values)) return []
  const count = total === 0 ? '' : ` ${formatCount(matched.length)} of ${formatCount(total)} nodes are yours.`
  return [{ what: 'A node that is not yours', then: `none. Its alerts are listed.${count}` }]
}

function screenSentences(values: SettingValues): readonly NotificationSentence[] {
  if (values['notifications.hideDetails'])
    return [{ what: 'Every notification', then: 'only a count. Names and values are hidden now.' }]
  if (values['notifications.hideWhenLocked'])
    return [{ what: 'While the screen is locked', then: 'only a count. The text follows when you unlock it.' }]
  return [{ what: 'While the screen is locked', then: 'names and values, for everybody who sees the screen.' }]
}

function consoleSentences(values: SettingValues): readonly NotificationSentence[] {
  const rejects = values['monitoring.rejectsPerMinute']
  const away = values['monitoring.backendAwayMinutes']
  // They pop up by their severity, as alerts of nodes do.
  const warning = values['notifications.warning'] ? 'a warning' : 'a warning in the list'
  const critical = values['notifications.critical'] ? 'a critical alert' : 'a critical alert in the list'
  return [
    { what: 'Monitoring is blind for a minute', then: 'one notification. It goes when Kafka answers again.' },
    {
      what: 'ReMo lags behind Kafka',
      then: `${warning} above ${duration(values['monitoring.lagWarningSeconds'])} for ${duration(
        values['monitoring.lagForSeconds'],
      )}, ${critical} above ${duration(values['monitoring.lagCriticalSeconds'])}.`,
    },
    ...(values['monitoring.rejectsAlert']
      ? [
          {
            what: `More than ${formatCount(rejects)} rejected ${rejects === 1 ? 'message' : 'messages'} a minute`,
            then: `${warning} after ${formatDuration(5 * minuteMs)}.`,
          },
        ]
      : []),
    ...(away === 0
      ? []
      : [
          {
            what: `The backend is unreachable for ${formatDuration(away * minuteMs)}`,
            then: 'none. An alert for information is in the list.',
          },
        ]),
  ]
}
